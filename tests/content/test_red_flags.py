"""Red flags, party rules, decision tables and texts: what must be true of the shipped content besides its own examples."""

from __future__ import annotations

import itertools
import re
import string
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from screening.content.conditions import Ref, parse_detect
from screening.content.document import read_document
from screening.terms import ACTIONS, CONFIDENCES, FAMILIES

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules"


def _read(path: Path) -> dict[str, Any]:
    document = read_document(path)
    assert not document.problems, document.problems
    return document.data


def _files(kind: str) -> Iterator[Path]:
    yield from sorted((RULES / kind).glob("*.yaml"))


ALL = [rule for kind in ("red_flags", "parties") for path in _files(kind) for rule in _read(path).get("rules", ())]
RED_FLAGS = [rule for rule in ALL if "parties" not in rule]
DECISION = _read(RULES / "decision.yaml")["decision"]
TEXTS = _read(RULES / "texts.yaml")["texts"]
CASES = _read(ROOT / "samples" / "cases.yaml")["cases"]


def _ids(rules: list[dict[str, Any]]) -> list[str]:
    return [rule["id"] for rule in rules]


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_ids_are_unique_and_name_their_subject() -> None:
    assert len(_ids(ALL)) == len(set(_ids(ALL)))
    assert all(re.fullmatch(r"[a-z]+\.[a-z0-9]+(-[a-z0-9]+)*", name) for name in _ids(ALL))


def test_every_case_is_a_rule_or_a_stated_limit() -> None:
    limits = (ROOT / "docs" / "limits.md").read_text(encoding="utf-8")
    served = {case for rule in ALL for case in rule.get("cases", [])}
    assert served <= {case["id"] for case in CASES}
    for case in CASES:
        if case["expected"] in ("flag", "flag_set_only", "flag_policy_only"):
            assert case["id"] in served, case["id"]
        if case["expected"] in ("partial", "not_detectable"):
            assert case["id"] in limits, case["id"]


@pytest.mark.parametrize("rule", ALL, ids=_ids(ALL))
def test_a_rule_says_what_it_saw_what_to_do_and_why_it_may_be_wrong(rule: dict[str, Any]) -> None:
    for key in ("title", "reason", "next_step"):
        assert rule[key]["en"]
        assert re.search(r"[\u4e00-\u9fff]", rule[key]["zh"])
    assert _placeholders(rule["reason"]["en"]) >= _placeholders(rule["reason"]["zh"])
    assert rule["next_step"]["documents"]
    assert rule["known_false_hits"]
    assert rule["citations"]
    assert rule["family"] in FAMILIES
    assert rule["action"] in ACTIONS
    assert rule["confidence"] in CONFIDENCES


@pytest.mark.parametrize("rule", RED_FLAGS, ids=_ids(RED_FLAGS))
def test_no_red_flag_holds_by_itself(rule: dict[str, Any]) -> None:
    assert rule["basis"] in ("red_flag", "data", "law")
    assert rule["action"] in ("note", "review")
    assert (rule["family"] == "data") == (rule["basis"] == "data")


@pytest.mark.parametrize("rule", RED_FLAGS, ids=_ids(RED_FLAGS))
def test_estimates_make_a_rule_uncertain(rule: dict[str, Any]) -> None:
    """Bands of labels and of materials are estimates, so a rule that refers to one must not claim more."""
    bands = ("price_low", "price_high", "density_low", "density_high", "kg_low", "kg_high", "packaging", "modes")
    exempting = {name for name, body in rule["detect"].items() if isinstance(body, dict) and body.get("exempts")}
    deciding = [a for a in parse_detect(rule["detect"]).atoms() if a.selection not in exempting]
    if any(isinstance(a.value, Ref) and a.value.space in ("label", "material") and a.value.name in bands for a in deciding):
        assert rule["certainty"] == "uncertain"


@pytest.mark.parametrize("rule", RED_FLAGS, ids=_ids(RED_FLAGS))
def test_a_rule_of_countries_alone_says_so(rule: dict[str, Any]) -> None:
    fields = {atom.field for atom in parse_detect(rule["detect"]).atoms()}
    countries = {"destination_country", "origin_country", "transit_countries", "leaves_from", "detour_ratio"}
    if fields and fields - {"product"} <= countries | {"material", "hs6", "hs4"} and fields & (countries - {"leaves_from"}):
        assert rule.get("country_alone")


def test_cover_labels_never_speak_alone() -> None:
    """A name under which other goods once travelled accuses nobody: a second field or other lines must contradict it."""
    for rule in RED_FLAGS:
        fields = {atom.field for atom in parse_detect(rule["detect"]).atoms()}
        assert fields != {"label"} or "group" in rule, rule["id"]


