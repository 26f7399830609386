"""``law=``: what the user's officer confirmed decides, is told with every hit and on the first page, and lapses by itself."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import openpyxl
import pytest

from screening import Screener, ScreeningRun
from screening.judge.status import state
from screening.report.annotate import annotate
from screening.report.view import questions

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
    for word in ("in_force", "suspended", "ended"):
        path = tmp_path_factory.mktemp("law") / f"{word}.yaml"
        path.write_text(FILE.replace("STATE", word), encoding="utf-8")
        found[word] = Screener(law=path)
    return found


def holmium(run: ScreeningRun) -> list[tuple[str, str | None]]:
    found = run.hits.filter(run.hits["line"] == 1, run.hits["instrument"] == NOTICE)
    return list(found.select("action", "status").iter_rows())


def test_the_confirmed_state_decides(screeners: dict[str, Screener]) -> None:
    found = {word: holmium(screener.screen(LINES)) for word, screener in screeners.items()}
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
    runs = {word: screener.screen(LINES[2:]) for word, screener in screeners.items()}
    assert len({run.meta.digest for run in runs.values()}) == len(runs)
    assert len({run.meta.content_version for run in runs.values()}) == 1
    (stated,) = runs["ended"].meta.settings["law"].values()  # type: ignore[attr-defined]
    assert (stated["state"], stated["checked_by"], stated["lapsed"]) == ("ended", "J. Doe", False)
    assert runs[""].watchlists.equals(runs["ended"].watchlists)


def test_one_line_is_judged_by_it_too(screeners: dict[str, Screener]) -> None:
    result = screeners["in_force"].screen_line(LINES[0])
    assert (result.outcome, result.hits[0]["confirmed_by"]) == ("hold", f"J. Doe, {TODAY}")


def test_a_marked_copy_tells_it_in_the_comment(screeners: dict[str, Screener], tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in [list(LINES[0]), *(list(line.values()) for line in LINES)]:
        book.active.append(row)
    book.save(tmp_path / "manifest.xlsx")
    run = screeners["in_force"].screen(tmp_path / "manifest.xlsx")
    annotate(run, tmp_path / "manifest.xlsx", tmp_path / "marked.xlsx", "en")
    marked = openpyxl.load_workbook(tmp_path / "marked.xlsx")
    assert "J. Doe confirmed it" in marked.worksheets[0]["A2"].comment.text
    assert any("J. Doe" in str(cell.value) for row in marked.worksheets[-1].iter_rows() for cell in row)


def test_an_unconfirmed_notice_of_parties_is_one_question_and_can_be_answered(tmp_path: Path) -> None:
    content = Screener().content
    listed, name = next(
        (w, name)
        for w in content.watchlists.values()
        for name, notice in sorted(w.notices.items())
        if state(notice.dates, dt.date(2026, 11, 15)).status == "unconfirmed"
    )
    party = next(entry.name for entry in listed.entries if entry.instrument == name)
    lines = [{**LINES[2], "consignee_name": party, "destination_country": to} for to in ("US", "DE")]
    asked = Screener().screen(lines)
    hits = asked.hits.filter(asked.hits["instrument"] == name)
    assert hits["status"].to_list() == ["unconfirmed"] * 2
    assert [q.hits for q in questions(asked) if q.instrument == name] == [2]
    (tmp_path / "law.yaml").write_text(FILE.replace(NOTICE, name).replace("STATE", "in_force"), encoding="utf-8")
    answered = Screener(law=tmp_path / "law.yaml").screen(lines)
    assert name not in [q.instrument for q in questions(answered)]
    assert set(answered.hits.filter(answered.hits["instrument"] == name)["status"]) == {"in_force"}


def test_it_lapses_by_itself(screeners: dict[str, Screener]) -> None:
    screener = screeners["in_force"]
    last, after = (screener.screen(LINES, today=EXPIRES + dt.timedelta(days=more)) for more in (0, 1))
    assert holmium(last) == [("hold", "in_force")]
    assert holmium(after) == [("review", "unconfirmed")]
    assert after.meta.confirmations[0].startswith(f"Lapsed on {EXPIRES} and not applied")
    assert holmium(screener.screen(LINES)) == [("hold", "in_force")]
