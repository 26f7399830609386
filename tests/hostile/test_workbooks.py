"""Workbooks that are damaged, lie about themselves, or ask for more memory than there is.

Each is screened by the command line: it ends with one sentence, or with a report in which every row is accounted for.
"""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

ENTITIES = '<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9)
)
FORMULA = '<row r="3">{}</row>'.format
MANY = ' table:number-columns-repeated="16000"'
ODS_CELL = '<table:table-cell{} office:value-type="string"><text:p>x</text:p></table:table-cell>'.format
DDE = "=cmd|'/C touch PWNED'!A0"
STRINGS, LINKS = "xl/sharedStrings.xml", "xl/_rels/workbook.xml.rels"
SHARED = '<row r="3"><c r="A3" t="s"><v>{}</v></c><c r="B3"><v>6403990090</v></c></row>'.format
RELATION = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="{}"/></Relationships>'
).format


def patched(data, name, offset, value, *, places=(b"PK\1\2", b"PK\3\4")):
    """An archive with four bytes changed in what it says of a part: in its table of contents, or before the part."""
    data, at = bytearray(data), 0
    for mark in places:
        name_at, offset_at = (46, offset) if mark == b"PK\1\2" else (30, offset - 2)
        at = data.find(mark)
        while at >= 0 and not data[at + name_at :].startswith(name):
            at = data.find(mark, at + 1)
        data[at + offset_at : at + offset_at + 4] = struct.pack("<I", value)
    return bytes(data)


def far_away(books, letters, row):
    return books.xlsx(books.sheet(books.goods() + f'<row r="{row}"><c r="{letters}{row}"><v>1</v></c></row>'))


