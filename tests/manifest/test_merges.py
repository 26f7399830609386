"""Cells merged over several rows: a text holds for each row, an amount is one of all of them together."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening import Screener
from screening.manifest import describe_columns, read_manifest, sheets, workbooks
from screening.manifest.oldlayout import old_layouts
from screening.manifest.opendocument import open_layouts

HEADER = ["Description", "HS Code", "Model", "Packages", "Net weight (kg)", "Value (USD)", "Consignee"]
MAGNETS = [
    ["NdFeB magnets", "8505111000", "A", 1, 30, 100, "ACME"],
    [None, None, "B", None, None, 200, None],
    [None, None, "C", None, None, 300, None],
    ["Steel bolts", "7318150000", "D", 2, 12, 50, None],
]
BLOCK = [f"{column}2:{column}4" for column in "ABDEG"]


@pytest.fixture
def merged(tmp_path):
    """Writes rows with merged cells as a workbook; what lies under a merged cell may hold a text of its own."""

    def write(rows, merges, name="merged.xlsx"):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for merge in merges:
            book.active.merged_cells.add(merge)
        book.save(tmp_path / name)
        book.close()
        return tmp_path / name

    return write


def test_a_merged_text_holds_for_each_row_and_a_merged_amount_for_none(read, merged):
    lines, rejects, inputs = read(merged([HEADER, *MAGNETS], BLOCK))
    assert lines["description"].to_list() == ["NdFeB magnets"] * 3 + ["Steel bolts"]
    assert lines["hs_code"].to_list() == ["8505111000"] * 3 + ["7318150000"]
    assert lines["consignee_name"].to_list() == ["ACME"] * 3 + [None]
    assert lines["net_kg"].to_list() == [None, None, None, 12]
    assert lines["packages"].to_list() == [None, None, None, 2]
    assert lines["value"].to_list() == [100, 200, 300, 50]
    assert lines["raw.net_kg"].to_list() == ["30", None, None, "12"]
    assert rejects.height == 0
    assert inputs[0].sheets[0].notes == [
        "description, hs_code, consignee_name: cells merged over several rows (such as rows 2 to 4) hold for each of them",
        "packages, net_kg: cells merged over several rows (such as rows 2 to 4) are one amount of all of these and of none by "
        "itself",
        "not known, because merged cells tell it for several lines together: packages of 3 lines, net_kg of 3 lines",
    ]


def test_the_columns_command_tells_of_merged_cells(words, merged):
    notes = describe_columns(merged([HEADER, *MAGNETS], BLOCK), words)[0].notes
    assert any("hold for each of them" in note for note in notes)
    assert any("of none by itself" in note for note in notes)


def test_no_anomaly_is_made_of_an_amount_of_several_lines(merged):
    """A block of 30 kg beside the value of its first line would be a price of 3 dollars a kilogram."""
    run = Screener().screen(merged([HEADER, *MAGNETS], BLOCK))
    assert run.lines["unit_price_usd_kg"].to_list()[:3] == [None] * 3
    assert "value" not in run.hits["family"].to_list()
    assert "clear" not in run.lines["outcome"].to_list()[:3]


def test_a_tall_line_keeps_its_amount(read, merged):
    rows = [HEADER, MAGNETS[0], [], MAGNETS[3], []]
    lines, _, inputs = read(merged(rows, [f"{column}{row}:{column}{row + 1}" for column in "ABCDEFG" for row in (2, 4)]))
    assert lines["net_kg"].to_list() == [30, 12]
    assert not any("several lines" in note for note in inputs[0].sheets[0].notes)


@pytest.mark.parametrize(
    ("merges", "kept"),
    [
        ("ABDEF", True),  # one description, and all measures of the same rows
        ("ABDE", False),  # the value is that of the first row alone
        ("BDEF", False),  # three goods, of which the amounts are together
        ("BDEFH", True),  # one number of a line: the rows below continue its text
    ],
)
def test_amounts_of_one_goods_stay_with_its_first_row(read, merged, merges, kept):
    rows = [["NdFeB magnets", "8505111000", "A", 1, 30, 600, "ACME", 1], [None, None, "B"], [None, None, "C"]]
    if "A" not in merges:
        rows = [[text, *row[1:]] for text, row in zip(["NdFeB magnets", "grade N42", "in cartons"], rows, strict=True)]
    lines, _, inputs = read(merged([[*HEADER, "No."], *rows], [f"{column}2:{column}4" for column in merges]))
    assert lines["net_kg"].to_list() == [30 if kept else None, None, None]
    assert lines["packages"].to_list() == [1 if kept else None, None, None]
    assert any("are amounts of one goods" in note for note in inputs[0].sheets[0].notes) == kept


@pytest.mark.parametrize("own", [{"B": "7318150000"}, {"E": 5}, {"F": 200}])
def test_a_code_or_measure_of_its_own_below_says_that_the_goods_are_several(read, merged, own):
    below = [own.get(column) for column in "ABCDEFG"]
    rows = [["NdFeB magnets", "8505111000", "A", 1, 30, 600, "ACME"], ["" if cell is None else cell for cell in below]]
    rows[1][2] = "B"
    merges = [f"{column}2:{column}3" for column in "ABDEF" if column not in own]
    lines, _, _ = read(merged([HEADER, *rows], merges))
    assert lines["packages"].to_list() == [None, None]


def test_an_amount_that_a_row_without_goods_shares_is_no_line_s(read, merged):
    rows = [HEADER, MAGNETS[0], [None, None, None, None, None, 200, None]]
    lines, rejects, _ = read(merged(rows, ["E2:E3"]))
    assert lines["net_kg"].to_list() == [None]
    assert rejects["row"].to_list() == [3]


def test_what_stands_hidden_under_a_merged_cell_is_told(read, merged):
    rows = [HEADER, MAGNETS[0], ["plastic toys", "9503000000", "B", 1, 30, 200, "OTHER"]]
    lines, _, inputs = read(merged(rows, ["A2:A3", "E2:E3"]))
    assert lines["description"].to_list() == ["NdFeB magnets"] * 2
    assert lines["net_kg"].to_list() == [None, None]
    assert any("row 3 has 'plastic toys' of its own under the merged cell" in note for note in inputs[0].sheets[0].notes)


def test_the_word_for_the_total_is_no_goods(read, merged):
    rows = [HEADER, MAGNETS[3], ["Total", None, None, 2, 12, 50], [None, None, None, None, 99, None]]
    lines, rejects, inputs = read(merged(rows, ["A3:A4"]))
    assert lines["description"].to_list() == ["Steel bolts"]
    assert (rejects["row"].to_list(), inputs[0].sheets[0].skipped) == ([4], {"header": 1, "totals": 1})


def test_a_party_merged_down_to_the_total_makes_no_line_of_it(read, merged):
    rows = [HEADER, [*MAGNETS[0]], MAGNETS[3], [None, None, None, 3, 42, 150]]
    lines, _, inputs = read(merged(rows, ["G2:G4"]))
    assert lines["consignee_name"].to_list() == ["ACME"] * 2
    assert inputs[0].sheets[0].skipped == {"header": 1, "totals": 1}


def test_columns_before_the_table_and_titles_above_do_not_shift_the_merges(read, merged):
    rows = [["", "", "PACKING LIST"], [], *[["", "", *row] for row in (HEADER, *MAGNETS)]]
    rows = [[cell or None for cell in row] for row in rows]
    lines, _, _ = read(merged(rows, ["C4:C6", "G4:G6", "C1:I1"]))
    assert lines["description"].to_list() == ["NdFeB magnets"] * 3 + ["Steel bolts"]
    assert lines["net_kg"].to_list() == [None, None, None, 12]


def test_a_header_of_two_merged_rows_is_no_text_of_the_goods(read, merged):
    lines, _, _ = read(merged([HEADER, [], *MAGNETS], ["A1:A2", "B1:B2", "A3:A5"]))
    assert lines["description"].to_list() == ["NdFeB magnets"] * 3 + ["Steel bolts"]


def test_a_block_that_two_batches_share_is_one(read, merged, monkeypatch):
    monkeypatch.setattr(sheets, "BATCH_ROWS", 3)
    lines, _, _ = read(merged([HEADER, *MAGNETS], BLOCK))
    assert lines["description"].to_list() == ["NdFeB magnets"] * 3 + ["Steel bolts"]
    assert lines["net_kg"].to_list() == [None, None, None, 12]


@pytest.mark.parametrize("apart", [False, True])
def test_merges_that_no_program_writes(read, merged, monkeypatch, apart):
    if apart:
        monkeypatch.setattr(workbooks, "SMALL_BYTES", 0)
    lines, _, _ = read(merged([HEADER, *MAGNETS], ["A2:A4", "A3:A5", "E1:E1048576", "XFD2:XFD9", "A4:C5", "A900:A901"]))
    assert lines["description"].to_list() == ["NdFeB magnets"] * 3 + ["Steel bolts"]
    assert lines["net_kg"].to_list() == [30, None, None, 12]


ODS = [
    '<table:table table:name="A">',
    "</table:table>",
    '<table:table-row table:visibility="collapse" table:number-rows-repeated="N">',
    "</table:table-row>",
    '<table:table-cell table:number-rows-spanned="N" table:number-columns-repeated="N"/>',
    '<table:table-column table:visibility="filter" table:number-columns-repeated="N"/>',
    "<p/>",
]
FILES = Path(__file__).parent / "files"


@pytest.mark.parametrize("name", ["merged.xls", "merged.ods"])
def test_workbooks_of_other_formats_tell_the_same(read, name):
    """Written by xlwt and odfpy: a table from C3 on, a block of three rows, a hidden row and column, and hidden empty rows."""
    lines, _, inputs = read(FILES / name)
    assert lines["description"].to_list() == ["NdFeB magnets"] * 3 + ["Steel bolts"]
    assert lines["consignee_name"].to_list() == ["ACME"] * 4
    assert lines["net_kg"].to_list() == [None, None, None, 12]
    assert lines["row"].to_list() == [4, 5, 6, 7]
    assert inputs[0].sheets[0].notes[0] == "the sheet has 1 hidden row and 1 hidden column; all was read all the same"


@given(cut=st.integers(0, 5632), at=st.integers(0, 5631), byte=st.integers(0, 255))
def test_a_damaged_old_workbook_tells_what_it_can(cut, at, byte):
    data = bytearray((FILES / "merged.xls").read_bytes())
    data[at] = byte
    for layout in old_layouts(bytes(data[:cut])).values():
        assert len(layout.merged) <= len(data)
        assert all(first < last for _, first, last in layout.merged)


@given(pieces=st.lists(st.sampled_from(ODS), max_size=30), numbers=st.lists(st.sampled_from(["", "x", "-1", "0", "2", "9" * 30])))
def test_an_open_document_of_any_kind_tells_what_it_can(pieces, numbers):
    names = 'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    text = "".join(pieces)
    for number in numbers:
        text = text.replace("N", number, 1)
    for layout in open_layouts(BytesIO(f"<a {names}>{text}</a>".encode())).values():
        assert all(first < last for _, first, last in layout.merged)


@pytest.fixture(scope="session")
def account(words):
    """Reads a file: its lines, and how its sheet was read; hypothesis prints arguments, and the words would fill pages."""

    def run(path):
        manifest = read_manifest(path, words)
        lines = [line for chunk in manifest.chunks() for line in chunk.lines.iter_rows(named=True)]
        return lines, manifest.inputs[0].sheets[0]

    return run


BLOCKS = st.lists(st.integers(1, 4), min_size=1, max_size=6)


@given(blocks=BLOCKS, texts=st.booleans(), own=st.lists(st.booleans(), min_size=30, max_size=30))
def test_no_row_is_lost_and_no_amount_is_told_twice(account, tmp_path_factory, blocks, texts, own):
    """Of blocks of rows with one amount each, every row is accounted for, and the amounts are those of single rows."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Description", "Model", "Net weight (kg)"])
    row, single = 2, 0
    for number, height in enumerate(blocks, start=1):
        filled = [True, *own[row : row + height - 1]]
        for offset in range(height):
            top = offset == 0
            sheet.cell(row + offset, 1, f"goods {number}" if top or not texts else None)
            if filled[offset]:
                sheet.cell(row + offset, 2, f"m{row + offset}")
            if top:
                sheet.cell(row, 3, number)
        if height > 1:
            sheet.merge_cells(f"C{row}:C{row + height - 1}")
        if texts and height > 1:
            sheet.merge_cells(f"A{row}:A{row + height - 1}")
        single += number * (texts or height == 1)  # of one goods, or of one row
        row += height
    path = tmp_path_factory.mktemp("blocks") / "blocks.xlsx"
    book.save(path)
    book.close()
    lines, read = account(path)
    trailing = 0 if not texts else next(i for i, full in enumerate(reversed([*filled])) if full)
    assert read.lines + read.rejects + sum(read.skipped.values()) in (row - 1, row - 1 - trailing)
    assert sum(line["net_kg"] or 0 for line in lines) == single
    assert all(line["description"] for line in lines)
