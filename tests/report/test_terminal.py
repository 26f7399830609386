"""The summary is short, fits the screen and names what matters."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from screening.report.safe import display_width
from screening.report.terminal import summary

if TYPE_CHECKING:
    from screening.results import ScreeningRun

REPORTS = [Path("out/october screening.xlsx"), Path("out/october.json")]


@pytest.mark.parametrize("language", ["en", "zh", "both"])
@pytest.mark.parametrize("width", [80, 60, 120])
def test_no_line_is_wider_than_the_screen(any_run: ScreeningRun, language: str, width: int):
    text = summary(any_run, REPORTS, language, width=width)
    assert max(display_width(line) for line in text.splitlines()) <= width
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


def test_the_summary_answers_the_first_questions(run: ScreeningRun):
    text = summary(run, REPORTS)
    for part in [
        "2 files, 3 sheets: 22 lines in 8 shipments",
        "each line's own date; law last verified 2026-06-01",
        "2 on law, 1 on unresolved red flags",
        "missing: Transit countries (1), Volume, m³ (1)",
        "No findings  15  within the scope: 9 rules, 2 lists, law known to 2026-06-01",
        "Goods controls of China were applied",
        "3  Several small lots to one consignee within days",
        "Alloy powder 合金粉末: Consignee agrees with",
        "3 rows could not be read as lines; first october.xlsx, sheet Export 十",
        "142 days old",
        "out/october screening.xlsx",
        "screening explain aaaaaaaaaaaaaaaa --run out/october.json",
    ]:
        assert part in text
    assert len(text.splitlines()) <= 28


def test_outcomes_stand_worst_first(run: ScreeningRun):
    text = summary(run, [])
    places = [text.index(f"  {name} ") for name in ("Hold", "Review", "Not judged", "No findings")]
    assert places == sorted(places)


def test_colour_is_used_only_when_asked_for(run: ScreeningRun):
    assert "\x1b" not in summary(run, [])
    coloured = summary(run, [], colour=True)
    assert "\x1b[1;31m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == summary(run, [])


def test_a_quiet_run_is_brief(quiet_run: ScreeningRun):
    text = summary(quiet_run, [])
    assert "No rule that was applied asks for anything." in text
    assert "Held" not in text
    assert len(text.splitlines()) <= 14


def test_an_empty_run_says_that_there_was_nothing(empty_run: ScreeningRun):
    assert "nothing to screen" in summary(empty_run, [])


@pytest.mark.parametrize(
    ("reports", "command"),
    [
        ([], "screening screen demo/october.xlsx demo/rest.csv -o screening.xlsx"),
        ([Path("a.xlsx")], "screening explain cn-mofcom-gac-2025-18/1C905.a.4"),
        ([Path("a b.json")], "screening explain aaaaaaaaaaaaaaaa --run 'a b.json'"),
    ],
)
def test_the_next_command_fits_what_is_there(run: ScreeningRun, reports: list[Path], command: str):
    assert command in " ".join(summary(run, reports).split())
