"""The goods texts of ``texts.yaml``: which items of the law speak on each, and how firmly.

The texts were judged from the notices before they were run. An item too many is an error like an item too few.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from screening.content.document import read_document
from screening.content.snapshot import shipped
from screening.screener import Screener

GROUPS = read_document(Path(__file__).with_name("texts.yaml"))
LINE = {"export_country": "CN", "destination_country": "DE", "declaration_date": "2026-05-01"}
NOTICES = [
    *(
        f"cn-mofcom-gac-{number}"
        for number in ("2023-23", "2023-39", "2024-33", "2025-10", "2025-18", "2025-55", "2025-56", "2025-57")
    ),
    *("cn-mofcom-gac-2025-58", "cn-mofcom-2025-62", "techcat-2023-57", "techcat-2025-28"),
]
"""Notices whose items say what goods are; those that build on them (destinations, users) would only repeat it."""


def cases() -> list[dict[str, Any]]:
    return [case for group in GROUPS.data.values() for case in group]


@pytest.fixture(scope="module")
def spoken() -> list[dict[str, str]]:
    """For each text the items that speak, with their strength."""
    run = Screener.of(shipped()).screen([{**LINE, "description": case["text"], **case.get("line", {})} for case in cases()])
    found: list[dict[str, str]] = [{} for _ in cases()]
    hits = run.hits.filter(pl.col("instrument").is_in(NOTICES)).select("line", "item_code", "strength")
    for line, code, strength in hits.iter_rows():
        found[line - 1][code] = strength
    return found


def test_every_text_is_read_as_judged(spoken: list[dict[str, str]]) -> None:
    assert not GROUPS.problems
    wrong = []
    for case, got in zip(cases(), spoken, strict=True):
        met = {code for code, strength in got.items() if strength == "met"}
        if (met, set(got) - met) != (set(case.get("met", ())), set(case.get("asks", ()))):
            wrong.append(f"{case}: met {sorted(met)}, asks {sorted(set(got) - met)}")
    assert not wrong, "\n".join(wrong)


def test_the_texts_are_many_and_unlike() -> None:
    texts = [(case["text"], str(case.get("line"))) for case in cases()]
    assert len(texts) >= 250
    assert len(set(texts)) == len(texts)
    quiet = sum(not case.get("met") and not case.get("asks") for case in cases())
    assert quiet >= len(texts) / 4, "innocent texts are half of the test"


def test_a_report_says_what_is_stated_what_is_missing_and_what_settles_it() -> None:
    text = "Isostatic graphite, purity 99.99 %, density 1.85 g/cm3"
    hits = Screener.of(shipped()).screen([{**LINE, "description": text}]).hits.filter(pl.col("item_code") == "graphite-1")
    reason, settles = hits["reason"][0], hits["documents"][0].to_list()
    assert (
        "the purity 99.99 (the limit is more than 99.9); the density of the material 1.85 (the limit is more than 1.73)" in reason
    )
    assert "but not the flexural strength, which decides" in reason
    assert "test report" in reason
    assert "test_report" in settles
