"""Every row of a manifest becomes a line, a reject or a counted row."""

from __future__ import annotations

import csv as csvlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.manifest import read_manifest, reader, sheets

CELL = st.one_of(
    st.sampled_from(
        ["", "", "Total", "TOTAL:", "合计", "Description", "3506", "12,5", "1,234.5", "N/A", "-", "kg", "glue", "China", "  "]
    ),
    st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00\r"), max_size=6),
)
ROWS = st.lists(st.lists(CELL, max_size=6), max_size=25)
HEADER = ["Item", "Description", "HS Code", "Net weight (kg)"]


def _written(rows, **style):
    text = io.StringIO()
    csvlib.writer(text, **style).writerows(rows)
    return text.getvalue()


@pytest.fixture(scope="module")
def account(words):
    """Reads a source and checks that its counts agree with what came out."""

    def run(source):
        manifest = read_manifest(source, words)
        chunks = list(manifest.chunks())
        sheet = manifest.inputs[0].sheets[0]
        numbers = [number for chunk in chunks for number in chunk.lines["line"].to_list()]
        rows = [row for chunk in chunks for row in chunk.lines["row"].to_list()]
        assert (len(rows), sum(chunk.rejects.height for chunk in chunks)) == (sheet.lines, sheet.rejects)
        assert numbers == list(range(1, len(rows) + 1))
        assert rows == sorted(set(rows))
        return sheet

    return run


def _total(sheet):
    return sheet.lines + sheet.rejects + sum(sheet.skipped.values())


@given(titles=st.lists(st.lists(st.sampled_from(["", "PACKING LIST", "17", "ACME"]), max_size=2), max_size=4), rows=ROWS)
def test_no_row_of_a_text_file_is_lost(account, tmp_path_factory, titles, rows):
    path = tmp_path_factory.mktemp("rows") / "manifest.csv"
    text = _written([*titles, HEADER, *rows], lineterminator="\n")
    path.write_text(text, encoding="utf-8", newline="")
    sheet = account(path)
    assert _total(sheet) == len(list(csvlib.reader(io.StringIO(text, newline=""))))


@given(text=st.text(st.sampled_from('ab,;"\n 1'), max_size=60))
def test_no_line_of_a_broken_text_file_is_lost(account, tmp_path_factory, text):
    path = tmp_path_factory.mktemp("rows") / "manifest.csv"
    path.write_text("Description,HS Code\n" + text + "\nglue,3506\n", encoding="utf-8", newline="")
    sheet = account(path)
    assert sheet.header_row == 1
    assert _total(sheet) >= 2


@given(rows=st.lists(st.dictionaries(st.sampled_from([*HEADER, "Colour"]), CELL, max_size=5), min_size=1, max_size=15))
def test_no_record_is_lost(account, rows):
    sheet = account([dict.fromkeys(HEADER, "1"), *rows])
    assert _total(sheet) == len(rows) + 1


def test_titles_blanks_repeated_headers_and_totals_are_counted(read, csv):
    rows = [
        ["PACKING LIST"],
        [],
        HEADER,
        ["1", "glue", "3506", "3"],
        [],
        HEADER,
        ["2", "nail", "7317", "4"],
        ["", "Total:", "", "7"],
        ["TOTAL NET WEIGHT (KG)", "", "", "7"],
        ["Signature"],
    ]
    lines, rejects, inputs = read(csv(_written(rows)))
    assert lines["description"].to_list() == ["glue", "nail"]
    assert rejects.height == 0
    assert inputs[0].sheets[0].skipped == {"title": 2, "blank": 2, "header": 2, "totals": 2}


@pytest.mark.parametrize(
    "word", ["TOTAL", "Grand Total", "合计", "合计总额：", "Total packages: 12 ctns", "Gesamt", "Somme", "Sub-total"]
)
def test_totals_in_several_languages(read, csv, word):
    _, rejects, inputs = read(csv(_written([HEADER, ["1", "glue", "3506", "3"], [word, "", "", "3"]])))
    assert inputs[0].sheets[0].skipped == {"header": 1, "totals": 1}
    assert rejects.height == 0


