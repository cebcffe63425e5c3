"""One verb a file; they speak only to ports and rules."""
