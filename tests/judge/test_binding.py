"""Whose law binds the user: other regimes' rules, laws and lists ask for a review at most and say why."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest

from screening import Screener, UsageError
from screening.content.listmodels import PartyEntry
from screening.content.models import Citation, NextStep, Rule
from screening.content.snapshot import shipped
from screening.terms import Text

if TYPE_CHECKING:
    from pathlib import Path

    from screening.content.models import Content

LINE = {"description": "Dysprosium oxide", "export_country": "CN", "destination_country": "DE", "ship_date": "2025-06-02"}
ADVICE = "foreign measure"


def with_foreign(content: Content) -> Content:
    """The shipped content, one more list and one more rule, both of the United States."""
    base = content.watchlists["cn-unreliable-entities"]
    entry = PartyEntry(id="one", name="Example Frozen Holdings", listed_on=dt.date(2020, 1, 1))
    frozen = replace(base, id="us-frozen", regime="US", effect="trade_barred", notices={}, entries=[entry])
    rule = Rule(
        id="us.shoes",
        title=Text("Shoes", "鞋"),
        family="route",
        basis="law",
        action="hold",
        confidence="high",
        regime="US",
        detect={"shoes": {"description": {"in": ["Leather shoes"]}}},
        reason=Text("Shoes.", "鞋。"),
        next_step=NextStep(en="Ask.", zh="询问。"),
        citations=[Citation(source="eu_sanctions", read_in="original")],
    )
    return replace(content, watchlists={**content.watchlists, "us-frozen": frozen}, rules={**content.rules, rule.id: rule})


@pytest.fixture(scope="module")
def content() -> Content:
    return with_foreign(shipped())


@pytest.fixture(scope="module")
def screeners(content: Content) -> dict[str | None, Screener]:
    return {given: Screener.of(content, bound_by=given) for given in (None, "EU", "CN, us")}


def hit(screener: Screener, rule: str, line: dict[str, Any]) -> dict[str, Any]:
    return next(h for h in screener.screen_line(line).hits if h["rule"] == rule)


def test_by_default_chinas_law_binds(screeners: dict[str | None, Screener]) -> None:
    result = screeners[None].screen_line(LINE)
    assert result.outcome == "hold"
    assert not any(h["foreign"] for h in result.hits)


def test_a_law_that_does_not_bind_asks_for_a_review_at_most(screeners: dict[str | None, Screener]) -> None:
    result = screeners["EU"].screen_line(LINE)
    laws = [h for h in result.hits if h["basis"] == "law"]
    assert result.outcome == "review"
    assert laws
    assert all(h["foreign"] and ADVICE in h["reason"] and "外国措施" in h["reason_zh"] for h in laws)


@pytest.mark.parametrize(
    ("given", "goods", "action"),
    [(None, "Leather shoes", "note"), (None, "Dysprosium oxide", "review"), ("CN, us", "Leather shoes", "hold")],
)
def test_a_list_of_another_regime_is_foreign(
    screeners: dict[str | None, Screener], given: str | None, goods: str, action: str
) -> None:
    line = {**LINE, "description": goods, "consignee_name": "Example Frozen Holdings"}
    found = hit(screeners[given], "party.list-us-frozen", line)
    assert (found["action"], found["regime"], found["foreign"]) == (action, "US", given is None)
    assert (ADVICE in found["reason"]) == (given is None)


def test_a_rule_of_another_regime_is_capped(screeners: dict[str | None, Screener]) -> None:
    line = {**LINE, "description": "Leather shoes"}
    assert hit(screeners[None], "us.shoes", line)["action"] == "review"
    assert hit(screeners["CN, us"], "us.shoes", line)["action"] == "hold"


def test_it_is_a_setting_of_the_run_and_of_its_digest(screeners: dict[str | None, Screener]) -> None:
    runs = {given: screener.screen([{**LINE, "description": "Cotton"}]) for given, screener in screeners.items()}
    assert runs["CN, us"].meta.settings["bound_by"] == ["CN", "US"]
    assert len({run.meta.digest for run in runs.values()}) == 3
    assert any("US" in sentence and "foreign" in sentence for sentence in runs[None].meta.scope)


@pytest.mark.parametrize(("given", "said"), [("", "Whose law"), ("CN,XX", "no regime 'XX'")])
def test_an_unknown_regime_is_refused(content: Content, given: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Screener.of(content, bound_by=given)


def test_every_report_marks_it(screeners: dict[str | None, Screener], tmp_path: Path) -> None:
    run = screeners[None].screen([{**LINE, "description": "Leather shoes"}])
    for suffix in ("html", "json", "jsonl", "csv"):
        assert ADVICE in run.write(tmp_path / f"run.{suffix}").read_text(encoding="utf-8")
    sheet = openpyxl.load_workbook(run.write(tmp_path / "run.xlsx"))["Hits"]
    cells = [str(cell.value) for row in sheet.iter_rows() for cell in row]
    assert "US (foreign measure)" in cells
    assert any("take legal advice before you refuse" in cell.lower() for cell in cells)
