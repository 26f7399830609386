"""Tables in HTML and in the XML of spreadsheets, texts and workbooks under another name, packed tables."""

from __future__ import annotations

import datetime as dt
import gzip
import zipfile
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.manifest.pages import is_page, open_page

HEAD = ["Description", "HS Code", "Net weight (kg)", "Consignee", "Ship date"]
GOODS = [["Glue <grey> & white", "35069190", "12.5", "Muster GmbH", "2026-03-01"], ["磁铁", "85051110", "3", "", "2026-03-15"]]
READ = [
    ("Glue <grey> & white", "35069190", 12.5, "Muster GmbH", dt.date(2026, 3, 1)),
    ("磁铁", "85051110", 3.0, None, dt.date(2026, 3, 15)),
]


def html(rows, before="", cell="td"):
    body = "".join("<tr>" + "".join(f"<{cell}>{escape(text)}&nbsp;</{cell}>" for text in row) + "</tr>\n" for row in rows)
    return f"<html><head>{before}</head><body><table border=1>{body}</table></body></html>"


def spreadsheet(rows, name="Ware"):
    """As Excel 2003 and its imitators write it."""
    body = "".join(
        "<Row>" + "".join(f'<Cell ss:StyleID="s1"><Data ss:Type="String">{escape(text)}</Data></Cell>' for text in row) + "</Row>"
        for row in rows
    )
    return (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="{name}"><Table>{body}</Table></Worksheet></Workbook>'
    )


def goods(lines):
    return lines.select("description", "hs_code", "net_kg", "consignee_name", "ship_date").rows()


TITLED = [["PACKING LIST"], HEAD, *GOODS]
META = '<meta http-equiv=Content-Type content="text/html; charset={}">'


@pytest.mark.parametrize("name", ["a.xls", "a.html", "a.HTM", "a.xlsx"])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (html(TITLED, META.format("utf-8")), "utf-8"),
        (html(TITLED, META.format("gb2312"), "th"), "gb18030"),
        (html(TITLED, META.format("gb2312")), "utf-8"),
        (html(TITLED), "utf-8-sig"),
        (html(TITLED), "utf-16"),
        (f"<!-- <table> -->\n<style>td<tr></style>{html(TITLED)}", "utf-8"),
        (html(TITLED).replace("</td>", "").replace("</tr>", ""), "utf-8"),
        (html(TITLED).replace("<td>", "<TD NOWRAP>"), "utf-8"),
    ],
)
def test_tables_of_pages(read, csv, name, text, encoding):
    lines, rejects, inputs = read(csv(text, name, encoding))
    assert goods(lines) == READ
    assert not rejects.height
    assert (inputs[0].sheets[0].header_row, lines["row"].to_list()) == (2, [3, 4])


@pytest.mark.parametrize("name", ["a.xls", "a.xml", "a.xlsx"])
def test_the_xml_of_spreadsheets(read, csv, name):
    dated = [[*row[:-1], f"{row[-1]}T00:00:00.000"] for row in GOODS]
    text = spreadsheet([HEAD, *dated]).replace("<Row>", '<Row ss:Index="4">', 1)
    text = text.replace("</Cell>", "<Comment><ss:Data>look at this</ss:Data></Comment></Cell>", 1)
    lines, _, inputs = read(csv(text, name))
    assert goods(lines) == READ
    assert (inputs[0].sheets[0].name, lines["row"].to_list()) == ("Ware", [5, 6])


def test_places_that_cells_name(read, csv):
    text = spreadsheet([HEAD, GOODS[0]])
    start = text.rindex("<Cell")
    lines, _, _ = read(csv(text[:start] + text[start:].replace("<Cell", '<Cell ss:Index="5"'), "a.xls"))
    assert goods(lines) == READ[:1]


def test_cells_over_several_rows_and_columns(read, csv):
    text = html([HEAD, *GOODS]).replace("<td>Glue", "<td rowspan=2>Glue", 1).replace("<td>磁铁&nbsp;</td>", "")
    lines, _, inputs = read(csv(text, "a.xls"))
    assert lines["description"].to_list() == ["Glue <grey> & white"] * 2
    assert lines["hs_code"].to_list() == ["35069190", "85051110"]
    assert any("hold for each of them" in note for note in inputs[0].sheets[0].notes)
    wide = (
        html([HEAD, ["Glue", "35069190", "12.5"]])
        .replace("<td>Glue", "<td colspan=2>Glue")
        .replace("<td>35069190&nbsp;</td>", "")
    )
    lines, _, _ = read(csv(wide, "b.xls"))
    assert lines.select("description", "hs_code", "net_kg").row(0) == ("Glue", None, 12.5)


