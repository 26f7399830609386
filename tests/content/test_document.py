"""YAML is read by the 1.2 core rules, with the line of every value, and nothing hostile gets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from screening.content.document import read_document

if TYPE_CHECKING:
    from pathlib import Path


def test_norway_and_chapter_one_are_not_lost(tmp_path: Path) -> None:
    document = read_document(_write(tmp_path, 'codes: [NO, 010121, 0101, "12", 12, 1.5, on, yes, true, ~]\n'))
    assert document.data == {"codes": ["NO", "010121", "0101", "12", 12, 1.5, "on", "yes", True, None]}


def test_every_place_has_its_line(tmp_path: Path) -> None:
    document = read_document(_write(tmp_path, "a: 1\nb:\n  - c: 2\n    d: 3\n"))
    assert document.line(("b", 0, "d")) == 4
    assert document.line(("b", 0, "missing")) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2\n", "stands twice"),
        ("- 1\n", "must be a mapping"),
        ("a: [1\n", "not valid YAML"),
        ("a: !!python/object/apply:os.system [echo]\n", "not allowed"),
        ("? [1]\n: 2\n", "a key must be a plain text"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    document = read_document(_write(tmp_path, text), "shown.yaml")
    assert any(message in problem.message for problem in document.problems)
    assert all(problem.path == "shown.yaml" for problem in document.problems)


def test_aliases_cannot_multiply_without_end(tmp_path: Path) -> None:
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 9)]
    document = read_document(_write(tmp_path, "\n".join(levels)))
    assert any("aliases" in problem.message for problem in document.problems)


def test_not_utf8_and_not_there_are_sentences(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: \xff\xfe")
    assert "UTF-8" in read_document(path).problems[0].message
    assert "cannot be read" in read_document(tmp_path / "none.yaml").problems[0].message


def _write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    return path
