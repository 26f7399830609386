"""Export-control screening: a messy manifest in, explained hits out.

The way of the data:

    manifest.xlsx ──── manifest/ ──► lines + rejects ──┐
                                                       ├─ goods/    what the goods are
    rules/, watchlists/ ── content/ ──► dated facts ───┼─ parties/  who is involved
                                                       └─ judge/    law and red flags ─► hits, evidence, outcome
                                                             │
                                            screener.py ─► results ─► report/
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from screening.errors import ContentError, ManifestError, Problem, ReportError, ScreeningError, UsageError
    from screening.parties.pairwise import NameMatch, compare_names
    from screening.results import ScreeningRun
    from screening.screener import Screener

__all__ = [
    "ContentError",
    "ManifestError",
    "NameMatch",
    "Problem",
    "ReportError",
    "Screener",
    "ScreeningError",
    "ScreeningRun",
    "UsageError",
    "compare_names",
]

_HOME = dict.fromkeys(__all__, "errors") | {
    "Screener": "screener",
    "ScreeningRun": "results",
    "NameMatch": "parties.pairwise",
    "compare_names": "parties.pairwise",
    "__version__": "version",
}


def __getattr__(name: str) -> object:
    """Import the public names when they are asked for, so that ``import screening`` costs nothing."""
    if name not in _HOME:
        raise AttributeError(f"module 'screening' has no attribute {name!r}")
    from importlib import import_module  # noqa: PLC0415

    return getattr(import_module(f"screening.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return __all__
