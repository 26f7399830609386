"""How far an item is met: texts that describe no goods, and weak selections with a confidence of their own."""

from __future__ import annotations

import pytest

from screening import Screener

SCREENER = Screener()


def _hits(code: str, **columns: str) -> list[dict[str, object]]:
    line = {"export_country": "CN", "destination_country": "DE", "declaration_date": "2025-06-02", **columns}
    run = SCREENER.screen([line])
    return [hit for hit in run.hits.to_dicts() if hit["item_code"] == code]


@pytest.mark.parametrize(
    ("text", "strength", "action"),
    [
        ("Gallium arsenide wafers, 4 inch", "met", "hold"),
        (
            "Chemical elements doped for use in electronics, in the form of discs, wafers or similar forms: gallium arsenide",
            "partial",
            "review",
        ),
        ("Gallium arsenide wafers, nesoi", "partial", "review"),
        ("Other: gallium arsenide wafers, undoped", "partial", "review"),
        ("其他砷化镓晶片，未列名", "partial", "review"),
    ],
)
def test_the_wording_of_a_tariff_describes_no_goods(text: str, strength: str, action: str) -> None:
    (hit,) = _hits("3C001.e", description=text)
    assert (hit["strength"], hit["action"]) == (strength, action)


def test_a_declared_code_speaks_beside_the_wording_of_a_tariff() -> None:
    (hit,) = _hits("3C001.e", description="Gallium arsenide wafers, nesoi", item_code="3C001.e")
    assert hit["action"] == "hold"


def test_the_reason_and_the_evidence_say_so() -> None:
    line = {"description": "Antimony and articles thereof, nesoi: antimony ingots", "export_country": "CN"}
    run = SCREENER.screen([line], as_of="2025-06-02")
    (hit,) = run.hits.filter(run.hits["item_code"] == "3C003.b").to_dicts()
    assert "worded like a heading of a customs tariff" in hit["reason"]
    told = run.evidence.filter(run.evidence["hit"] == hit["id"])["compared"].to_list()
    assert any("nesoi" in str(words) for words in told), told


@pytest.mark.parametrize(
    ("text", "confidence"),
    [
        ("NdFeB magnets N35", "low"),
        ("NdFeB magnets N45H", "low"),
        ("NdFeB magnets N42SH", "medium"),
        ("NdFeB magnets, nickel plated", "medium"),
        ("NdFeB magnets 38UH", "high"),
        ("NdFeB magnets N35 and 38UH", "high"),
        ("NdFeB magnets, Dy 0.05 %", "low"),
        ("NdFeB magnets, Dy 0.15 %", "high"),
        ("NdFeB magnets 38UH, Dy 0.05 %", "low"),
    ],
)
def test_grades_and_traces_are_graded_evidence(text: str, confidence: str) -> None:
    (hit,) = _hits("1C905.a.4", description=text)
    assert (hit["action"], hit["confidence"]) == ("review", confidence)
