"""From a fresh clone to a running project: what the Makefile calls.

Only the standard library is imported here, because this runs before anything is installed. No address of
any package registry is named: pip, npm and apt use what the machine is set up with.
"""
