"""Which documents are admitted, and under which name they are known."""
