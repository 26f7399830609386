"""Reads, checks and keeps the content: rules, instruments, lists and facts, as dated data."""