@pytest.mark.parametrize("description", ["Total Herbicide 20 L", "Totally new glue", "Sum total calculator", "合计算器"])
def test_goods_that_begin_like_a_total_are_goods(read, csv, description):
    lines, _, _ = read(csv(_written([HEADER, ["1", description, "", "3"]])))
    assert lines["description"].to_list() == [description]


def test_a_total_without_a_word_is_told_by_its_sum(read, csv):
    rows = [HEADER, ["1", "glue", "3506", "3"], ["2", "nail", "7317", "4"], ["", "", "", "7"], ["", "", "", "8"]]
    lines, rejects, inputs = read(csv(_written(rows)))
    assert lines.height == 2
    assert inputs[0].sheets[0].skipped == {"header": 1, "totals": 1}
    assert rejects["row"].to_list() == [5]
    assert rejects["reason"].to_list() == ["no description, no HS code and no party: nothing to screen"]


def test_a_line_needs_only_something_to_screen(read, csv):
    rows = [
        ["Description", "HS Code", "Consignee", "Container"],
        ["", "3506", "", ""],
        ["", "", "ACME", ""],
        ["", "", "", "MSKU1234567 "],
        ["?", "", "", "X"],
    ]
    lines, rejects, inputs = read(csv(_written(rows)))
    assert lines["row"].to_list() == [2, 3]
    assert inputs[0].sheets[0].skipped == {"header": 1, "title": 1}
    assert rejects["row"].to_list() == [5]


def test_lines_and_counts_do_not_depend_on_the_size_of_batches(read, csv, monkeypatch):
    rows = [HEADER, *([str(n), "glue", "3506", f"{n},5"] for n in range(1, 40)), ["Total", "", "", ""], [], ["x"]]
    path = csv(_written(rows))
    whole = read(path)
    for module in (sheets, reader):
        if hasattr(module, "BATCH_ROWS"):
            monkeypatch.setattr(module, "BATCH_ROWS", 7)
    monkeypatch.setattr("screening.manifest.delimited.BATCH_ROWS", 7)
    pieces = read(path)
    assert pieces[0].equals(whole[0])
    assert pieces[2] == whole[2]


def test_a_date_is_decided_by_the_whole_column_and_not_by_its_first_batch(read, csv, monkeypatch):
    monkeypatch.setattr("screening.manifest.delimited.BATCH_ROWS", 5)
    rows = [["Description", "Ship date"], *(["glue", "03/04/2026"] for _ in range(20)), ["glue", "25/04/2026"]]
    lines, _, inputs = read(csv(_written(rows)))
    assert {str(day) for day in lines["ship_date"][:20]} == {"2026-04-03"}
    assert inputs[0].sheets[0].unsure == {}


def test_headers_in_other_words_among_the_lines_are_headers(read, csv):
    lines, rejects, inputs = read(
        csv("Description,HS code,Net weight\nglue,3506,1\nGoods,Tariff code,Net mass (kg)\npaint,3208,2\n")
    )
    assert lines["description"].to_list() == ["glue", "paint"]
    assert rejects.height == 0
    assert inputs[0].sheets[0].skipped["header"] == 2


def test_another_table_below_is_rejected_and_never_misread(read, csv):
    other = "\nNet weight,Description,HS code\n2,paint,3208\n3,ink,3215\n"
    lines, rejects, _ = read(csv(f"Description,HS code,Net weight\nglue,3506,1\n{other}"))
    assert lines["description"].to_list() == ["glue"]
    assert rejects["row"].to_list() == [5, 6]
    assert "another table (row 4)" in rejects["reason"][0]


def test_goods_named_like_headers_are_goods(read, csv):
    lines, rejects, _ = read(csv("Description,HS code,Net weight\nLabel,4821,1\nSeal,tbc,unknown\nMaterial,unknown,\n"))
    assert lines.height == 3
    assert rejects.height == 0
