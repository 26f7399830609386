"""Judges lines: conditions become polars expressions, dates become states, hits become an outcome with its reasons.

``compile`` turns a condition into an expression, ``rules`` makes rules ready, ``plan`` evaluates them and skips those that
cannot be true of a chunk, ``groups`` finishes rules over several lines, ``status`` reads dates, ``decide`` gives actions, scores
and outcomes, ``explain`` writes evidence (``evidence``) and reasons (``wording``) for what was hit; ``verdict`` puts it together
for a chunk.
"""
