"""The machine rim: read, call a flow, answer. Mounted ahead of Flask's request machinery."""
