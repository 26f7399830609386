"""What names are measured beside: naive scorers of rapidfuzz, and the open matcher nomenklatura where it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rapidfuzz import fuzz, process, utils

if TYPE_CHECKING:
    from collections.abc import Callable

    Scorer = Callable[[str, str, str], float]
    """Two names and their kind to a score from 0 to 1."""

_SHORTLIST = 20
"""Listed names that a slow scorer is asked about: the best of three quick ones each, far more than any match needs."""


def scorers() -> dict[str, tuple[Scorer, float]]:
    """Name to scorer and the score from which it is taken for an alert."""

    def naive(function: Any) -> Scorer:
        return lambda left, right, _: float(function(left, right, processor=utils.default_process)) / 100

    found: dict[str, tuple[Scorer, float]] = {
        "rapidfuzz token_sort_ratio ≥ 85": (naive(fuzz.token_sort_ratio), 0.85),
        "rapidfuzz token_set_ratio ≥ 90": (naive(fuzz.token_set_ratio), 0.9),
        "rapidfuzz WRatio ≥ 90": (naive(fuzz.WRatio), 0.9),
    }
    peer = _logic_v2()
    if peer is not None:
        found["nomenklatura logic-v2 ≥ 0.7"] = (peer, 0.7)
    return found


def _logic_v2() -> Scorer | None:
    try:
        from followthemoney import model  # noqa: PLC0415 - not installed with the project
        from nomenklatura.matching import LogicV2  # noqa: PLC0415
    except ImportError:
        return None
    schemata = {"company": "Company", "person": "Person", "vessel": "Vessel"}
    settings = LogicV2.default_config()

    def entity(name: str, kind: str) -> Any:
        made = model.make_entity(schemata.get(kind, "LegalEntity"))
        made.id = f"{kind} {name}"  # it remembers entities by their ids
        made.add("name", name)
        return made

    return lambda left, right, kind: float(LogicV2.compare(entity(left, kind), entity(right, kind), settings).score)


def best(
    names: list[str], listed: list[tuple[str, str, str]], scorer: Scorer, least: float, kinds: list[str]
) -> list[list[tuple[float, str]]]:
    """For every name the entries that ``scorer`` takes for it, best first, each with its score.

    Args:
        names: what is looked up.
        listed: name, entry and kind.
        scorer: compares two names.
        least: the score that makes an alert.
        kinds: the kind of every name; ``unknown`` takes the listed one's.
    """
    choices = [name for name, _, _ in listed]
    plain = [utils.default_process(choice) for choice in choices]
    results = []
    for name, kind in zip(names, kinds, strict=True):
        query = utils.default_process(name)
        shortlist = {
            place
            for quick in (fuzz.token_sort_ratio, fuzz.token_set_ratio, fuzz.ratio)
            for _, _, place in process.extract(query, plain, scorer=quick, limit=_SHORTLIST)
        }
        scores: dict[str, float] = {}
        for place in shortlist:
            other, entry, its_kind = listed[place]
            score = scorer(name, other, its_kind if kind == "unknown" else kind)
            if score >= least:
                scores[entry] = max(score, scores.get(entry, 0.0))
        results.append(sorted(((score, entry) for entry, score in scores.items()), reverse=True))
    return results
