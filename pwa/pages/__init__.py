"""One file for each thing a person comes to do: a blueprint made from the flows it needs."""
