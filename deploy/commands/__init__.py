"""The commands of `gba`, one module each; each offers `command`.

Such a module is a command's face: its words and its options. It imports nothing heavy, since `--help` needs no more;
what the command does stands in modules beside it, and is imported when it is called.
"""
