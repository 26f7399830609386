"""What a list entry says of itself: its names, its kind, its days."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from dataclasses import replace

import pytest

from screening.content.listmodels import Notice, PartyEntry
from screening.content.load import load
from screening.content.models import Dates
from screening.content.snapshot import shipped
from screening.judge.status import state
from screening.terms import Text

LIST = """
id: own-list
title: {en: our own list, zh: 本公司名单}
publisher: us
url: ""
date: 2026-03-01
licence: internal
official: false
regime: OWN
effect: informational
verified_on: 2026-03-01
kind: company
entries:
  - {id: a, name: Example Trading, listed_on: 2025-12-01, delisted_on: 2026-02-01}
  - {id: b, name: Jane Example, kind: person}
"""


def read(tmp_path, text=LIST):
    (tmp_path / "own.yaml").write_text(text, encoding="utf-8")
    return load([tmp_path], base=shipped()).watchlists["own-list"]


def test_names_come_once_with_the_strongest_of_their_kinds():
    entry = PartyEntry(
        id="e", name="A", aliases=["B"], original_names=["Б", "B"], former_names=["C", "A"], weak_aliases=["D", "C"]
    )
    assert entry.names() == [("A", "name"), ("B", "alias"), ("Б", "original"), ("C", "former"), ("D", "weak")]


def test_entries_are_of_the_kind_of_their_list_unless_they_say_otherwise(tmp_path):
    assert [entry.kind for entry in read(tmp_path).entries] == ["company", "person"]


def test_an_entry_without_a_notice_applies_between_its_own_days(tmp_path):
    watchlist = read(tmp_path)
    dates = watchlist.dates_of(watchlist.entries[0])
    days = ["2025-11-30", "2025-12-01", "2026-01-31", "2026-02-01"]
    assert [state(dates, dt.date.fromisoformat(day)).status for day in days] == ["not_yet", "in_force", "in_force", "ended"]
    assert watchlist.dates_of(watchlist.entries[1]) is None


def test_the_dates_of_an_entry_go_before_those_of_its_notice(tmp_path):
    own, noticed = Dates(in_force=dt.date(2026, 1, 1)), Dates(in_force=dt.date(2025, 1, 1))
    notice = Notice(number="1", title=Text("notice"), dates=noticed)
    watchlist = replace(read(tmp_path), notices={"n": notice})
    entry = PartyEntry(id="e", name="A", instrument="n", listed_on=dt.date(2020, 1, 1))
    assert watchlist.dates_of(entry) is noticed
    assert watchlist.dates_of(replace(entry, dates=own)) is own


@pytest.mark.parametrize("ident", ["cn-control-list", "cn-watch-list", "cn-unreliable-entities", "cn-countermeasures"])
def test_every_notice_has_as_many_entries_as_its_title_counts(ident):
    watchlist = shipped().watchlists[ident]
    listed = Counter(entry.instrument for entry in watchlist.entries)
    said = {name: int(re.search(r"\d+", notice.title.en).group()) for name, notice in watchlist.notices.items()}
    assert listed == said


def test_a_party_can_be_lifted_on_one_notice_and_alive_on_another():
    lists = shipped().watchlists
    day = dt.date(2026, 9, 1)
    states = {
        ident: {state(lists[ident].dates_of(e), day).status for e in lists[ident].entries if e.name == "Planate Management Group"}
        for ident in ("cn-control-list", "cn-unreliable-entities")
    }
    assert states == {"cn-control-list": {"in_force"}, "cn-unreliable-entities": {"ended"}}
