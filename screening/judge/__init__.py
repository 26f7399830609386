"""Judges lines: conditions become polars expressions, dates become states, hits become an outcome with its reasons.

``compile`` turns a condition into an expression, ``plan`` prepares all rules and skips those that cannot be true of a chunk,
``groups`` finishes rules over several lines, ``status`` reads dates, ``decide`` gives actions, scores and outcomes, ``explain``
writes evidence and reasons for what was hit.
"""