def test_a_table_inside_a_cell_is_one_of_its_own(read, csv):
    inner = html([HEAD, *GOODS]).partition("<body>")[2].partition("</body>")[0]
    lines, _, inputs = read(csv(f"<html><table><tr><td>Shipper: Adler AG</td></tr><tr><td>{inner}</td></tr></table>", "a.html"))
    assert goods(lines) == READ
    assert [sheet.name for sheet in inputs[0].sheets if sheet.columns] == ["table 1"]


@pytest.mark.parametrize("name", ["a.xls", "a.xlsx", "a.xlsb"])
@pytest.mark.parametrize(("separator", "encoding"), [("\t", "utf-16"), ("\t", "utf-8"), (",", "gb18030"), (";", "utf-8-sig")])
def test_a_text_with_the_name_of_a_workbook(read, csv, name, separator, encoding):
    rows = [HEAD, [GOODS[0][0].replace("&", "and"), *GOODS[0][1:]], GOODS[1]]
    lines, _, inputs = read(csv("\r\n".join(separator.join(row) for row in rows), name, encoding))
    assert goods(lines)[1:] == READ[1:]
    assert "read as text, whatever its name says" in inputs[0].sheets[0].notes


def test_a_workbook_with_the_name_of_a_text(read, book):
    lines, _, inputs = read(book({"A": [HEAD, *GOODS]}, "a.csv"))
    assert goods(lines) == READ
    assert "read as a workbook, whatever its name says" in inputs[0].sheets[0].notes


def test_packed_tables(read, csv, book, tmp_path):
    text = csv("\n".join("\t".join(row) for row in [HEAD, *GOODS]), "a.tsv")
    path = tmp_path / "a.tsv.gz"
    path.write_bytes(gzip.compress(text.read_bytes()))
    lines, _, inputs = read(path)
    assert goods(lines) == READ
    assert inputs[0].path == str(path)


def test_tables_in_an_archive(read, csv, book, tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("one/goods.csv", "\n".join("\t".join(row) for row in [HEAD, *GOODS]))
        archive.write(book({"A": [HEAD, GOODS[0]], "B": [HEAD, GOODS[1]]}), "two.xlsx")
        archive.writestr("three.xls", html([HEAD, *GOODS]))
        archive.writestr("broken.xlsx", b"PK\x03\x04 junk")
        archive.writestr("terms.pdf", b"%PDF")
        archive.writestr("__MACOSX/._goods.csv", b"\x00\x05")
    lines, rejects, inputs = read(path)
    assert goods(lines) == [*READ, *READ, *READ]
    assert [sheet.name for sheet in inputs[0].sheets] == [
        "one/goods.csv",
        "two.xlsx: A",
        "two.xlsx: B",
        "three.xls",
        "broken.xlsx",
    ]
    assert rejects["sheet"].to_list() == ["broken.xlsx"]
    assert "damaged" in rejects["reason"].item()
    assert "2 files of the archive are no manifests and were not read" in inputs[0].sheets[0].notes[-1]


TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), max_size=12)


@given(rows=st.lists(st.lists(TEXT, min_size=3, max_size=3), min_size=1, max_size=6), write=st.sampled_from([html, spreadsheet]))
def test_every_cell_of_a_table_comes_out(rows, write, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "a.xls"
    path.write_bytes(write(rows).encode())
    assert is_page(path.read_bytes()[:4096])
    [sheet] = open_page(path, "a.xls")
    assert [tuple(cell or "" for cell in row) for row in sheet.head] == [tuple(row) for row in rows]


@pytest.mark.parametrize("name", ["a.csv", "a.xls", "a.xlsx"])
def test_a_text_that_begins_with_packages_is_no_archive(read, csv, name):
    lines, _, _ = read(csv("PKGS\tDescription\tNet kg\n3\tglue\t5\n", name))
    assert lines.select("packages", "description", "net_kg").rows() == [(3, "glue", 5)]
