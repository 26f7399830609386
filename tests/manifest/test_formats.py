"""Every format gives the same lines, and what cannot be read is one sentence."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import sys
import zipfile
from xml.sax.saxutils import escape

import polars as pl
import pytest

from screening.errors import ManifestError, ScreeningError, UsageError
from screening.manifest import describe_columns
from screening.terms import COLUMNS, SOURCE_COLUMNS

HEADERS = [
    "Item No",
    "Description of Goods",
    "HS Code",
    "Net Weight (kg)",
    "Gross Weight (lb)",
    "Origin Country",
    "Ship Date",
    "Colour",
]
ROWS = [
    ["1", "Tile adhesive, grey", "3214.90.00", "25000", "57000", "China", "2026-03-01", "grey"],
    ["2", "三氧化二锑", "2825800000", "1200.5", "2700", "中国", "2026-03-02", ""],
    ["3", 'Pipe 2" "DN50"', "7304", "12.25", "", "Germany", "2026-03-03", "black"],
]
TABLE = [HEADERS, *ROWS]


def _csv(rows, separator=","):
    import csv

    text = io.StringIO()
    csv.writer(text, delimiter=separator).writerows(rows)
    return text.getvalue()


def _ods(path, rows):
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            if cell
            else "<table:table-cell/>"
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text", "style", "number")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names} office:version="1.2">'
        "<office:body><office:spreadsheet>"
        f'<table:table table:name="Lines">{cells}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    manifest = '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)


def _comparable(lines):
    return lines.drop("file", "sheet", "row").rows(named=True)


@pytest.fixture(scope="module")
def expected(read):
    return _comparable(read(pl.DataFrame(ROWS, schema=HEADERS, orient="row").select(pl.all().replace("", None)))[0])


def test_what_the_lines_hold(expected):
    first, second, third = expected
    assert first["description"] == "Tile adhesive, grey"
    assert first["hs_code"] == "32149000"
    assert first["net_kg"] == 25000
    assert first["gross_kg"] == pytest.approx(57000 * 0.45359237)
    assert first["origin_country"] == second["origin_country"] == "CN"
    assert first["ship_date"] == dt.date(2026, 3, 1)
    assert first["raw.origin_country"] == "China"
    assert first["extra.Colour"] == "grey"
    assert third["gross_kg"] is None


@pytest.mark.parametrize(
    "kind", ["csv", "semicolons", "tsv", "txt", "xlsx", "xlsm", "ods", "json", "jsonl", "parquet", "dicts", "frame", "lazy"]
)
def test_every_format_gives_the_same_lines(read, csv, book, tmp_path, expected, kind):
    records = [{header: cell for header, cell in zip(HEADERS, row, strict=True) if cell} for row in ROWS]
    frame = pl.DataFrame(ROWS, schema=HEADERS, orient="row")
    ods = tmp_path / "manifest.ods"
    if kind == "ods":
        _ods(ods, TABLE)
    if kind == "parquet":
        frame.write_parquet(tmp_path / "manifest.parquet")
    source = {
        "csv": lambda: csv(_csv(TABLE)),
        "semicolons": lambda: csv(_csv(TABLE, ";")),
        "tsv": lambda: csv(_csv(TABLE, "\t"), "manifest.tsv"),
        "txt": lambda: csv(_csv(TABLE, "|"), "manifest.txt"),
        "xlsx": lambda: book({"Lines": TABLE}),
        "xlsm": lambda: book({"Lines": TABLE}, "manifest.xlsm"),
        "ods": lambda: ods,
        "json": lambda: csv(json.dumps({"lines": records}, ensure_ascii=False), "manifest.json"),
        "jsonl": lambda: csv("\n".join(json.dumps(record) for record in records), "manifest.jsonl"),
        "parquet": lambda: tmp_path / "manifest.parquet",
        "dicts": lambda: records,
        "frame": lambda: frame,
        "lazy": frame.lazy,
    }[kind]()
    lines, rejects, inputs = read(source)
    assert _comparable(lines) == expected
    assert rejects.is_empty() or rejects.height == 0
    with_header_row = kind not in ("json", "jsonl", "parquet", "dicts", "frame", "lazy")
    assert lines["row"].to_list() == ([2, 3, 4] if with_header_row else [1, 2, 3])
    assert inputs[0].sheets[0].header_row == (1 if with_header_row else None)
    assert inputs[0].sheets[0].unsure == {}


def test_the_shape_of_a_chunk(read):
    lines, _, _ = read([{"description": "glue", "colour": "red"}])
    assert lines.columns[: 4 + len(COLUMNS)] == [*SOURCE_COLUMNS, *COLUMNS]
    assert lines.schema["line"] == pl.UInt32
    assert lines.schema["row"] == pl.UInt32
    assert lines.schema["net_kg"] == pl.Float64
    assert lines.schema["ship_date"] == pl.Date
    assert lines.schema["transit_countries"] == pl.List(pl.String)
    assert lines["extra.colour"].to_list() == ["red"]


def test_typed_values_of_frames_and_dicts(read):
    typed = {
        "description": "glue",
        "hs_code": 3506100000,
        "net_kg": 12.5,
        "packages": 3,
        "ship_date": dt.date(2026, 3, 1),
        "transit_countries": ["SG", "AE"],
        "invoice_no": 1234.0,
        "value": float("nan"),
    }
    for source in ([typed], pl.DataFrame([typed]), pl.DataFrame([typed]).lazy()):
        line = read(source)[0].row(0, named=True)
        assert line["hs_code"] == "3506100000"
        assert line["net_kg"] == 12.5
        assert line["packages"] == 3
        assert line["ship_date"] == dt.date(2026, 3, 1)
        assert line["transit_countries"] == ["SG", "AE"]
        assert line["invoice_no"] == "1234"
        assert line["value"] is None


def test_several_files_are_numbered_through(read, csv):
    paths = [csv(_csv(TABLE), name) for name in ("one.csv", "two.csv")]
    lines, _, inputs = read(paths)
    assert lines["line"].to_list() == [1, 2, 3, 4, 5, 6]
    assert lines["file"].to_list() == [str(path) for path in paths for _ in ROWS]
    assert [len(reading.sha256) for reading in inputs] == [64, 64]


def test_csv_on_standard_input(read, monkeypatch):
    monkeypatch.setattr(sys, "stdin", type("", (), {"buffer": io.BytesIO(_csv(TABLE).encode())})())
    lines, _, inputs = read("-")
    assert lines.height == 3
    assert inputs[0].path == "-"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "gb18030", "utf-32"])
def test_encodings_of_chinese_text(read, csv, encoding):
    text = "品名,商品编码,毛重(千克),原产国\r\n三氧化二锑,2825800000,1200,中国\r\n瓷砖胶,3214900000,25000,德国\r\n"
    line = read(csv(text, encoding=encoding))[0].row(0, named=True)
    assert (line["description"], line["gross_kg"], line["origin_country"]) == ("三氧化二锑", 1200, "CN")


@pytest.mark.parametrize(
    "text",
    [
        "Désignation des marchandises;Pays d'origine;Poids net (kg)\nCafé moulu;Côte d'Ivoire;12,5\n",
        "Description;Country of origin;Net weight (kg)\nCafé moulu;Côte d'Ivoire;12,5\n",
    ],
)
def test_western_text_that_is_no_utf8(read, csv, text):
    lines, _, inputs = read(csv(text, encoding="cp1252"))
    line = lines.row(0, named=True)
    assert (line["description"], line["origin_country"], line["net_kg"]) == ("Café moulu", "CI", 12.5)
    assert inputs[0].sheets[0].notes[0] == "read as cp1252"


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_ends_of_lines(read, csv, newline):
    lines, _, _ = read(csv(_csv(TABLE).replace("\r\n", newline)))
    assert lines["row"].to_list() == [2, 3, 4]


def test_the_hint_of_a_separator(read, csv):
    assert read(csv("sep=;\n" + _csv(TABLE, ";")))[0].height == 3


def test_a_shifted_row_is_rejected_with_its_cells(read, csv):
    text = "Description,HS code,Net weight\nglue,3506,3\nglue, red,3506,4\nglue,3506,5,,\nglue,3506,6\n"
    lines, rejects, inputs = read(csv(text))
    assert lines["net_kg"].to_list() == [3, 5, 6]
    assert rejects.rows(named=True)[0]["row"] == 3
    assert rejects["cells"].to_list() == [["glue", "red", "3506", "4"]]
    assert "more cells than the header" in rejects["reason"][0]
    assert inputs[0].sheets[0].rejects == 1


def test_a_row_with_very_many_cells_stops_nothing(read, csv):
    text = "Description,HS code,Net weight\nglue,3506,3\n" + ",".join("abcdefghijklm") + "\nglue,3506,6\n"
    lines, rejects, _ = read(csv(text))
    assert lines["row"].to_list() == [2, 4]
    assert rejects["row"].to_list() == [3]


def test_an_inch_mark_is_no_quotation_mark(read, csv):
    lines, rejects, _ = read(csv('Description,HS code,Net weight\nsteel pipe 5" dia,7304,3\nbolt,7318,4\n6" nail,7317,1\n'))
    assert lines["description"].to_list() == ['steel pipe 5" dia', "bolt", '6" nail']
    assert rejects.height == 0


def test_a_quotation_mark_that_never_closes_costs_one_row(read, csv):
    lines, rejects, _ = read(csv('Description,HS code,Net weight\nglue,3506,3\n"pipe,7304,3\nbolt,7318,4\nnail,7317,1\n'))
    assert lines["description"].to_list() == ["glue", "bolt", "nail"]
    assert lines["row"].to_list() == [2, 4, 5]
    assert rejects["reason"].to_list() == ["a quotation mark is opened and not closed"]
    assert rejects["cells"].to_list() == [['"pipe', "7304", "3"]]


def test_a_quotation_mark_that_would_close_in_another_row_costs_one_row(read, csv):
    lines, rejects, _ = read(csv('Description,HS code,Origin\n"pipe,7304,CN\nbolt,7318,"Korea, Republic of"\nnail,7317,CN\n'))
    assert lines["origin_country"].to_list() == ["KR", "CN"]
    assert rejects["row"].to_list() == [2]


def test_a_word_in_quotation_marks_may_begin_a_cell(read, csv):
    lines, rejects, _ = read(csv('Description,HS code\n"Pipe" DN50,7304\nbolt 5" x 6",7318\n'))
    assert lines["description"].to_list() == ["Pipe DN50", 'bolt 5" x 6"']
    assert rejects.height == 0


def test_an_open_mark_in_a_row_of_even_marks_loses_nothing(read, csv):
    lines, rejects, inputs = read(csv('Description,HS code\nbolt 5" x,"7318\nnail,7317\n'))
    assert (lines["row"].to_list(), rejects["row"].to_list()) == ([3], [2])
    assert inputs[0].sheets[0].rejects == 1


def test_a_line_break_inside_quotation_marks_is_one_row(read, csv):
    lines, _, _ = read(csv('Description,HS code,Net weight\n"glue\nred",3506,3\nbolt,7318,4\n'))
    assert lines["description"].to_list() == ["glue\nred", "bolt"]
    assert lines["row"].to_list() == [2, 3]


def test_broken_json_lines_are_rejects(read, csv):
    lines, rejects, _ = read(
        csv('{"description": "glue", "net_kg": 3}\n\n{oops\n[1]\n{"description": "bolt"}\n', "manifest.jsonl")
    )
    assert lines["row"].to_list() == [1, 5]
    assert rejects["row"].to_list() == [3, 4]


def test_sheets_with_headers_in_different_rows(read, book):
    path = book(
        {
            "March": [["PACKING LIST"], [], ["Ref", "17"], [], [], [], HEADERS, *ROWS],
            "April": [["毛重(千克)", "品名", "原产国"], ["5", "瓷砖", "中国"]],
            "Notes": [["call me"]],
        },
        hidden=("April",),
    )
    lines, _, inputs = read(path)
    sheets = {sheet.name: sheet for sheet in inputs[0].sheets}
    assert [sheets[name].header_row for name in ("March", "April", "Notes")] == [7, 1, None]
    assert lines.filter(pl.col("sheet") == "March")["row"].to_list() == [8, 9, 10]
    assert lines.filter(pl.col("sheet") == "April")["gross_kg"].to_list() == [5]
    assert "the sheet is hidden; it was read all the same" in sheets["April"].notes
    assert sheets["Notes"].notes[0].startswith("the sheet is not read: no header row found")


def test_only_the_sheet_that_was_asked_for(read, book):
    path = book({"A": TABLE, "B": TABLE[:2]})
    assert read(path, sheet="B")[0].height == 1
    with pytest.raises(UsageError, match="'A', 'B'"):
        read(path, sheet="C")


def test_cells_of_a_workbook_keep_their_values(read, book):
    rows = [["Description", "HS code", "Net weight (kg)", "Ship date"], ["glue", 3506100000, 0.1 + 0.2, dt.date(2026, 3, 1)]]
    line = read(book({"A": rows}))[0].row(0, named=True)
    assert (line["hs_code"], line["ship_date"]) == ("3506100000", dt.date(2026, 3, 1))
    assert line["net_kg"] == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK\x03\x04 damaged", "damaged"),
        ("a.xlsx", b"just text", "no header row"),
        ("a.xls", b"just text", "no header row"),
        ("a.xls", b"\x00\x01" * 40, "no spreadsheet"),
        ("a.html", b"<html><p>no goods today</html>", "there is no table in it"),
        ("a.csv.gz", b"\x1f\x8b nonsense", "cannot be unpacked"),
        ("a.gz", gzip.compress(b"Description,Qty\nglue,3\n", mtime=0), "no format of a manifest"),
        ("a.zip.gz", gzip.compress(b"PK", mtime=0), "archive in an archive"),
        ("a.xlsx", b"", "empty"),
        ("a.csv", b"", "empty"),
        ("a.csv", b"\n\n\n", "empty"),
        ("a.csv", b"PK\x03\x04", "damaged"),
        ("a.csv", bytes(range(256)) * 8, "neither a spreadsheet nor text"),
        ("a.csv", b"x,y\n1,2\n", "no header row"),
        ("a.parquet", b"PAR1 nonsense", "damaged"),
        ("a.json", b"{", "not valid JSON"),
        ("a.json", b"3", "no list of lines"),
        ("a.json", b"[]", "no column of it names goods"),
        ("a.pdf", b"%PDF", "no format of a manifest"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(read, csv, name, content, said):
    path = csv(content, name)
    with pytest.raises(ManifestError, match=said) as caught:
        read(path)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file(read, tmp_path):
    with pytest.raises(ManifestError, match="there is no such file"):
        read(tmp_path / "nothing.csv")


@pytest.mark.parametrize("source", [3, None, ["a.csv", 3]])
def test_a_source_of_no_known_kind(read, source):
    with pytest.raises(ScreeningError):
        read(source)


def test_dicts_without_a_known_column(read):
    with pytest.raises(ManifestError, match="none of the columns is known"):
        read([{"foo": 1}])


def test_an_empty_workbook_is_said_to_be_empty(read, book):
    with pytest.raises(ManifestError, match=r"the sheet is empty$"):
        read(book({"A": []}))
    with pytest.raises(ManifestError, match=r"sheet 'A': the sheet is empty; sheet 'B': no header row"):
        read(book({"A": [], "B": [["nothing"], ["here"]]}))


def test_what_a_workbook_hides_is_told_and_read(read, tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = 'A & "B"'
    for row in (["Description", "HS code", "Net weight"], ["glue", "3506", "1"], ["paint", "3208", "2"], ["ink", "3215", "3"]):
        sheet.append(row)
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions[9].hidden = True  # holds nothing
    sheet.column_dimensions["B"].hidden = True
    path = tmp_path / "hidden.xlsx"
    book.save(path)
    book.close()
    lines, _, inputs = read(path)
    assert lines["description"].to_list() == ["glue", "paint", "ink"]
    assert inputs[0].sheets[0].notes[0] == "the sheet has 1 hidden row and 1 hidden column; all was read all the same"


def test_a_hidden_sheet_without_goods_is_not_said_to_be_read(words, book):
    path = book({"March": [["Description", "HS code"], ["glue", "3506"]], "Codes": [["a"], ["b"]]}, hidden=("Codes",))
    notes = {sheet.sheet: sheet.notes for sheet in describe_columns(path, words)}
    assert notes["Codes"][0] == "the sheet is hidden"
    assert "not read" in notes["Codes"][1]


@pytest.mark.parametrize("separator", ["~", "^", "|", ";", "\t"])
def test_separators_of_other_programs(read, csv, separator):
    lines, _, _ = read(csv("\n".join(separator.join(row) for row in (["Description", "Net kg"], ["glue", "5"])), "a.txt"))
    assert lines.select("description", "net_kg").rows() == [("glue", 5)]


@pytest.mark.parametrize("code", ['="0101210000"', '"=""0101210000"""'])
def test_a_formula_that_says_nothing_but_a_text_is_the_text(read, csv, code):
    lines, _, _ = read(csv(f'="Description",HS code,Net kg\n="Horse, alive",{code},5\nglue,35069190,=6\n'.replace(", alive", "")))
    assert lines.select("description", "hs_code").rows() == [("Horse", "0101210000"), ("glue", "35069190")]