REFUSED = {
    # ---- the archive
    "half an archive": (".xlsx", lambda b: b.xlsx()[:900], "damaged"),
    "an archive without its table of contents": (".xlsx", lambda b: b.xlsx()[:-60], "damaged"),
    "an archive with a wrong sum": (".xlsx", lambda b: patched(b.xlsx(), b"xl/worksheets/sheet1.xml", 16, 1), ""),
    "a part that says it is short": (
        ".xlsx",
        lambda b: patched(b.bomb("", b" ", 40), b"xl/worksheets/sheet1.xml", 24, 300, places=(b"PK\1\2",)),
        "",
    ),
    "an archive of a table and nothing else": (".xlsx", lambda b: b.zipped({"readme.txt": "hello"}), "damaged"),
    "an archive within an archive": (".xlsx", lambda b: b.zipped({"goods.xlsx": b.xlsx()}), "damaged"),
    "an archive of many parts": (".xlsx", lambda b: b.zipped({f"{number}.xml": "" for number in range(20_000)}), "damaged"),
    "an archive with a path that leads out": (".xlsx", lambda b: b.zipped({"../../escaped.xml": "<a/>"}), "damaged"),
    "a packed archive with a name of text": (".csv", lambda b: b.xlsx()[:300], "damaged"),
    # ---- XML
    "entities that unfold": (
        ".xlsx",
        lambda b: b.xlsx(b.sheet(SHARED(0)), parts={STRINGS: f"{ENTITIES}]><sst><si><t>&j;</t></si></sst>"}),
        "",
    ),
    "XML that stops": (".xlsx", lambda b: b.xlsx(b.sheet()[:200]), ""),
    "XML without end": (".xlsx", lambda b: b.xlsx(b.sheet("<row>" * 20_000)), ""),
    "a sheet in UTF-16": (".xlsx", lambda b: b.xlsx(b.sheet().encode("utf-16")), ""),
    "no sheet at all": (".xlsx", lambda b: b.xlsx(parts={"xl/worksheets/sheet1.xml": None}), ""),
    "no list of sheets": (".xlsx", lambda b: b.xlsx(parts={"xl/workbook.xml": None}), "it has no sheets"),
    "a sheet that is the list of sheets": (".xlsx", lambda b: b.xlsx(parts={LINKS: RELATION("workbook.xml")}), ""),
    "a sheet from outside": (".xlsx", lambda b: b.xlsx(parts={LINKS: RELATION("../../../../etc/passwd")}), ""),
    # ---- sizes
    "a size that is none": (".xlsx", lambda b: b.xlsx(b.sheet(dimension="nonsense")), "empty"),
    "a size of no row": (".xlsx", lambda b: b.xlsx(b.sheet(dimension="A1:C0")), "empty"),
    "a cell at the far end": (".xlsx", lambda b: far_away(b, "XFD", 1_048_576), "more memory than any manifest"),
    "a cell beyond the end": (".xlsx", lambda b: far_away(b, "ZZZZZZ", 4_294_967_295), ""),
    "a far cell written in another way": (
        ".xlsx",
        lambda b: b.xlsx(b.sheet(b.goods() + "<row r='1048576'><c\n\tr = 'XFD1048576' ><v>1</v></c></row>")),
        "more memory than any manifest",
    ),
    "texts beyond counting": (
        ".xlsx",
        lambda b: b.xlsx(parts={STRINGS: '<sst count="99999999999" uniqueCount="99999999999"><si><t>a</t></si></sst>'}),
        "",
    ),
    "a text that there is not": (".xlsx", lambda b: b.xlsx(b.sheet(SHARED(999_999))), ""),
    # ---- other formats
    "an old workbook in a loop": (".xls", lambda b: b.ole([0xFFFFFFFD, 1, 0xFFFFFFFE]), "more memory than any manifest"),
    "an old workbook whose goods are in a loop": (".xls", lambda b: b.ole([0xFFFFFFFD, 0xFFFFFFFE, 2]), ""),
    "an old workbook that says it is huge": (".xls", lambda b: b.xls(size=(0xFFFFFFFF, 0xFFFF)), "more memory than any manifest"),
    "an old workbook with a cell far away": (".xls", lambda b: b.xls((65_535, 65_535, 1.0)), "more memory than any manifest"),
    "an old workbook with a table beyond its end": (
        ".xls",
        lambda b: b.ole([0xFFFFFFFD, 0xFFFFFFFE], first=0x7FFFFFF0),
        "damaged",
    ),
    "an old workbook with billions of tables": (".xls", lambda b: b.ole([0xFFFFFFFD], fats=0xFFFFFFFF), ""),
    "an old workbook whose list of tables is its own end": (
        ".xls",
        lambda b: (data := b.ole([0xFFFFFFFD], fats=0xFFFFFFFF))[:68] + bytes(4) + data[72:],
        "",
    ),
    "an old workbook cut short": (".xls", lambda b: b.xls()[:700], ""),
    "a web page called an old workbook": (
        ".xls",
        lambda _: b"<html><p>Description</p></html>",
        "no table",
    ),
    "text called an old workbook": (".xls", lambda _: b"shoes, by the pair\n6403990090\n", "no header row"),
    "nothing called an old workbook": (".xls", lambda _: b"", "empty"),
    "a workbook behind a password": (
        ".xlsx",
        lambda b: b.ole([0xFFFFFFFD], entries=(("Root Entry", 5, 0xFFFFFFFE, 0), ("EncryptedPackage", 2, 2, 100))),
        "password",
    ),
    "an open document without end": (
        ".ods",
        lambda b: b.ods(f'<table:table-row table:number-rows-repeated="1048570">{ODS_CELL(MANY)}</table:table-row>'),
        "",
    ),
    "an open document with a far cell": (
        ".ods",
        lambda b: b.ods(
            '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>',
            f'<table:table-row><table:table-cell table:number-columns-repeated="16000"/>{ODS_CELL("")}</table:table-row>',
        ),
        "",
    ),
    "a binary workbook of nothing": (".xlsb", lambda b: b.zipped({"xl/workbook.bin": b"\xff" * 100}), "damaged"),
}


@pytest.fixture
def little_memory(monkeypatch):
    """Lets the process that reads apart have a little more than it needs for itself, so that bombs end soon."""
    monkeypatch.setattr("screening.manifest.workbooks.MEMORY", 2_500_000_000)


@pytest.mark.parametrize("name", REFUSED)
def test_a_bad_workbook_is_one_sentence(command, books, put, little_memory, tmp_path, name):
    suffix, build, said = REFUSED[name]
    path = put(f"goods{suffix}", build(books))
    status, told = command("screen", path, "-o", tmp_path / "out.json", "-o", tmp_path / "out.xlsx")
    assert status == 2
    assert str(path) in told
    assert said in told


