"""The reviewed sources of the territories' trust lists, and what is composed from them."""
