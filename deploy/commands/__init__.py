"""The commands of `gba`, one module each; each offers `command`."""
