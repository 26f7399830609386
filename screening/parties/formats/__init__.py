"""Watchlists as authorities publish them, read into entries. ``detect`` knows the format by the content; one module a family."""