@pytest.mark.parametrize("rule", [r for r in RED_FLAGS if "group" not in r], ids=lambda r: r["id"])
def test_examples_show_both_sides(rule: dict[str, Any]) -> None:
    counts = {kind: sum(e["expect"] == kind for e in rule["examples"]) for kind in ("hit", "clear", "not_judged")}
    assert counts["hit"] >= 2
    assert counts["clear"] >= 2
    assert counts["not_judged"] >= 1
    names = [example["name"] for example in rule["examples"]]
    assert len(names) == len(set(names))


# decision.yaml


def _control(status: str, licence: str, consequence: str) -> dict[str, str]:
    return next(
        row
        for row in DECISION["controls"]
        if row["status"] == status and row["licence"] in (licence, "any") and row["consequence"] in (consequence, "any")
    )


@pytest.mark.parametrize(
    ("status", "licence", "consequence", "met", "partial", "not_stated"),
    [
        ("in_force", "absent", "licence", "hold", "review", "review"),
        ("in_force", "absent", "technology", "hold", "review", "review"),
        ("in_force", "stated", "licence", "review", "note", "note"),
        ("in_force", "absent", "prohibited", "hold", "review", "review"),
        ("in_force", "stated", "prohibited", "hold", "review", "review"),
        ("unconfirmed", "absent", "licence", "review", "note", "review"),
        ("suspended", "absent", "licence", "note", "note", "note"),
        ("not_yet", "absent", "prohibited", "note", "note", "note"),
        ("ended", "absent", "licence", "none", "none", "none"),
    ],
)
def test_what_a_control_asks_for(status: str, licence: str, consequence: str, met: str, partial: str, not_stated: str) -> None:
    row = _control(status, licence, consequence)
    assert (row["met"], row["partial"], row["not_stated"]) == (met, partial, not_stated)
    assert row["usual"] == ("none" if status == "ended" else "note")


def test_the_control_table_is_complete() -> None:
    statuses = ("in_force", "suspended", "not_yet", "ended", "unconfirmed")
    for combination in itertools.product(statuses, ("absent", "stated"), ("licence", "prohibited", "technology")):
        assert _control(*combination)


@pytest.mark.parametrize(
    ("effect", "actions"),
    [
        ("no_dual_use", ("hold", "review", "review", "note")),
        ("stricter_licensing", ("hold", "review", "note", "note")),
        ("trade_barred", ("hold", "hold", "review", "review")),
        ("licence_for_items", ("review", "note", "note", "note")),
        ("informational", ("review", "note", "note", "note")),
    ],
)
def test_what_a_party_hit_asks_for(effect: str, actions: tuple[str, ...]) -> None:
    row = DECISION["parties"][effect]
    assert tuple(row[key] for key in ("hit_listed", "hit_other", "review_listed", "review_other")) == actions
    assert row.get("hit_listed_licence") == ("review" if effect == "stricter_licensing" else None)


def test_a_notice_out_of_force_lowers_a_party_hit() -> None:
    lowered = DECISION["parties_status"]
    assert lowered["unconfirmed"] == {"hold": "review"}
    assert all(action == "note" for status in ("suspended", "ended", "not_yet") for action in lowered[status].values())


def test_every_shipped_list_has_its_rule() -> None:
    ruled = {name: rule for rule in ALL if rule.get("parties") for name in rule["detect"]["anyone"]["any_party"]["party"]}
    for path in sorted((ROOT / "watchlists").glob("*.yaml")):
        header = _read(path)
        assert ruled[header["id"]]["parties"] == header["effect"]


def test_nothing_shaky_raises_to_hold() -> None:
    raising = DECISION["raise"]["review_to_hold"]
    assert "data" in raising["not_families"]
    assert "uncertain" in raising["not_certainty"]
    assert raising["country_alone"] is False
    assert "low" not in raising["confidence"]
    assert DECISION["caps"] == {
        "read_in": {"summary": "review", "memory": "review"},
        "certainty": {"uncertain": "review"},
        "maturity": {"draft": "note", "test": "note"},
    }


# texts.yaml


def test_texts_have_both_languages_with_the_same_placeholders() -> None:
    for name, text in TEXTS.items():
        assert re.search(r"[\u4e00-\u9fff]", text["zh"]), name
        assert _placeholders(text["en"]) == _placeholders(text["zh"]), name


def test_scope_never_says_that_goods_are_permitted() -> None:
    scope = " ".join(text["en"] for name, text in TEXTS.items() if name.startswith("scope_")).lower()
    assert "compliant" not in scope
    assert "approved" not in scope
    assert "no statement that the shipment is permitted" in scope