READ = {
    # name: how it is made, lines read
    "as it should be": (lambda b: b.xlsx(), 1),
    "a size of one cell": (lambda b: b.xlsx(b.sheet(dimension="A1")), 1),
    "a size of everything": (lambda b: b.xlsx(b.sheet(dimension="A1:XFD1048576")), 1),
    "a size beyond everything": (lambda b: b.xlsx(b.sheet(dimension="A1:ZZZZ99999999")), 1),
    "a thousand rows within a size of one cell": (
        lambda b: b.xlsx(b.sheet(b.goods() + "".join(b.row(n, "Boots", 6403990090, 7) for n in range(3, 1003)), dimension="A1")),
        1001,
    ),
    "a cell a million rows below": (lambda b: far_away(b, "A", 1_048_576), 2),
    "a cell sixteen thousand columns to the right": (lambda b: far_away(b, "XFD", 3), 1),
    "rows that stand the wrong way round": (lambda b: b.xlsx(b.sheet(b.row(9, "Boots", 6403990090, 7) + b.goods())), 2),
    "rows that stand twice": (lambda b: b.xlsx(b.sheet(b.goods() * 2)), 1),
    "cells without a place": (
        lambda b: b.xlsx(b.sheet(b.goods().replace(' r="', ' x="'))),
        1,
    ),
    "merged all over": (lambda b: b.xlsx(b.sheet(after='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>')), 1),
    "a formula for everything": (
        lambda b: b.xlsx(b.sheet(b.goods() + FORMULA('<c r="A3"><f t="shared" ref="A3:XFD1048576" si="9">A1</f><v>1</v></c>'))),
        2,
    ),
    "a formula with its last value": (
        lambda b: b.xlsx(
            b.sheet(b.goods() + FORMULA('<c r="A3" t="str"><f>"Bo"&amp;"ots"</f><v>Boots</v></c><c r="B3"><v>6403</v></c>'))
        ),
        2,
    ),
    "a formula without a value": (
        lambda b: b.xlsx(b.sheet(b.goods() + FORMULA('<c r="A3"><f>1+1</f></c><c r="B3"><v>6403</v></c>'))),
        2,
    ),
    "a formula that starts a program": (
        lambda b: b.xlsx(b.sheet(b.goods() + FORMULA(b.cell("A3", DDE) + f'<c r="B3"><f>{DDE}</f><v>6403</v></c>'))),
        2,
    ),
    "a link to another workbook": (
        lambda b: b.xlsx(
            b.sheet(b.goods() + FORMULA('<c r="A3" t="str"><f>[1]Sheet1!A1</f><v>Boots</v></c><c r="B3"><v>6403</v></c>'))
        ),
        2,
    ),
    "errors in cells": (
        lambda b: b.xlsx(b.sheet(b.goods() + FORMULA('<c r="A3" t="e"><v>#REF!</v></c><c r="C3" t="e"><v>#DIV/0!</v></c>'))),
        1,
    ),
    "numbers that are none": (
        lambda b: b.xlsx(b.sheet(b.goods() + b.row(3, "Boots", 6403990090, "x").replace("<is><t>x</t></is>", "<v>1e999</v>"))),
        2,
    ),
    "a text of a megabyte": (lambda b: b.xlsx(b.sheet(b.goods() + b.row(3, "Leather shoes " * 70_000, 6403990090))), 2),
    "control characters": (lambda b: b.xlsx(b.sheet(b.goods() + b.row(3, "Boots \x01\x0b\x1b[31m", 6403990090))), 2),
    "a shared text": (lambda b: b.xlsx(b.sheet(b.goods() + SHARED(0))), 2),
    "styles that there are not": (lambda b: b.xlsx(b.sheet(b.goods().replace("<c ", '<c s="99999999" '))), 1),
    "many sheets": (lambda b: b.xlsx(*[b.sheet() for _ in range(50)]), 50),
    "one sheet under many names": (
        lambda b: b.xlsx(
            b.sheet(),
            parts={
                "xl/workbook.xml": b.parts()["xl/workbook.xml"].replace(
                    "</sheets>", "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId1"/>' for n in range(2, 50)) + "</sheets>"
                )
            },
        ),
        49,
    ),
    "two sheets of one name": (lambda b: b.xlsx(b.sheet(), b.sheet(), names=("Goods", "Goods")), 2),
    "a hidden tag without end": (lambda b: b.xlsx(b.sheet(b.goods() + "<row " + ' hidden="1"' * 80_000 + "/>")), 1),
    "a sheet of zeros": (lambda b: b.bomb("", b"\0", 100), 1),
    "a million cells of nothing": (lambda b: b.bomb("<row>", b"<c/>", 8, "</row>"), 1),
}


@pytest.mark.parametrize("name", READ)
def test_an_odd_workbook_is_read_as_far_as_it_says_something(command, books, put, accounted, tmp_path, name):
    build, lines = READ[name]
    path = put("goods.xlsx", build(books))
    status, told = command("screen", path, "-o", tmp_path / "out.json", makes=["out.json"] if lines is not None else [])
    if lines is None:
        assert status == 2, told
    else:
        assert status in (0, 1, 3)
        assert accounted(tmp_path / "out.json")["counts"]["lines"] == lines
    assert not Path("PWNED").exists()


def test_an_old_workbook_with_a_new_name_is_read(screen, books, put):
    assert screen(put("a.xls", books.xls())).lines["description"].to_list() == ["Leather shoes"]
    assert screen(put("a.xlsx", books.xls())).lines["description"].to_list() == ["Leather shoes"]
    assert screen(put("b.xls", books.xlsx())).lines["description"].to_list() == ["Leather shoes"]
    assert screen(put("a.ods", books.ods())).lines["description"].to_list() == ["Leather shoes"]