def test_a_line_of_signs_is_no_line(read, csv):
    lines, rejects, inputs = read(csv("|Description|HS code|Net kg|\n|---|---|---|\n|glue|35069190|5|\n", "a.txt"))
    assert (lines.height, rejects.height, inputs[0].sheets[0].skipped) == (1, 0, {"header": 1, "blank": 1})


@pytest.mark.parametrize(
    "text",
    [
        '{"description": ["glue", "tape"], "net_kg": [5, 6], "consignee_name": ["ACME", "ACME"]}',
        '{"description": {"0": "glue", "1": "tape"}, "net_kg": {"0": 5, "1": 6}, "consignee_name": {"0": "ACME", "1": "ACME"}}',
        '{"consignee": {"name": "ACME"}, "pages": [1], "items": ['
        '{"description": "glue", "net_kg": 5}, {"description": "tape", "net_kg": 6}]}',
        '[{"description": "glue", "net_kg": 5, "consignee": {"name": "ACME"}}, '
        '{"description": "tape", "net_kg": 6, "consignee": {"name": "ACME"}}]',
    ],
)
def test_json_by_columns_with_a_head_and_with_objects(read, csv, text):
    lines, _, _ = read(csv(text, "a.json"))
    assert lines.select("description", "net_kg", "consignee_name").rows() == [("glue", 5, "ACME"), ("tape", 6, "ACME")]


def test_another_table_in_a_json_file_is_told(read, csv):
    text = '{"goods": [{"description": "glue", "net_kg": 5}], "log": [{"at": 1}, {"at": 2}]}'
    lines, _, inputs = read(csv(text, "a.json"))
    assert lines["description"].to_list() == ["glue"]
    assert "not read: log" in inputs[0].sheets[0].notes[0]
