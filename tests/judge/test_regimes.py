"""Packs of other regimes: whom they speak to, what they ask of whom, and codes that are other goods in another regime."""

from __future__ import annotations

import pytest

from screening import Screener

EPI = {"description": "GaAs epi wafer 4 inch"}
CHIPS = {"description": "Integrated circuits", "hs_code": "8542310000"}


@pytest.fixture(scope="module")
def laws():
    """Rule to action and strength of the hits of a line on law, for somebody bound by ``bound``."""
    screeners = {}

    def found(line, bound="CN", day="2026-06-01"):
        screener = screeners.setdefault(bound, Screener(bound_by=bound))
        hits = screener.screen_line(line, as_of=day).hits
        return {h["rule"]: (h["action"], h["regime"], h["foreign"]) for h in hits if h["instrument"]}

    return found


@pytest.mark.parametrize(
    ("leaves", "rule"),
    [("CN", "cn-mofcom-gac-2023-23/3C001.e"), ("DE", "eu-2021-821/3C001"), ("US", "us-ear-ccl/3C001")],
)
def test_one_code_is_read_within_the_regime_of_the_country_the_goods_leave(laws, leaves, rule):
    found = laws({**EPI, "export_country": leaves, "destination_country": "IN", "item_code": "3C001"})
    assert set(found) == {rule}


def test_gallium_metal_is_3c001_in_china_only(laws):
    line = {"description": "Gallium metal 4N", "destination_country": "IN"}
    assert set(laws({**line, "export_country": "CN"})) == {"cn-mofcom-gac-2023-23/3C001.a"}
    assert not laws({**line, "export_country": "DE"})
    assert not laws({**line, "export_country": "US"})


@pytest.mark.parametrize(("bound", "foreign"), [("CN", True), ("CN,EU", False)])
def test_the_clause_of_the_union_is_foreign_to_whom_it_does_not_bind(laws, bound, foreign):
    line = {**CHIPS, "export_country": "DE", "destination_country": "IN"}
    assert laws(line, bound) == {"eu-833-2014/art-12g": ("review", "EU", foreign)}


def test_a_clause_asks_for_no_licence():
    (hit,) = [
        h
        for h in Screener(bound_by="EU")
        .screen_line({**CHIPS, "export_country": "DE", "destination_country": "IN"}, as_of="2026-06-01")
        .hits
        if h["instrument"]
    ]
    assert "licence" not in hit["reason"]
    assert "no-re-export clause" in hit["next_step"]


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ({"export_country": "CN", "destination_country": "RU"}, {"chpl-2024/tier-1": ("review", "US", True)}),
        ({"export_country": "CN", "destination_country": "KZ"}, {}),
        ({"export_country": "CN", "destination_country": "DE"}, {}),
        ({"export_country": "GB", "destination_country": "AM"}, {"uk-otsi-2025/country-of-diversion": ("note", "UK", True)}),
        ({"export_country": "US", "destination_country": "AM"}, {"us-fincen-bis-2022/transshipment-point": ("note", "US", True)}),
    ],
)
def test_high_priority_codes(laws, line, wanted):
    assert laws({**CHIPS, **line}) == wanted


def test_the_tiers_hold_the_fifty_codes_that_the_others_ask_for(laws):
    content = Screener().content
    tiers = [code for item in content.instruments["chpl-2024"].items for code in item.detect["code"]["hs6"]["in"]]
    assert len(tiers) == len(set(tiers)) == 50
    assert set(tiers) == set(content.sets["common_high_priority"].codes)


def test_other_regimes_never_hold_whom_they_do_not_bind(laws):
    line = {**CHIPS, "export_country": "DE", "destination_country": "RU"}
    assert {action for action, _, _ in laws(line).values()} == {"review"}


def test_goods_under_a_foreign_list_are_no_listed_goods_for_the_chinese_control_list():
    line = {
        "description": "Trimethylgallium 99.9999 %",
        "export_country": "DE",
        "destination_country": "US",
        "consignee_name": "General Dynamics",
    }
    hits = {h["rule"]: h["action"] for h in Screener(bound_by="CN,EU").screen_line(line, as_of="2026-06-01").hits}
    assert hits["eu-2021-821/3C003"] == "review"
    assert hits["party.cn-control-list"] == "review"


def test_a_line_is_judged_though_a_foreign_measure_lacks_a_value():
    line = {"description": "Leather shoes", "hs_code": "8542310000", "export_country": "DE"}
    result = Screener().screen_line(line, as_of="2026-06-01")
    assert result.outcome != "not_judged"
    assert "eu-833-2014/art-12g" in {entry["rule"] for entry in result.not_judged}
