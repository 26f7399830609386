"""``law=``: what the user's officer confirmed decides, is told with every hit and on the first page, and lapses by itself."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import openpyxl
import pytest

from screening import Screener, ScreeningRun

if TYPE_CHECKING:
    from pathlib import Path

NOTICE = "cn-mofcom-gac-2025-57"
TODAY = dt.date.today()
EXPIRES = TODAY + dt.timedelta(days=10)
LINES = [
    {"description": name, "export_country": "CN", "destination_country": "DE", "ship_date": "2026-11-15"}
    for name in ("Holmium oxide", "Erbium oxide", "Cotton shirts")
]
FILE = f"""\
confirmations:
  - instrument: {NOTICE}
    state: STATE
    from: 2026-11-11
    until: 2027-11-10
    source: reply of the Ministry of Commerce
    checked_by: J. Doe
    checked_on: {TODAY}
    expires: {EXPIRES}
"""


@pytest.fixture(scope="module")
def screeners(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Screener]:
    found = {"": Screener()}
    for state in ("in_force", "suspended", "ended"):
        path = tmp_path_factory.mktemp("law") / f"{state}.yaml"
        path.write_text(FILE.replace("STATE", state), encoding="utf-8")
        found[state] = Screener(law=path)
    return found


def holmium(run: ScreeningRun) -> list[tuple[str, str | None]]:
    found = run.hits.filter(run.hits["line"] == 1, run.hits["instrument"] == NOTICE)
    return list(found.select("action", "status").iter_rows())


def test_the_confirmed_state_decides(screeners: dict[str, Screener]) -> None:
    found = {state: holmium(screener.screen(LINES)) for state, screener in screeners.items()}
    assert found == {
        "": [("review", "unconfirmed")],
        "in_force": [("hold", "in_force")],
        "suspended": [("note", "suspended")],
        "ended": [],
    }


def test_one_unconfirmed_law_is_one_question_and_an_answer_takes_it_away(screeners: dict[str, Screener], tmp_path: Path) -> None:
    asked, answered = screeners[""].screen(LINES), screeners["in_force"].screen(LINES)
    for number, run in enumerate((asked, answered)):
        run.write(tmp_path / f"{number}.html")
    pages = [(tmp_path / f"{number}.html").read_text(encoding="utf-8").partition('id="flagged"')[0] for number in (0, 1)]
    assert asked.hits.filter(asked.hits["status"] == "unconfirmed").height == 2
    assert pages[0].count(f"Is {NOTICE} in force") == 1
    assert pages[1].count(f"Is {NOTICE} in force") == 0


def test_it_stands_with_every_hit_and_on_the_first_page_of_every_report(screeners: dict[str, Screener], tmp_path: Path) -> None:
    run = screeners["in_force"].screen(LINES)
    touched = run.hits.filter(run.hits["instrument"] == NOTICE)
    assert touched["confirmed_by"].to_list() == [f"J. Doe, {TODAY}"] * 2
    assert all("J. Doe" in note and "unconfirmed" in note for note in touched["status_note"])
    for suffix in ("html", "json", "jsonl", "csv"):
        text = run.write(tmp_path / f"report.{suffix}").read_text(encoding="utf-8")
        assert text.count("J. Doe") >= 2
    page = openpyxl.load_workbook(run.write(tmp_path / "report.xlsx")).worksheets[0]
    assert any("J. Doe" in str(cell.value) for row in page.iter_rows() for cell in row)
    assert any("J. Doe" in sentence for sentence in json.loads((tmp_path / "report.json").read_text())["run"]["confirmations"])


def test_it_enters_the_settings_and_the_digest_and_leaves_the_content_alone(screeners: dict[str, Screener]) -> None:
    runs = {state: screener.screen(LINES[2:]) for state, screener in screeners.items()}
    assert len({run.meta.digest for run in runs.values()}) == len(runs)
    assert len({run.meta.content_version for run in runs.values()}) == 1
    (stated,) = runs["ended"].meta.settings["law"].values()  # type: ignore[attr-defined]
    assert (stated["state"], stated["checked_by"], stated["lapsed"]) == ("ended", "J. Doe", False)
    assert runs[""].watchlists.equals(runs["ended"].watchlists)


def test_it_lapses_by_itself(screeners: dict[str, Screener]) -> None:
    screener = screeners["in_force"]
    last, after = (screener.screen(LINES, today=EXPIRES + dt.timedelta(days=more)) for more in (0, 1))
    assert holmium(last) == [("hold", "in_force")]
    assert holmium(after) == [("review", "unconfirmed")]
    assert after.meta.confirmations[0].startswith(f"Lapsed on {EXPIRES} and not applied")
    assert holmium(screener.screen(LINES)) == [("hold", "in_force")]
