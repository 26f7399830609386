"""Wrong content is told with file and line, all of it at once; right content of one's own is added to the shipped one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from screening import ContentError, Screener
from screening.content.load import load
from screening.content.snapshot import shipped

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
rules:
  - id: own.plastic-toys-to-mexico
    title: {en: Plastic toys to Mexico, zh: 塑料玩具}
    family: route
    basis: red_flag
    action: review
    detect:
      toys: {hs_code: ["9503"]}
      there: {destination_country: MX}
      condition: toys and there
    reason: {en: "Toys ({hs_code}) to {destination_country}.", zh: "玩具"}
    next_step: {en: Ask., zh: 询问。, documents: [test_report]}
    citations: [{source: seed001, claim: own rule}]
    examples:
      - {name: a, expect: hit, line: {description: toys, hs_code: "95030000", destination_country: MX}}
      - {name: b, expect: hit, line: {description: toys, hs_code: "9503", destination_country: MX}}
      - {name: c, expect: clear, line: {description: toys, hs_code: "95030000", destination_country: US}}
      - {name: d, expect: clear, line: {description: tea, hs_code: "09021000", destination_country: MX}}
      - {name: e, expect: not_judged, line: {description: toys, hs_code: "95030000"}}
"""


def write(tmp_path: Path, text: str, name: str = "own.yaml") -> Path:
    folder = tmp_path / "rules"
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def problems(folder: Path) -> list[str]:
    with pytest.raises(ContentError) as caught:
        load([folder], base=shipped())
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        (("destination_country: MX}\n      condition", "destination: MX}\n      condition"), 9, "no field 'destination'"),
        (("toys and there", "toys and their"), 10, "no selection 'their'"),
        (("action: review", "action: block"), 6, "action"),
        (("source: seed001", "source: hearsay"), 13, "no source 'hearsay'"),
        (("documents: [test_report]", "documents: [test_reprot]"), 12, "did you mean 'test_report'"),
        (("({hs_code})", "({hs_kode})"), 11, "{hs_kode} is not known"),
        (("family: route", "family: route\n    colour: red"), 5, "colour"),
        (('hs_code: ["9503"]', "hs_code: [9503]"), 8, "quoted"),
        (('hs_code: ["9503"]', "hs_code: {in: set.eu_members}"), 8, "set.eu_members holds countries"),
        (
            ("destination_country: MX}\n      condition", "destination_country: set.common_high_priority}\n      condition"),
            9,
            "holds customs codes",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, change: tuple[str, str], line: int, message: str) -> None:
    found = problems(write(tmp_path, GOOD.replace(*change)))
    near = [text for text in found if message in text]
    assert near, found
    assert any(text.startswith((f"rules/own.yaml:{line}:", f"rules/own.yaml:{line + 1}:")) for text in near), near


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace("action: review", "action: block"))
    found = problems(write(tmp_path, "labels: {x: {name: 3}}\n", "b.yaml"))
    assert {text.split(":")[0] for text in found} == {"rules/own.yaml", "rules/b.yaml"}


def test_an_id_of_the_shipped_content_cannot_be_taken(tmp_path: Path) -> None:
    taken = next(iter(shipped().rules))
    assert any("stands twice" in text for text in problems(write(tmp_path, GOOD.replace("own.plastic-toys-to-mexico", taken))))


def test_own_rules_are_added_to_the_shipped_ones(tmp_path: Path) -> None:
    screener = Screener(rules=write(tmp_path, GOOD))
    result = screener.screen_line(
        {"description": "toys", "hs_code": "95030000", "destination_country": "MX", "export_country": "CN"}
    )
    assert "own.plastic-toys-to-mexico" in [hit["rule"] for hit in result.hits]
    alone = Screener(rules=write(tmp_path, GOOD), shipped=False)
    assert [rule.id for rule in alone.plan.rules] == ["own.plastic-toys-to-mexico"]
    assert alone.content.labels


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="does not exist"):
        Screener(rules=tmp_path / "nowhere")
