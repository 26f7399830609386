"""The pages of the rules: one for each, complete, and the folder holds no others."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from screening.content.snapshot import shipped
from screening.tools.pages import INDEX, pages, write_pages

if TYPE_CHECKING:
    from pathlib import Path

    from screening.content.models import Content


@pytest.fixture(scope="module")
def content() -> Content:
    return shipped(examples=True)


def test_every_rule_item_and_example_stands_on_its_page(content: Content) -> None:
    found = pages(content)
    assert found.keys() == {INDEX, *(f"{name}.md" for name in (*content.instruments, *content.rules))}
    for law in content.instruments.values():
        page = found[f"{law.id}.md"]
        assert (
            re.findall(r"^## (.+)$", page, re.MULTILINE)[-len(law.items) :] == [item.code for item in law.items] or not law.items
        )
        assert page.count("\n- **") == sum(len(item.examples) for item in law.items)
    for rule in content.rules.values():
        assert rule.title.en in found[f"{rule.id}.md"].replace("\\*", "*")
        assert found[f"{rule.id}.md"].count("\n- **") == len(rule.examples)
        assert f"({rule.id}.md)" in found[INDEX]


def test_links_lead_to_pages(content: Content) -> None:
    found = pages(content)
    linked = {target for page in found.values() for target in re.findall(r"\]\(([^)\s]+\.md)\)", page) if "/" not in target}
    assert linked <= found.keys()


def test_the_folder_holds_exactly_the_pages(content: Content, tmp_path: Path) -> None:
    (tmp_path / "own.md").write_text("mine", encoding="utf-8")
    first, _ = write_pages(content, tmp_path)
    assert first == len(pages(content))
    assert write_pages(content, tmp_path) == (0, 0)
    less = replace(content, rules=dict(list(content.rules.items())[1:]))
    assert write_pages(less, tmp_path) == (1, 1)  # the index, and the page of the rule that is gone
    assert {path.name for path in tmp_path.iterdir()} == {*pages(less), "own.md"}


def test_an_id_cannot_leave_the_folder(content: Content, tmp_path: Path) -> None:
    odd = replace(next(iter(content.rules.values())), id="../../etc/x y")
    write_pages(replace(content, rules={odd.id: odd}, instruments={}), tmp_path / "pages")
    assert {path.name for path in (tmp_path / "pages").iterdir()} == {INDEX, "_.._etc_x_y.md"}
