"""Cleared matches: bound to name, entry and what the entry says; out of the verdict, never out of the report."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from screening import ContentError, Screener
from screening.cli import main
from screening.content.listfile import read_list, write_list
from screening.content.listmodels import PartyEntry
from screening.content.waivers import entry_hash

DAY = dt.date.today()
LINE = {
    "description": "Leather shoes",
    "hs_code": "6403990090",
    "export_country": "CN",
    "consignee_name": "EXAMPLE TRADING, LLC.",
}
ENTRY = PartyEntry(id="7", name="Example Trading LLC", countries=["IR"])
WAIVER = """\
waivers:
  - party: Example Trading LLC
    list: own
    entry: "7"
    entry_hash: {hash}
    because: "another firm {{of Hamburg}}: extract of today"
    checked_by: J. Doe
    checked_on: {checked}
    until: {until}
"""


@pytest.fixture
def lists(own_list, tmp_path):
    """A folder with one list of one entry."""
    write_list(own_list([ENTRY], date=DAY, verified_on=DAY), tmp_path / "lists")
    return tmp_path / "lists"


@pytest.fixture
def screened(lists, tmp_path):
    """Screen the line with a waiver whose parts can be changed."""

    def do(text=WAIVER, entry=ENTRY, checked=DAY, until=DAY + dt.timedelta(days=90), line=LINE, **more):
        path = tmp_path / "waivers.yaml"
        path.write_text(text.format(hash=entry_hash(entry), checked=checked, until=until), encoding="utf-8")
        return Screener(watchlists=lists, waivers=path).screen([line], **more)

    return do


def party(run):
    """The only party hit of a run."""
    (hit,) = run.hits.filter(family="party").to_dicts()
    return hit


def test_a_cleared_match_stays_in_the_report_and_counts_no_more(lists, screened):
    before = Screener(watchlists=lists).screen([LINE])
    run = screened()
    assert (before.counts["hold"], party(before)["action"], party(before)["waived_by"]) == (1, "hold", None)
    hit = party(run)
    assert (run.counts["clear"], hit["action"], hit["points"]) == (1, "note", 0.0)
    assert hit["waived_by"] == f"J. Doe, {DAY}"
    assert "Cleared by J. Doe" in hit["reason"]
    assert "another firm {of Hamburg}" in hit["reason"]
    assert run.lines["score"].to_list() == [0.0]
    assert hit["id"] == party(before)["id"]


def test_waivers_are_settings_of_the_run_and_part_of_its_digest(lists, screened):
    before, run = Screener(watchlists=lists).screen([LINE]), screened()
    (told,) = run.meta.settings["waivers"]
    assert (told["entry"], told["checked_by"], told["lapsed"]) == ("7", "J. Doe", False)
    assert run.meta.digest != before.meta.digest
    assert run.meta.digest == screened().meta.digest
    assert any("1 waiver cleared" in warning for warning in run.meta.warnings)


def test_a_waiver_lapses_when_the_entry_changes(lists, screened):
    changed = dataclasses.replace(ENTRY, countries=["IR", "DE"])
    write_list(dataclasses.replace(read_list(lists / "own.jsonl"), entries=[changed]), lists)
    run = screened(entry=ENTRY)
    hit = party(run)
    assert (run.counts["hold"], hit["action"], hit["waived_by"]) == (1, "hold", None)
    assert "no longer counts: the entry has changed since" in hit["reason"]
    assert any("no longer counts" in warning for warning in run.meta.warnings)


def test_a_waiver_lapses_after_its_last_day(screened):
    checked, until = DAY - dt.timedelta(days=50), DAY - dt.timedelta(days=1)
    assert screened(checked=checked, until=until).counts["hold"] == 1
    assert screened(checked=checked, until=until, today=until).counts["hold"] == 0


@pytest.mark.parametrize(
    ("old", "new"),
    [("Example Trading LLC", "Example Trade LLC"), ('entry: "7"', 'entry: "8"'), ("list: own", "list: cn-watch-list")],
)
def test_a_waiver_clears_its_own_match_only(screened, old, new):
    run = screened(WAIVER.replace(old, new))
    assert (run.counts["hold"], party(run)["waived_by"]) == (1, None)
    assert any("met no match" in warning or "no longer counts" in warning for warning in run.meta.warnings)


def test_another_name_on_the_same_entry_is_not_cleared(screened):
    line = LINE | {"buyer_name": "Example Trading"}
    run = screened(line=line)
    assert run.counts["hold"] == 1
    assert sorted(run.hits.filter(family="party")["action"]) == ["hold", "note"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("until: {until}", "until: 2099-01-01", "not within 366 days"),
        ("checked_on: {checked}", "checked_on: 2099-01-01", "lies ahead"),
        ("checked_by: J. Doe", 'checked_by: ""', "checked_by is empty"),
        ("    because", "    becuase", "is not a key of a waiver"),
        ("waivers:", "waiver:", "the file holds a list"),
        ("until: {until}", "until: soon", "until"),
        ("    until: {until}\n", "    until: {until}\n" + WAIVER.split("\n", 1)[1], "cleared twice"),
    ],
)
def test_a_mistake_in_the_file_stops_the_run_with_its_line(screened, old, new, said):
    with pytest.raises(ContentError, match=said) as caught:
        screened(WAIVER.replace(old, new))
    assert all(problem.line for problem in caught.value.problems)


def test_the_command_line_tells_the_hash_and_takes_the_file(lists, tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["watchlists", "show", "own", "7", str(lists)])
    out = capsys.readouterr().out
    assert caught.value.code == 0
    assert "Example Trading LLC" in out
    assert f"entry_hash: {entry_hash(ENTRY)}" in out
    (tmp_path / "waivers.yaml").write_text(WAIVER.format(hash=entry_hash(ENTRY), checked=DAY, until=DAY), encoding="utf-8")
    (tmp_path / "lines.csv").write_text("description,consignee_name,export_country\nLeather shoes,Example Trading LLC,CN\n")
    with pytest.raises(SystemExit) as caught:
        main(["screen", str(tmp_path / "lines.csv"), "--watchlists", str(lists), "--waivers", str(tmp_path / "waivers.yaml")])
    assert caught.value.code == 0
    assert "1 waiver cleared" in "".join(capsys.readouterr())


def test_an_entry_that_is_not_there_is_said(lists, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["watchlists", "show", "own", "8", str(lists)])
    assert caught.value.code == 2
    assert "no entry '8'" in capsys.readouterr().err
