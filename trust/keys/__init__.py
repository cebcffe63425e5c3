"""Keys as values: what a key is for, where it is in its life, and what each state allows."""
