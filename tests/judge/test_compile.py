"""A compiled condition says what a naive reading of it says, line by line, unknown values included."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.content.conditions import And, AtLeast, Atom, Detect, Node, Not, Or, parse_detect
from screening.content.models import Content
from screening.goods.bits import Bits
from screening.judge.compile import Scope, certainly_false, expression

FACTS = ["material:dy", "material:sb", "label:tile_adhesive"]
BITS = Bits(FACTS, "f")
EMPTY = Bits([], "x")
SCOPE = Scope(content=Content(version="t"), goods=BITS, terms={}, parties={}, met=EMPTY, partial=EMPTY)

SELECTIONS = {
    "heavy": {"net_kg": {"gt": 100}},
    "light": {"net_kg": {"lte": 20}, "exempts": True},
    "pure": {"purity": {"gte": 99.99}},
    "below": {"purity": {"lt": 99.5}},
    "to_us": {"destination_country": ["US", "MX"]},
    "not_cn": {"destination_country": {"not_in": ["CN"]}},
    "code": {"hs_code": ["2846", "2805"]},
    "dysprosium": {"material": "dy"},
    "neither": {"material": {"none_of": ["dy", "sb"]}},
    "cover": {"label": "any"},
    "no_value": {"value": {"exists": False}},
    "either": [{"net_kg": {"gt": 1000}}, {"material": "sb", "destination_country": "TH"}],
}

numbers = st.one_of(st.none(), st.sampled_from([0.0, 20.0, 99.0, 100.0, 101.0, 5000.0]))
lines = st.fixed_dictionaries(
    {
        "net_kg": numbers,
        "value": numbers,
        "destination_country": st.sampled_from([None, "US", "TH", "CN"]),
        "hs_code": st.sampled_from([None, "28461000", "2805", "720449"]),
        "purity": st.sampled_from([None, (99.99, 99.99), (99.5, 99.5), (99.0, 99.999), (0.0, 99.4)]),
        "facts": st.one_of(st.none(), st.sets(st.sampled_from(FACTS))),
    }
)
conditions = st.recursive(
    st.sampled_from(sorted(SELECTIONS)),
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(lambda p: f"({p[0]} and {p[1]})"),
        st.tuples(inner, inner).map(lambda p: f"({p[0]} or {p[1]})"),
        inner.map(lambda p: f"(not {p})"),
    ),
    max_leaves=6,
)


def detect(condition: str) -> Detect:
    used = {name: body for name, body in SELECTIONS.items() if name in condition.replace("(", " ").replace(")", " ").split()}
    return parse_detect({**used, "condition": condition})


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                **{k: v for k, v in row.items() if k not in ("purity", "facts")},
                "purity.lo": row["purity"][0] if row["purity"] else None,
                "purity.hi": row["purity"][1] if row["purity"] else None,
                "f0": None if row["facts"] is None else BITS.values(row["facts"])[0],
            }
            for row in rows
        ],
        schema={
            "net_kg": pl.Float64,
            "value": pl.Float64,
            "destination_country": pl.String,
            "hs_code": pl.String,
            "purity.lo": pl.Float64,
            "purity.hi": pl.Float64,
            "f0": pl.UInt64,
        },
    )


def naive(node: Node, line: dict[str, Any]) -> bool | None:
    """Kleene logic written out, sharing nothing with the compiler."""
    if isinstance(node, Atom):
        return naive_atom(node, line)
    if isinstance(node, Not):
        inner = naive(node.part, line)
        return None if inner is None else not inner
    if isinstance(node, (And, Or, AtLeast)):
        answers = [naive(part, line) for part in node.parts]
        if isinstance(node, And):
            return False if False in answers else None if None in answers else True
        least = 1 if isinstance(node, Or) else node.count
        if answers.count(True) >= least:
            return True
        return False if answers.count(True) + answers.count(None) < least else None
    inner = naive(node.node, line)
    return False if inner is None and node.exempts else inner


def naive_atom(item: Atom, line: dict[str, Any]) -> bool | None:
    if item.field in ("material", "label"):
        facts = line["facts"]
        if facts is None:
            return None
        if item.op == "exists":
            return any(f.startswith(f"{item.field}:") for f in facts)
        some = any(f"{item.field}:{v}" in facts for v in item.value)
        return not some if item.op == "none_of" else some
    value = line[item.field]
    if item.op == "exists":
        return (value is not None) is item.value
    if value is None:
        return None
    if item.field == "purity":
        low, high = value
        yes = low >= item.value if item.op == "gte" else high < item.value
        no = high < item.value if item.op == "gte" else low >= item.value
        return True if yes else False if no else None
    if item.op == "prefix":
        return any(value.startswith(start) for start in item.value)
    if item.op in ("in", "not_in"):
        return (value in item.value) is (item.op == "in")
    return {"gt": value > item.value, "lte": value <= item.value}[item.op]


@given(conditions, st.lists(lines, min_size=1, max_size=8))
def test_compiled_equals_naive(condition: str, rows: list[dict[str, Any]]) -> None:
    parsed = detect(condition)
    compiled = frame(rows).select(expression(parsed.condition, SCOPE).alias("a"))["a"].to_list()
    assert compiled == [naive(parsed.condition, row) for row in rows]


@given(conditions, st.lists(lines, min_size=1, max_size=8))
def test_what_is_left_out_is_false_of_every_line(condition: str, rows: list[dict[str, Any]]) -> None:
    parsed = detect(condition)
    present = {fact for row in rows for fact in row["facts"] or ()}
    silent = any(row["facts"] is None for row in rows)

    def possible(item: Atom) -> bool:
        if item.field in ("material", "label") and item.op in ("any_of", "exists"):
            wanted = FACTS if item.op == "exists" else [f"{item.field}:{v}" for v in item.value]
            return silent or any(fact in present and fact.startswith(item.field) for fact in wanted)
        return True

    if certainly_false(parsed.condition, possible):
        assert [naive(parsed.condition, row) for row in rows] == [False] * len(rows)


@pytest.mark.parametrize(
    ("count", "facts", "answer"),
    [(2, {"material:dy", "material:sb"}, True), (2, {"material:dy"}, False), (1, set(), False), (1, None, None)],
)
def test_n_of_selections(count: int, facts: set[str] | None, answer: bool | None) -> None:
    parsed = parse_detect(
        {"weak_a": {"material": "dy"}, "weak_b": {"material": "sb"}, "condition": f"{count} of weak_*"},
    )
    row = {"net_kg": None, "value": None, "destination_country": None, "hs_code": None, "purity": None, "facts": facts}
    assert frame([row]).select(expression(parsed.condition, SCOPE))[:, 0].to_list() == [answer]


def test_dates_are_compared_with_days_both_ends_included() -> None:
    days = pl.DataFrame({"own_day": [dt.date(2024, 9, 14), dt.date(2024, 9, 15), dt.date(2024, 11, 14), None]})
    answers = {
        "between": ({"between": ["2024-09-15", "2024-11-14"]}, [False, True, True, None]),
        "lt": ({"lt": "2024-09-15"}, [True, False, False, None]),
        "gte": ({"gte": "2024-09-15"}, [False, True, True, None]),
        "exists": ({"exists": True}, [True, True, True, False]),
    }
    for name, (wanted, expected) in answers.items():
        detect = parse_detect({name: {"own_day": wanted}})
        assert days.select(expression(detect.condition, SCOPE))[:, 0].to_list() == expected, name


@pytest.mark.parametrize(
    "wanted", [{"gt": "15.9.2024"}, {"between": ["2024-09-15", "soon"]}, {"lt": "line.ship_date"}, {"gt": 2024}]
)
def test_what_is_no_day_is_told(wanted: dict[str, Any]) -> None:
    told: list[str] = []
    parse_detect({"when": {"own_day": wanted}}, lambda _, message: told.append(message))
    assert len(told) == 1


def test_every_mistake_of_a_condition_is_told_with_its_place() -> None:
    told: list[tuple[tuple[str | int, ...], str]] = []
    parse_detect(
        {
            "a": {"colour": "red"},
            "b": {"net_kg": {"above": 3}},
            "c": {"net_kg": {"gt": "three"}},
            "unused": {"net_kg": {"gt": 1}},
            "condition": "a and b and (c or d",
        },
        lambda place, message: told.append((place, message)),
    )
    places = {place[0] for place, _ in told}
    assert places == {"a", "b", "c", "unused", "condition"}
    assert any("no field 'colour'" in message for _, message in told)
    assert any("not closed" in message for _, message in told)
