"""What happened, without personal data, in a chain that shows a missing link."""
