"""One verb a file: each flow decides when to do I/O, through ports, and asks a rule what is allowed."""
