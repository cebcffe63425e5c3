"""Facts become findings, findings become a verdict, a verdict becomes a report."""
