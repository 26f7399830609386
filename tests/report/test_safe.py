"""Untrusted text stays text in every format."""

from __future__ import annotations

import csv
import io
import unicodedata

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.report import safe

TEXTS = st.text(max_size=60) | st.text(alphabet="=+-@＝＋－＠;\t\r\n '\"a\u200b\ufeff\x00\x1b\u202e", max_size=12)
STARTS = "=+-@＝＋－＠\t\r"


@given(TEXTS)
def test_a_workbook_cell_holds_only_readable_characters(text: str):
    cell = safe.cell_text(text)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\t\n" for c in cell)
    assert not set(cell) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufffe\uffff")
    assert safe.cell_text(cell) == cell


@pytest.mark.parametrize("text", ["x" * 40_000, "汉" * 40_000, "😀" * 20_000, "x" * 32_767])
def test_a_workbook_cell_is_cut_at_the_limit_in_utf_16(text: str):
    cell = safe.cell_text(text)
    assert len(cell.encode("utf-16-le")) // 2 <= safe.CELL_LIMIT
    assert cell.endswith("[…]") or cell == text


def test_lone_surrogates_do_not_break_a_file():
    safe.cell_text("a\ud800b").encode()
    safe.terminal_text("a\udc00").encode()
    assert safe.json_value("\ud800") == "\ufffd"


@given(TEXTS)
def test_no_csv_cell_begins_like_a_formula(text: str):
    cell = safe.csv_text(text)
    shown = cell.lstrip(" \u00a0\u200b\ufeff")
    assert not shown.startswith(tuple(STARTS))
    assert "\n" not in cell
    assert "\r" not in cell
    for piece in cell.split(";")[1:]:
        assert not piece.lstrip(" \u00a0\u200b\ufeff").startswith(tuple(STARTS))


@given(st.lists(TEXTS, min_size=1, max_size=5))
def test_the_column_form_agrees_with_the_single_one(texts: list[str]):
    column = pl.DataFrame({"a": texts}, schema={"a": pl.String}).select(safe.csv_expression(pl.col("a")))["a"].to_list()
    assert column == [safe.csv_text(text) for text in texts]


@given(st.lists(TEXTS, min_size=1, max_size=4))
def test_a_csv_row_reads_back_as_the_same_cells(texts: list[str]):
    frame = pl.DataFrame({f"c{i}": [text] for i, text in enumerate(texts)})
    safe_frame = frame.select(safe.csv_expression(pl.col(pl.String)))
    rows = list(csv.reader(io.StringIO(safe_frame.write_csv())))
    assert rows[1] == list(safe_frame.row(0))


@given(TEXTS, st.integers(min_value=4, max_value=40))
def test_terminal_lines_are_plain_and_fit(text: str, width: int):
    for line in [safe.fit(text, width), *safe.wrap(text, width)]:
        assert safe.display_width(line) <= width
        assert not any(unicodedata.category(c) == "Cc" for c in line)
        assert not set(line) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068")


@pytest.mark.parametrize(
    "text", ["\x1b[31mred\x1b[0m", "\x1b]0;title\x07red", "\x9b31mred", "\x1b]8;;http://x\x1b\\red\x1b]8;;\x1b\\"]
)
def test_escape_sequences_vanish_whole(text: str):
    assert safe.terminal_text(text) == "red"


@given(st.text(alphabet="ab 汉字，。", max_size=80), st.integers(min_value=6, max_value=30))
def test_wrapping_loses_no_character(text: str, width: int):
    assert "".join("".join(safe.wrap(text, width)).split()) == "".join(text.split())


@given(TEXTS)
def test_a_page_escapes_every_value(text: str):
    shown = safe.page_environment().from_string('<p title="{{ x }}">{{ x }}</p>').render(x=text)
    inner = shown.removeprefix('<p title="').removesuffix("</p>")
    assert "<" not in inner.replace('">', "", 1)
    assert inner.count('"') == 1


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "http://a b", 'https://a"onclick=x', "", None])
def test_only_web_addresses_become_links(url: str | None):
    assert safe.web_address(url) is None
    assert safe.web_address("https://example.org/a?b=c") == "https://example.org/a?b=c"


def test_json_numbers_are_finite():
    assert safe.json_value({"a": [float("nan"), float("inf"), 1.5, {2}]}) == {"a": [None, None, 1.5, [2]]}
