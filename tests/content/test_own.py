"""A user's own files may be short: what only shipped content must say is advice, and what is wrong stays an error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from screening import ContentError, Screener
from screening.content.folders import bundled
from screening.content.load import load
from screening.content.snapshot import shipped

if TYPE_CHECKING:
    from pathlib import Path

    from screening.content.models import Content

RULE = """\
rules:
  - id: own.drums
    title: Drums sent by post
    family: misdeclaration
    detect: {drums: {package_type: {in: [steel drum]}}}
"""
LINE = {"description": "Cotton shirts", "package_type": "steel drum"}


def own(tmp_path: Path, **files: str) -> Content:
    for name, text in files.items():
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
    return load([tmp_path], base=shipped())


def told(content: Content, rule: str, line: dict[str, object]) -> dict[str, object]:
    return next(hit for hit in Screener.of(content).screen_line(line).hits if hit["rule"] == rule)


def test_a_rule_needs_an_id_a_title_a_family_and_what_it_looks_for(tmp_path: Path) -> None:
    content = own(tmp_path, own=RULE)
    hit = told(content, "own.drums", LINE)
    assert (hit["action"], hit["basis"], hit["reason"], hit["reason_zh"]) == ("review", "red_flag", *["Drums sent by post"] * 2)
    assert hit["next_step"]
    advice = " ".join(map(str, content.advice))
    assert all(word in advice for word in ("Chinese", "source", "'hit'", "'clear'", "'not_judged'"))


def test_texts_may_be_chinese_alone(tmp_path: Path) -> None:
    content = own(tmp_path, own=RULE.replace("title: Drums sent by post", "title: {zh: 邮寄的桶}"))
    assert told(content, "own.drums", LINE)["reason"] == "邮寄的桶"


def test_words_may_be_a_plain_list(tmp_path: Path) -> None:
    text = RULE.replace("{package_type: {in: [steel drum]}}", "{goods: {terms: [gizmos]}}")
    content = own(tmp_path, own=text + "terms: {gizmos: [gizmotron, 奇物]}\n")
    for description in ("Two gizmotrons", "奇物一件"):
        assert told(content, "own.drums", {"description": description})["action"] == "review"


def test_a_list_may_be_its_names(tmp_path: Path) -> None:
    content = own(tmp_path, stop="id: stop\nentries: [Example Unpaid Bills Ltd, {name: Example Letterbox FZE, country: AE}]\n")
    line = {"description": "Dysprosium oxide", "consignee_name": "EXAMPLE LETTERBOX FZE", "export_country": "CN"}
    assert [entry.countries for entry in content.watchlists["stop"].entries] == [[], ["AE"]]
    hit = told(content, "party.list-stop", {**line, "ship_date": "2025-06-02"})
    assert (hit["action"], hit["foreign"]) == ("review", False)
    warnings = Screener.of(content).screen([line]).meta.warnings
    assert any("stop does not say when somebody last looked" in warning for warning in warnings)


def test_a_notice_its_words_and_its_source_stand_in_one_file(tmp_path: Path) -> None:
    notice = """\
id: ex-1
regime: CN
title: Example notice
dates: {in_force: 2026-01-01}
verified_on: 2026-02-01
applies: {leaves_from: CN}
items:
  - {code: 9X001, title: Gizmos, detect: {gizmo: {goods: {terms: [gizmos]}}}}
terms: {gizmos: [gizmotron]}
sources: {gazette: {title: Gazette}}
"""
    content = own(tmp_path, notice=notice)
    line = {"description": "gizmotron", "export_country": "CN", "ship_date": "2026-03-01"}
    hit = told(content, "ex-1/9X001", line)
    assert (hit["action"], hit["instrument"]) == ("hold", "ex-1")
    assert "gazette" in content.sources


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("family: misdeclaration", "colour: red", "family: Field required"),
        ("title: Drums sent by post", "title: 7", "title"),
        ("package_type", "package_sort", "there is no field 'package_sort'"),
        ("[steel drum]", "[]", "takes texts"),
        ("id: own.drums", "id: [1]", "id"),
    ],
)
def test_what_is_wrong_stays_an_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(ContentError, match=said.replace("'", ".")):
        own(tmp_path, own=RULE.replace(old, new))


def test_a_folder_without_content_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"holds no \.yaml file"):
        load([tmp_path], base=shipped())


def test_shipped_content_must_be_complete(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(RULE, encoding="utf-8")
    with pytest.raises(ContentError, match="reason: Field required"):
        load([bundled("rules"), bundled("watchlists"), tmp_path])
