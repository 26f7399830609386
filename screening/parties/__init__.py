"""Who is involved: the names of a manifest against the lists of content.

For now names are compared by a simply normalised form; what a match means is decided in ``judge/``.
"""

from screening.parties.match import Parties

__all__ = ["Parties"]
