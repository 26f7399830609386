"""Firms that listed parties own: which count, with which chain, and what a match with one asks for."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import Screener
from screening.content.listfile import write_list
from screening.content.listmodels import Ownership, PartyEntry
from screening.content.snapshot import shipped
from screening.errors import ListError
from screening.parties import Parties
from screening.parties.ownership import Share, Shares, read_shares, with_owned

DAY = dt.date.today()
LISTED = {"1": "Alpha Listed Holding", "2": "Beta Listed Holding"}


@pytest.fixture(scope="session")
def listing(own_list):
    """A list of two parties with a rule on ownership."""

    def made(rule):
        entries = [PartyEntry(id=ident, name=name) for ident, name in LISTED.items()]
        return own_list(entries, date=DAY, verified_on=DAY, ownership=rule)

    return made


@pytest.fixture
def lists(listing, tmp_path):
    write_list(listing(Ownership(percent=50)), tmp_path / "lists")
    return tmp_path / "lists"


@pytest.fixture
def screened(lists, tmp_path):
    """Screen a line with a consignee and a table of shares."""

    def do(table, consignee):
        (tmp_path / "shares.csv").write_text("owner,owned,percent\n" + table, encoding="utf-8")
        line = {"description": "Leather shoes", "export_country": "CN", "consignee_name": consignee}
        return Screener(watchlists=lists, ownership=tmp_path / "shares.csv").screen([line])

    return do


def test_a_chain_of_owned_firms_is_a_review_with_the_chain_in_the_evidence(screened):
    run = screened("Alpha Listed Holding,Middle Trading,60\nMiddle Trading,Last Step GmbH,50\n", "Last Step GmbH")
    (hit,) = run.hits.filter(family="party").to_dicts()
    assert (run.counts["review"], hit["action"], hit["rule"]) == (1, "review", "party.list-own.owned")
    assert "Middle Trading holds 50 % of Last Step GmbH; Alpha Listed Holding (1) holds 60 % of Middle Trading" in hit["reason"]
    (chain,) = run.evidence.filter(field="ownership").to_dicts()
    assert "Alpha Listed Holding (1) holds 60 %" in chain["compared"]
    (row,) = run.watchlists.filter(id="own.owned").to_dicts()
    assert (row["entries"], row["title"]) == (2, "Firms owned by parties of: our list")


def test_shares_of_several_listed_parties_are_added_up(screened):
    assert screened("Alpha Listed Holding,Both Ltd,30\nBeta Listed Holding,Both Ltd,20\n", "Both Ltd").counts["review"] == 1
    assert screened("Alpha Listed Holding,Both Ltd,30\nSomebody Else,Both Ltd,70\n", "Both Ltd").counts["clear"] == 1


def test_a_chain_goes_on_only_through_firms_that_are_owned(screened):
    table = "Alpha Listed Holding,Minority Ltd,49\nMinority Ltd,Daughter Ltd,100\n"
    assert screened(table, "Daughter Ltd").counts["clear"] == 1


def test_a_listed_party_is_not_said_to_be_owned(screened):
    run = screened("Alpha Listed Holding,Beta Listed Holding,100\n", "Beta Listed Holding")
    assert run.hits.filter(family="party")["rule"].to_list() == ["party.list-own"]
    assert run.counts["hold"] == 1


def test_the_table_is_part_of_the_digest(screened, lists):
    first, second = screened("A Ltd,B Ltd,60\n", "B Ltd"), screened("A Ltd,B Ltd,61\n", "B Ltd")
    assert first.meta.digest != second.meta.digest


@pytest.fixture(scope="session")
def owned_by(listing):
    """Names of the firms that count as owned under a rule."""

    def found(rule, shares):
        content = shipped(law=False)
        content.watchlists = {"own": listing(rule)}
        made = with_owned(content, Shares(tuple(shares), ""), Parties(content).match).watchlists
        return {entry.name: entry for entry in made["own.owned"].entries} if "own.owned" in made else {}

    return found


@pytest.mark.parametrize(
    ("rule", "percents", "counts"),
    [
        (Ownership(percent=50), (50, 0), True),
        (Ownership(percent=50, more_than=True), (50, 0), False),
        (Ownership(percent=50, more_than=True), (51, 0), True),
        (Ownership(percent=50), (25, 25), True),
        (Ownership(percent=50, together=False), (49, 49), False),
        (Ownership(percent=50, together=False), (50, 0), True),
    ],
)
def test_the_rule_of_the_list_decides(owned_by, rule, percents, counts):
    shares = [Share(owner, "Firm Ltd", percent) for owner, percent in zip(LISTED.values(), percents, strict=True)]
    assert ("Firm Ltd" in owned_by(rule, shares)) is counts


def test_firms_that_own_each_other_in_a_circle_come_to_an_end(owned_by):
    circle = [Share("One Ltd", "Two Ltd", 100), Share("Two Ltd", "Three Ltd", 100), Share("Three Ltd", "One Ltd", 100)]
    assert owned_by(Ownership(percent=50), circle) == {}
    assert set(owned_by(Ownership(percent=50), [*circle, Share(LISTED["1"], "Two Ltd", 50)])) == {
        "One Ltd",
        "Two Ltd",
        "Three Ltd",
    }


FIRMS = [*LISTED.values(), *(f"Firm {letter} Ltd" for letter in "ABCDE")]
SHARES = st.lists(st.builds(Share, st.sampled_from(FIRMS), st.sampled_from(FIRMS), st.integers(0, 100)), max_size=12)


@given(SHARES, st.sampled_from(FIRMS), st.sampled_from(FIRMS), st.integers(0, 100))
def test_a_further_share_never_frees_a_firm(owned_by, shares, owner, owned, percent):
    """More owners can only bring more firms under a rule that adds shares up; pairs that stand twice are kept apart."""
    pairs = {(share.owner, share.owned): share for share in shares}
    before = owned_by(Ownership(percent=50), pairs.values())
    after = owned_by(Ownership(percent=50), ({(owner, owned): Share(owner, owned, percent)} | pairs).values())
    assert before.keys() <= after.keys()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("owner,owned\nA,B\n", "no row heads the columns"),
        ("owner,owned,percent\nA,B,120\n", "row 2: A, B, 120"),
        ("owner,owned,percent\nA,,60\n", "row 2: A, -, 60"),
        ("owner,owned,percent\nA,B,0.6\n", "not as 0.5"),
        ("", "is empty"),
    ],
)
def test_a_table_that_says_no_shares_is_refused(tmp_path, table, said):
    (tmp_path / "shares.csv").write_text(table)
    with pytest.raises(ListError, match=said):
        read_shares(tmp_path / "shares.csv", shipped())


def test_chinese_headers_and_percent_signs_are_read(tmp_path):
    (tmp_path / "shares.csv").write_text("股东,被投资企业,持股比例\n甲公司,乙公司,50.5%\n甲公司,乙公司,10％\n", encoding="utf-8")
    assert read_shares(tmp_path / "shares.csv", shipped()).rows == (Share("甲公司", "乙公司", 60.5),)
