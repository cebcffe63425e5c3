"""What the flows need from the world, as short interfaces. `deploy` supplies each."""
