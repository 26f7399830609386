"""Party rules end to end: what a listed name asks for, by list, goods, notice, day and licence."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from screening import Screener
from screening.content.listmodels import Notice, PartyEntry
from screening.content.models import Dates, Suspension
from screening.content.snapshot import shipped
from screening.terms import ROLES, Text

LISTED_GOODS = {"description": "Dysprosium oxide", "hs_code": "2846901500"}
OTHER_GOODS = {"description": "Leather shoes", "hs_code": "6403990090"}
NO_DUAL_USE = "Example Optics Inc."
STRICTER = "Example Aviation Co., Ltd."
BARRED = "Example Missiles Corporation"
NAMED = "Example Trading LLC"
LISTS = {"cn-control-list": NO_DUAL_USE, "cn-watch-list": STRICTER, "cn-unreliable-entities": BARRED, "named-in-cases": NAMED}
WORDS = {"plain": "Example", "lifted": "Norvalen", "paused": "Tribeska"}
"""The own word of the party that each notice names."""
NOTICES = {
    "plain": {"in_force": dt.date(2025, 1, 2)},
    "lifted": {"in_force": dt.date(2025, 5, 1), "ended": dt.date(2025, 11, 10)},
    "paused": {
        "in_force": dt.date(2025, 5, 1),
        "suspensions": [Suspension(from_=dt.date(2025, 11, 10), until=dt.date(2026, 11, 10))],
    },
}


def named(notice, name):
    """The party that a notice names in the place of ``name``."""
    return name.replace(WORDS["plain"], WORDS[notice])


@pytest.fixture(scope="module")
def screener():
    """The shipped rules, with invented parties in the lists: one a list and notice, named by the notice."""
    content = shipped()
    notices = {name: Notice(number=name, title=Text(name), dates=Dates(**dates)) for name, dates in NOTICES.items()}
    lists = {}
    for ident, watchlist in content.watchlists.items():
        name = LISTS.get(ident)
        entries = [
            PartyEntry(id=f"{ident}-{notice}", name=named(notice, name), aliases=aliases, instrument=notice)
            for notice, aliases in {
                "plain": ["示例光学公司"] if ident == "cn-control-list" else [],
                "lifted": [],
                "paused": [],
            }.items()
            if name
        ]
        lists[ident] = replace(watchlist, notices=notices, entries=entries)
    return Screener.of(replace(content, watchlists=lists))


@pytest.fixture(scope="module")
def hits(screener):
    """The party hits of a line: rule and action, and the outcome of the line."""

    def found(goods, name, role="consignee", day="2026-10-01", **more):
        line = {**goods, "export_country": "CN", "destination_country": "US", f"{role}_name": name, "ship_date": day, **more}
        result = screener.screen_line(line)
        return [hit for hit in result.hits if hit["family"] == "party"], result.outcome

    return found


@pytest.mark.parametrize(
    ("goods", "name", "more", "action"),
    [
        (LISTED_GOODS, NO_DUAL_USE, {}, "hold"),
        (LISTED_GOODS, NO_DUAL_USE, {"licence_no": "26-AB-123456"}, "hold"),
        (OTHER_GOODS, NO_DUAL_USE, {}, "review"),
        (LISTED_GOODS, STRICTER, {}, "hold"),
        (LISTED_GOODS, STRICTER, {"licence_no": "26-AB-123456"}, "review"),
        (OTHER_GOODS, STRICTER, {}, "review"),
        (LISTED_GOODS, BARRED, {}, "hold"),
        (OTHER_GOODS, BARRED, {}, "hold"),
        (OTHER_GOODS, BARRED, {"licence_no": "26-AB-123456"}, "hold"),
        (LISTED_GOODS, NAMED, {"licence_no": "26-AB-123456"}, "review"),
        (OTHER_GOODS, NAMED, {}, "note"),
    ],
)
def test_what_a_list_asks_for(hits, goods, name, more, action):
    found, outcome = hits(goods, name, **more)
    assert [hit["action"] for hit in found] == [action]
    assert outcome == {"hold": "hold", "review": "review", "note": "clear"}[action]


@pytest.mark.parametrize(
    ("goods", "name", "action"),
    [
        (LISTED_GOODS, "Example Optics GmbH", "review"),
        (OTHER_GOODS, "Example Optics GmbH", "note"),
        (LISTED_GOODS, "Example Aviation GmbH", "note"),
        (OTHER_GOODS, "Example Aviation GmbH", "note"),
        (LISTED_GOODS, "Example Missiles GmbH", "review"),
        (OTHER_GOODS, "Example Missiles GmbH", "review"),
    ],
)
def test_a_name_with_another_legal_form_asks_for_less(hits, goods, name, action):
    found, _ = hits(goods, name)
    assert [hit["action"] for hit in found] == [action]


@pytest.mark.parametrize("name", ["ＥＸＡＭＰＬＥ　ＯＰＴＩＣＳ", "example optics inc", "示例光学公司", "示例光学"])
def test_spellings_of_a_listed_name(hits, name):
    found, outcome = hits(LISTED_GOODS, name)
    assert [hit["rule"] for hit in found] == ["party.cn-control-list"]
    assert outcome == "hold"


@pytest.mark.parametrize(
    "name", ["Sample Trading Optics", "Optics Inc.", "Example Shoes GmbH", "N/A", "TO ORDER", "SAME AS CONSIGNEE"]
)
def test_other_names_are_nobody(hits, name):
    assert hits(OTHER_GOODS, name)[0] == []


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_searched_and_shown(hits, role):
    found, _ = hits(OTHER_GOODS, NO_DUAL_USE, role)
    assert len(found) == 1
    evidence = [piece for piece in found[0]["evidence"] if piece["field"] == f"{role}_name"]
    assert [piece["given"] for piece in evidence] == [NO_DUAL_USE]
    assert "cn-control-list-plain" in evidence[0]["counterpart"]
    assert role.replace("_", " ") in found[0]["reason"].lower()


def test_a_party_in_two_roles_is_two_hits(hits):
    found, _ = hits(OTHER_GOODS, NO_DUAL_USE, end_user_name=NO_DUAL_USE)
    assert sorted(piece["field"] for hit in found for piece in hit["evidence"] if piece["field"].endswith("_name")) == [
        "consignee_name",
        "end_user_name",
    ]
    assert len({hit["id"] for hit in found}) == 2


def test_two_listed_parties_on_one_line(hits):
    found, outcome = hits(OTHER_GOODS, NO_DUAL_USE, end_user_name=BARRED)
    assert sorted(hit["rule"] for hit in found) == ["party.cn-control-list", "party.cn-unreliable-entities"]
    assert outcome == "hold"


# -- the state of the notice ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "day", "action", "status"),
    [
        (BARRED, "2025-01-01", "note", "not_yet"),
        (BARRED, "2025-01-02", "hold", "in_force"),
        (named("lifted", BARRED), "2025-11-09", "hold", "in_force"),
        (named("lifted", BARRED), "2025-11-10", "note", "ended"),
        (named("lifted", NO_DUAL_USE), "2025-11-09", "hold", "in_force"),
        (named("lifted", NO_DUAL_USE), "2026-10-01", "note", "ended"),
        (named("paused", NO_DUAL_USE), "2025-11-09", "hold", "in_force"),
        (named("paused", NO_DUAL_USE), "2025-11-10", "note", "suspended"),
        (named("paused", NO_DUAL_USE), "2026-11-10", "note", "suspended"),
        (named("paused", NO_DUAL_USE), "2026-11-11", "review", "unconfirmed"),
        (named("paused", BARRED), "2026-11-10", "note", "suspended"),
        (named("paused", BARRED), "2026-11-11", "review", "unconfirmed"),
        (named("paused", STRICTER), "2026-11-11", "review", "unconfirmed"),
    ],
)
def test_the_notice_s_state_on_the_line_s_day(hits, name, day, action, status):
    found, _ = hits(LISTED_GOODS, name, day=day)
    assert [(hit["action"], hit["status"]) for hit in found] == [(action, status)]


def test_a_lifted_notice_alone_flags_nothing(hits):
    found, outcome = hits(OTHER_GOODS, named("lifted", NO_DUAL_USE), day="2026-10-01")
    assert [hit["action"] for hit in found] == ["note"]
    assert outcome == "clear"


def test_without_party_names_the_rules_are_not_judged(screener):
    result = screener.screen_line({**OTHER_GOODS, "export_country": "CN"})
    gaps = {gap["rule"] for gap in result.not_judged}
    assert {"party.cn-control-list", "party.cn-watch-list", "party.cn-unreliable-entities"} <= gaps
    assert result.outcome == "clear"


def test_a_reason_names_party_list_and_notice(hits):
    (hit,), _ = hits(LISTED_GOODS, "example optics incorporated")
    assert "example optics incorporated" in hit["reason"]
    assert NO_DUAL_USE in hit["reason"]
    assert hit["reason_zh"]
    assert hit["citations"]
    assert "list_entry" in hit["documents"]


def test_hit_of_a_list_names_the_regime_of_the_list(screener):
    line = {**LISTED_GOODS, "export_country": "CN", "consignee_name": NO_DUAL_USE, "ship_date": "2026-10-01"}
    told = {h["rule"]: (h["regime"], h["action"]) for h in screener.screen_line(line).hits}
    assert told["party.cn-control-list"] == ("CN", "hold")


def test_hold_under_chinese_law_cites_the_duty_of_those_who_serve_the_export(screener):
    line = {**LISTED_GOODS, "export_country": "CN", "consignee_name": NO_DUAL_USE, "ship_date": "2026-10-01"}
    hits = screener.screen_line(line).hits
    cited = {h["rule"]: [c["section"] for c in h["citations"]] for h in hits if h["action"] == "hold"}
    assert {"party.cn-control-list", "cn-mofcom-gac-2025-18/1C905.b"} <= set(cited)
    assert all("articles 20 and 36" in sections for sections in cited.values())
    assert all("article 20" in h["next_step"] and "第二十条" in h["next_step_zh"] for h in hits if h["action"] == "hold")
    assert not any("article 20" in h["next_step"] for h in hits if h["action"] != "hold")


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2025-04-30", "begins on 2025-05-01"),
        ("2025-11-09", "in force"),
        ("2026-11-10", "suspended from 2025-11-10 to 2026-11-10"),
        ("2026-11-11", "not confirmed"),
    ],
)
def test_party_hit_tells_the_state_of_the_notice_and_cites_it(screener, day, said):
    line = {**LISTED_GOODS, "export_country": "CN", "consignee_name": named("paused", NO_DUAL_USE), "ship_date": day}
    (hit,) = [h for h in screener.screen_line(line).hits if h["rule"] == "party.cn-control-list"]
    assert said in hit["status_note"]
    assert hit["status_note_zh"]
    assert hit["citations"][0]["source"].startswith("paused:")


@pytest.mark.parametrize(
    ("description", "action"),
    [
        ("Antimony trioxide 99.995 %", "hold"),  # 3C003.c
        ("Antimony trioxide 99.8 %", "review"),  # no dual-use item, though an item of the notice on state trading
    ],
)
def test_only_dual_use_items_count_as_listed_goods(screener, description, action):
    line = {"description": description, "export_country": "CN", "consignee_name": NO_DUAL_USE, "ship_date": "2026-10-01"}
    hits = {h["rule"]: h["action"] for h in screener.screen_line(line).hits}
    assert "cn-state-trading-2025-68/state-trading" in hits
    assert hits["party.cn-control-list"] == action
