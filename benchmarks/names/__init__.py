"""How well names are found, and how fast."""
