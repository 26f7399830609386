"""Names of a manifest against listed names: what counts as the same name, and what only as a reason to look."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.content.listmodels import PartyEntry
from screening.content.snapshot import shipped
from screening.parties import Parties
from screening.parties.match import MATCHES

DAY = dt.date(2026, 11, 1)


@pytest.fixture(scope="session")
def listing(own_list):
    """A list of names, each with its aliases."""

    def made(*entries, ident="own"):
        named = [PartyEntry(id=f"e{number}", name=names[0], aliases=list(names[1:])) for number, names in enumerate(entries, 1)]
        return own_list(named, id=ident)

    return made


@pytest.fixture(scope="module")
def content():
    return shipped()


@pytest.fixture(scope="module")
def level(content, listing):
    """The level of a match between one listed name and one given; ``none`` where there is no match."""
    prepared = {}

    def found(listed, given_name):
        if listed not in prepared:
            prepared[listed] = Parties(replace(content, watchlists={"own": listing((listed,))}))
        levels = prepared[listed].match([given_name])["level"].to_list()
        return levels[0] if levels else "none"

    return found


@pytest.mark.parametrize(
    ("listed", "given_name"),
    [
        ("Example Widgets Ltd", "Example Widgets Ltd"),
        ("Example Widgets Ltd", "EXAMPLE WIDGETS LTD."),
        ("Example Widgets Ltd", "  Example\tWidgets ,  Ltd "),
        ("Example Widgets Ltd", "Example Widgets"),
        ("Example Widgets", "Example Widgets Limited"),
        ("Example Widgets Ltd", "Example Widgets Limited"),
        ("Example Widgets Co., Ltd.", "Example Widgets Company Limited"),
        ("Example Widgets Ltd", "ＥＸＡＭＰＬＥ　ＷＩＤＧＥＴＳ　ＬＴＤ"),
        ("Example Widgets Ltd", "ExampleWidgets Ltd"),
        ("Example-Widgets Ltd", "Example Widgets Ltd"),
        ("Smith & Sons GmbH", "Smith and Sons G.m.b.H."),
        ("Lafert S.p.A.", "LAFERT SPA"),
        ("Lafert S.p.A.", "Lafert S. p. A."),
        ("Primer d.o.o.", "PRIMER DOO"),
        ("Example L.L.C.", "Example LLC"),
        ("深圳示例有限公司", "深圳示例"),
        ("深圳示例有限公司", "深圳示例有限责任公司"),
        ("深圳示例有限公司", "深圳 示例 有限公司"),
        ("三菱造船株式会社", "三菱造船"),
        ("U.S. Example Corp", "US Example Corporation"),
    ],
)
def test_the_same_name(level, listed, given_name):
    assert level(listed, given_name) == "hit"


@pytest.mark.parametrize(
    ("listed", "given_name"),
    [
        ("Example Widgets GmbH", "Example Widgets Ltd"),
        ("Example Widgets Inc.", "Example Widgets GmbH"),
        ("Example Widgets S.p.A.", "Example Widgets LLC"),
        ("示例股份有限公司", "示例有限公司"),
    ],
)
def test_another_legal_form_is_a_reason_to_look(level, listed, given_name):
    assert level(listed, given_name) == "review"


@pytest.mark.parametrize(
    ("listed", "given_name"),
    [
        ("Example Widgets Ltd", "Exotic Gadgets Ltd"),
        ("Example Widgets Ltd", "Ltd"),
        ("Example Widgets Ltd", "Widgets Ltd"),
        ("General Dynamics", "General Trading LLC"),
        ("深圳示例有限公司", "有限公司"),
        ("深圳示例有限公司", "广州示例有限公司"),
        ("Example Widgets Ltd", "-"),
        ("Example Widgets Ltd", "!!!"),
        ("Co Ltd", "Company Limited Holdings"),
    ],
)
def test_another_name(level, listed, given_name):
    assert level(listed, given_name) == "none"


def test_aliases_count_and_every_entry_is_told_once(content, listing):
    parties = Parties(
        replace(content, watchlists={"own": listing(("Example Widgets", "示例公司", "EXAMPLE WIDGETS"), ("Other",))})
    )
    found = parties.match(["Example Widgets Ltd", "示例", "Other GmbH", "Nobody", "示例"])
    assert dict(found.schema) == MATCHES
    assert found.select("name", "entry").rows() == [("Example Widgets Ltd", "e1"), ("Other GmbH", "e2"), ("示例", "e1")]
    assert found["listed"].to_list() == ["EXAMPLE WIDGETS", "Other", "示例公司"] or found["listed"][0] == "Example Widgets"


def test_a_name_on_two_lists_is_found_on_both(content, listing):
    lists = {ident: listing(("Example Widgets",), ident=ident) for ident in ("b", "a")}
    found = Parties(replace(content, watchlists=lists)).match(["Example Widgets"])
    assert found["list"].to_list() == ["a", "b"]


def test_nothing_to_look_for_and_nothing_to_look_in(content):
    parties = Parties(replace(content, watchlists={}))
    assert parties.match(["Example"]).is_empty()
    assert dict(parties.match([]).schema) == MATCHES


def test_every_match_says_how(content, listing):
    parties = Parties(replace(content, watchlists={"own": listing(("Example Widgets GmbH",))}))
    names = ["Example Widgets GmbH", "EXAMPLE WIDGETS GMBH", "Example Widgets", "Example Widgets Ltd"]
    told = {
        name: (score, said, zh)
        for name, score, said, zh in parties.match(names).select("name", "score", "explanation", "explanation_zh").iter_rows()
    }
    assert len({said for _, said, _ in told.values()}) == 4
    assert all(zh for _, _, zh in told.values())
    assert told["Example Widgets GmbH"][0] == 1.0
    assert told["Example Widgets Ltd"][0] < 1.0


def test_every_listed_name_finds_itself(content):
    parties = Parties(content)
    for ident, watchlist in content.watchlists.items():
        names = {name: entry.id for entry in watchlist.entries for name in (entry.name, *entry.aliases)}
        found = parties.match(names).filter(pl.col("list") == ident, pl.col("level") == "hit")
        missing = set(names.items()) - set(found.select("name", "entry").iter_rows())
        # one party may stand under several notices with the same name: any of its entries will do
        assert {name for name, _ in missing} <= set(found["name"])


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(WORDS)
def test_any_text_is_a_name(content_parties, text):
    found = content_parties.match([text])
    assert dict(found.schema) == MATCHES


@given(st.lists(WORDS, max_size=8))
def test_the_order_of_names_changes_nothing(content_parties, names):
    names = [*names, "Lockheed Martin Corporation", "斯凯迪奥公司"]
    assert content_parties.match(names).equals(content_parties.match(reversed(names)))


@pytest.fixture(scope="module")
def content_parties(content):
    return Parties(content)
