"""The whole story played without a browser: a person of plain HTTP and HTML, and what each step proved."""
