"""Rules that no line of a chunk can meet are left out, and that changes nothing: large chunks and single lines agree."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from screening import Screener
from screening.content.models import Dates, Instrument, Item, ReferenceHs, Rule
from screening.content.snapshot import shipped
from screening.judge.plan import _FEW_LINES
from screening.terms import Text

KG = st.one_of(st.none(), st.sampled_from([0.5, 5, 10, 10.5]))
CODES = st.sampled_from([None, "2846901500", "28469015", "6403990090"])
DECLARED = st.sampled_from([None, None, None, "9X001", "9x 001."])
REMARKS = st.sampled_from([None, "plain", "brown shoes", "Plain, brown"])
LINES = st.lists(
    st.fixed_dictionaries(
        {"description": st.just("gizmos"), "net_kg": KG, "hs_code": CODES, "item_code": DECLARED, "remarks": REMARKS}
    ),
    max_size=6,
)
ASKED = {
    "shoes": {"hs_code": {"prefix": ["64"]}},
    "plain": {"remarks": {"matches": "(?i)plain"}},
    "brown": {"remarks": {"matches": "brown"}, "exempts": True},
}
CONDITIONS = {
    "alone": "mass",
    "not": "not mass",
    "or": "mass or shoes",
    "and": "mass and shoes",
    "denied": "mass and not plain",
    "exempt": "mass and not brown",
    "within": "(mass or not plain) and not (shoes and brown)",
}
LIMITS = {f"{op}-{limit}": {op: limit} for op in ("gt", "gte", "lt", "lte") for limit in (0, 10, 11)}


def screener() -> Screener:
    """Rules for every comparison with a limit, alone and in company, and an item that codes speak for."""
    base = shipped(law=False)
    step = next(iter(shipped().rules.values())).next_step
    rules = {}
    for name, limit in LIMITS.items():
        for kind, condition in CONDITIONS.items():
            detect = {"mass": {"net_kg": limit}, "condition": condition}
            detect |= {word: asked for word, asked in ASKED.items() if word in condition}
            ident = f"own.{kind}-{name}"
            text = Text(ident, ident)
            about = {"title": text, "reason": text, "next_step": step, "citations": []}
            rules[ident] = Rule(id=ident, family="data", basis="data", action="note", detect=detect, **about)
    item = Item(
        code="9X001",
        title=Text("Gizmos", "奇物"),
        detect={
            "much": {"net_kg": {"gt": 8}},
            "plain": {"remarks": {"matches": "plain"}},
            "shoes": {"hs_code": {"prefix": ["64"]}},
            "condition": "much and shoes and not plain",
        },
        deciding=["much"],
        reference_hs=[ReferenceHs(code="2846901500"), ReferenceHs(code="990000")],
    )
    law = Instrument(
        id="law",
        number="1",
        title=Text("Law", "法"),
        regime="CN",
        issuer=["X"],
        dates=Dates(in_force=dt.date(2020, 1, 1)),
        verified_on=dt.date(2026, 1, 1),
        citations=[],
        items=[item],
    )
    return Screener.of(replace(base, rules=rules, instruments={"law": law}))


SCREENER = screener()
FILLER = [{"description": "gizmos", "net_kg": 10.0, "hs_code": "6403990090", "item_code": None, "remarks": "brown"}]
FILLER *= _FEW_LINES


@given(LINES)
def test_a_large_chunk_says_what_single_lines_say(lines: list[dict[str, object]]) -> None:
    whole = SCREENER.screen([*FILLER, *lines])
    for number, line in enumerate([FILLER[0], *lines], start=len(FILLER)):
        alone = SCREENER.screen([line])
        told = [
            (
                set(run.hits.filter(run.hits["line"] == place).select("rule", "action", "strength").rows()),
                set(run.not_judged.filter(run.not_judged["line"] == place)["rule"]),
            )
            for run, place in ((whole, number), (alone, 1))
        ]
        assert told[0] == told[1]