def test_entities_are_not_unfolded(screen, refused, books, put):
    text = f"{ENTITIES}]><sst><si><t>&j;</t></si></sst>"
    path = put("a.xlsx", books.xlsx(books.sheet(books.goods() + SHARED(0)), parts={STRINGS: text}))
    try:
        lines = screen(path).lines
    except Exception:
        refused(path)
    else:
        assert max(len(text) for text in lines["description"].drop_nulls()) < 1000


def test_an_outside_entity_is_not_fetched(screen, refused, books, put):
    secret = put("secret.txt", "TOPSECRET")
    kind = f'<!DOCTYPE b [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    strings = f"{kind}<sst><si><t>Boots &x;</t></si></sst>"
    path = put("a.xlsx", books.xlsx(books.sheet(books.goods() + SHARED(0)), parts={STRINGS: strings}))
    try:
        assert "TOPSECRET" not in str(screen(path).lines.rows())
    except Exception:
        refused(path)


def test_formulas_count_as_their_last_value_or_nothing(screen, books, put):
    rows = FORMULA('<c r="A3"><f>1+1</f></c><c r="B3"><v>6403990090</v></c><c r="C3"><f>SUM(C2)</f></c>')
    lines = screen(put("a.xlsx", books.xlsx(books.sheet(books.goods() + rows)))).lines
    assert lines["net_kg"].to_list() == [200, None]
    assert "1+1" not in str(lines.rows())


def test_error_cells_are_no_values(screen, books, put):
    rows = FORMULA('<c r="A3" t="e"><v>#REF!</v></c><c r="B3"><v>6403990090</v></c><c r="C3" t="e"><v>#DIV/0!</v></c>')
    result = screen(put("a.xlsx", books.xlsx(books.sheet(books.goods() + rows))))
    assert result.lines["net_kg"].to_list() == [200, None]
    assert result.lines["description"].to_list() == ["Leather shoes", None]


NAMES = ["../../etc/passwd", "C:\\Windows", "=cmd|' /C calc'!A0", "'; DROP", "<b>", "\u202etxt", "a/b", "a\x1b[2Jb", "x" * 300]


def test_a_sheet_s_name_is_only_a_name(command, books, put, tmp_path, accounted):
    path = put("a.xlsx", books.xlsx(*[books.sheet()] * len(NAMES), names=NAMES))
    outputs = [f"out{suffix}" for suffix in (".json", ".xlsx", ".html", ".csv", ".lines.csv", ".parquet", ".lines.parquet")]
    arguments = [argument for name in outputs for argument in ("-o", tmp_path / name)]
    _, told = command("screen", path, *arguments, makes=outputs)
    assert "\x1b" not in told
    assert "\u202e" not in told
    sheets = [sheet["name"] for sheet in accounted(tmp_path / "out.json")["inputs"][0]["sheets"]]
    assert len(sheets) == len(NAMES)
    assert ",=" not in (tmp_path / "out.lines.csv").read_text(encoding="utf-8")


@pytest.mark.skipif(sys.platform != "linux", reason="limits of other systems")
@pytest.mark.parametrize("kind", ["far", "cells", "zeros", "loop"])
def test_memory_stays_within_bounds(books, put, tmp_path, kind):
    """The largest of the program and of the processes it starts, as the system counts it."""
    data = {
        "far": lambda: far_away(books, "XFD", 1_048_576),
        "cells": lambda: books.bomb("<row>", b"<c/>", 60, "</row>"),
        "zeros": lambda: books.bomb("", b"\0", 1000),
        "loop": lambda: books.ole([0xFFFFFFFD, 1, 0xFFFFFFFE]),
    }[kind]()
    path = put("a.xls" if kind == "loop" else "a.xlsx", data)
    code = (
        "import json, re, resource, sys\nfrom screening.cli import main\nfrom screening.manifest import workbooks\n"
        "workbooks.MEMORY = 2_500_000_000\ntry:\n    main(sys.argv[1:])\nexcept SystemExit as ended:\n"
        "    own = int(re.search(r'VmHWM:\\s*(\\d+)', open('/proc/self/status').read())[1])\n"
        "    print(json.dumps([ended.code or 0, own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))"
    )
    command = [sys.executable, "-c", code, "screen", str(path), "-o", str(tmp_path / "out.json")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    status, own, others = json.loads(ended.stdout.splitlines()[-1])
    assert status == (0 if kind == "cells" else 2)
    assert own < 500_000  # kB
    assert others < 2_500_000
