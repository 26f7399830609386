"""Two contents on one manifest: what is told to differ is what the two runs say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from screening import UsageError
from screening.content.folders import bundled
from screening.content.snapshot import shipped
from screening.tools.contents import content_of
from screening.tools.diff import diff

if TYPE_CHECKING:
    from pathlib import Path

LINES = [
    {"description": "Dysprosium oxide", "export_country": "CN", "destination_country": "DE", "ship_date": "2025-06-02"},
    {"description": "Cotton shirts", "export_country": "CN", "destination_country": "DE", "ship_date": "2025-06-02"},
]


def test_the_same_content_differs_in_nothing() -> None:
    assert not diff(shipped(), shipped(), LINES)


def test_what_a_missing_law_takes_away() -> None:
    old = shipped()
    new = replace(old, instruments={}, rules={i: r for i, r in old.rules.items() if "listed" not in repr(r.detect)})
    found = diff(old, new, LINES)
    assert found.lines.select("line", "old").rows() == [(1, "hold")]
    assert found.lines["new"][0] != "hold"
    gone = found.hits.filter(found.hits["rule"].str.starts_with("cn-mofcom-gac-2025-18/"))
    assert set(gone["old"]) == {"hold"}
    assert gone["new"].null_count() == gone.height > 0
    assert found.rules.filter(found.rules["rule"] == gone["rule"][0]).row(0)[1:] == (0, 1, 0)
    assert sum(count for _, _, count in found.moved) == 1


def test_an_action_that_changes_is_told() -> None:
    old = shipped()
    changed = {
        name: replace(law, items=[replace(i, certainty="uncertain") for i in law.items]) for name, law in old.instruments.items()
    }
    found = diff(old, replace(old, instruments=changed), LINES)
    assert ("hold", "review") in found.hits.select("old", "new").rows()
    assert found.moved == [("hold", "review", 1)]


def test_a_whole_content_is_known_by_its_version_file() -> None:
    root = bundled("rules").parent
    assert (
        content_of(str(root)).rules.keys() == content_of("shipped").rules.keys() == content_of(str(root / "rules")).rules.keys()
    )
    with pytest.raises(UsageError, match="no such folder"):
        content_of("nowhere")


def test_a_content_of_another_program_is_told(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "content.yaml").write_text("version: 2020.1.1\n", encoding="utf-8")
    with pytest.raises(UsageError, match="another version of the program"):
        content_of(str(tmp_path))
