"""Hostile inputs: what builds them, what screens them, and what holds for every one of them.

A test that hangs ends the whole run with the stack of where it hangs; no test may leave anything in the folder of another.
"""

from __future__ import annotations

import datetime as dt
import faulthandler
import gc
import io
import json
import struct
import tempfile
import zipfile
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import polars as pl
import pytest
from openpyxl.worksheet._writer import _openpyxl_shutdown

from screening import Screener, ScreeningError
from screening.cli import main
from screening.content.snapshot import shipped
from screening.terms import OUTCOMES

DAY = dt.date(2026, 11, 21)
HANGS = 120
"""Seconds after which a test hangs; each takes a fraction of one."""


@pytest.fixture(autouse=True)
def no_hang():
    """Nothing waits for ever."""
    faulthandler.dump_traceback_later(HANGS, exit=True)
    yield
    faulthandler.cancel_dump_traceback_later()


# -- screening -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def screener():
    """Reads manifests as always, and has no rules to judge them by, which saves time."""
    return Screener.of(shipped(law=False))


@pytest.fixture(scope="session")
def full_screener():
    return Screener()


@pytest.fixture
def screen(screener):
    """Screens without rules, and checks what holds for every run."""
    return checked(screener)


@pytest.fixture
def judge(full_screener):
    """Screens with the shipped rules, and checks what holds for every run."""
    return checked(full_screener)


def checked(screener):
    def run(manifest, **options):
        result = screener.screen(manifest, today=DAY, **options)
        counts = result.counts
        assert sum(counts[outcome] for outcome in OUTCOMES) == counts["lines"] == result.lines.height
        assert counts["rejects"] == result.rejects.height
        for reading in result.inputs:
            for sheet in reading.sheets:
                here = result.lines.filter(pl.col("file") == reading.path, pl.col("sheet") == sheet.name)
                assert here.height == sheet.lines
        numbers = result.lines.select(pl.col(pl.Float64)).select(pl.all().is_finite() | pl.all().is_null())
        assert all(numbers[name].all() for name in numbers.columns)
        rows = [*result.lines.select("file", "sheet", "row").rows(), *result.rejects.select("file", "sheet", "row").rows()]
        assert len(rows) == len(set(rows)), "a row became two things"
        return result

    return run


@pytest.fixture
def refused(screener):
    """Screens what must be refused, and gives the sentence."""

    def run(manifest, **options):
        with pytest.raises(ScreeningError) as caught:
            screener.screen(manifest, today=DAY, **options)
        message = str(caught.value)
        assert "\n" not in message
        assert len(message) < 500
        assert "Traceback" not in message
        return message

    return run


@pytest.fixture
def put(tmp_path):
    """Writes bytes or text under a name and gives the path."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


@pytest.fixture
def command(full_screener, tmp_path, tmp_path_factory, monkeypatch, capfd):
    """Runs the command line in this process: status, and standard output or the sentence of a refusal.

    Nothing but what ``makes`` names appears beside the manifest or in the working folder, and no temporary file stays.
    """

    def prepared(rules, watchlists, *, shipped, **more):
        ordinary = shipped and not any([rules, watchlists, *more.values()])
        return full_screener if ordinary else Screener(rules, watchlists, shipped=shipped, **more)

    def run(*arguments, makes=()):
        here, temporary = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("temporary")
        monkeypatch.chdir(here)
        monkeypatch.setattr(tempfile, "tempdir", str(temporary))
        monkeypatch.setattr("screening.cli.screen.Screener", prepared)
        before = listing(tmp_path)
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        gc.collect()
        _openpyxl_shutdown()  # what it does at the end of a process
        captured, status = capfd.readouterr(), ended.value.code or 0
        assert listing(tmp_path) - before == set(map(str, makes))
        assert before - listing(tmp_path) == set()
        assert listing(here) == listing(temporary) == set()
        assert "Traceback" not in captured.err
        if status != 2:
            return status, captured.out
        assert captured.out == ""
        assert captured.err.startswith("screening: ")
        assert captured.err.count("\n") == 1 or "in the content" in captured.err, captured.err
        assert len(captured.err) < 700
        return status, captured.err

    return run


def listing(folder):
    """Everything below a folder."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


@pytest.fixture
def accounted():
    """Every row of a JSON report has become one thing."""

    def check(path):
        report = json.loads(path.read_text(encoding="utf-8"))
        sheets = [sheet for found in report["inputs"] for sheet in found["sheets"]]
        assert sum(sheet["lines"] for sheet in sheets) == report["counts"]["lines"]
        assert sum(sheet["rejects"] for sheet in sheets) == report["counts"]["rejects"]
        assert sum(report["counts"][outcome] for outcome in OUTCOMES) == report["counts"]["lines"]
        return report

    return check


# -- making workbooks ----------------------------------------------------------------------------------------------------

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
ROWS = (("Description", "HS code", "Net weight (kg)"), ("Leather shoes", 6403990090, 200))
END = 0xFFFFFFFE


class Books:
    """Writes workbooks by hand, so that any part may be what no spreadsheet program writes."""

    rows = ROWS

    @staticmethod
    def cell(place, value, more=""):
        if isinstance(value, str):
            return f'<c r="{place}" t="inlineStr"{more}><is><t>{escape(value)}</t></is></c>'
        return f'<c r="{place}"{more}><v>{value}</v></c>'

    @classmethod
    def row(cls, number, *values):
        cells = "".join(cls.cell(f"{chr(65 + at)}{number}", value) for at, value in enumerate(values) if value is not None)
        return f'<row r="{number}">{cells}</row>'

    @classmethod
    def goods(cls):
        """The header and one line of goods."""
        return "".join(cls.row(number, *row) for number, row in enumerate(ROWS, start=1))

    @classmethod
    def sheet(cls, body=None, after="", dimension="A1:C2"):
        body = cls.goods() if body is None else body
        return f'<worksheet xmlns="{MAIN}"><dimension ref="{dimension}"/><sheetData>{body}</sheetData>{after}</worksheet>'

    @classmethod
    def parts(cls, *sheets, names=()):
        """The parts of a workbook of these sheets, by name."""
        sheets = sheets or (cls.sheet(),)
        names = names or [f"Goods {number}" for number in range(1, len(sheets) + 1)]
        listed = "".join(f'<sheet name={quoteattr(n)} sheetId="{i}" r:id="rId{i}"/>' for i, n in enumerate(names, start=1))
        links = (
            "".join(
                f'<Relationship Id="rId{i}" Type="{OFFICE}/worksheet" Target="worksheets/sheet{i}.xml"/>'
                for i in range(1, len(sheets) + 1)
            )
            + f'<Relationship Id="rIdS" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
        )
        kinds = {"workbook": "sheet.main", "sharedStrings": "sharedStrings"}
        kinds |= {f"worksheets/sheet{i}": "worksheet" for i in range(1, len(sheets) + 1)}
        types = "".join(
            f'<Override PartName="/xl/{part}.xml" '
            f'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
            for part, kind in kinds.items()
        )
        return {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
            f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" '
            f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">{links}</Relationships>',
            "xl/sharedStrings.xml": f'<sst xmlns="{MAIN}" count="1" uniqueCount="1"><si><t>Leather boots</t></si></sst>',
            **{f"xl/worksheets/sheet{i}.xml": sheet for i, sheet in enumerate(sheets, start=1)},
        }

    @classmethod
    def xlsx(cls, *sheets, names=(), parts=None):
        """A workbook; ``parts`` are other texts for its parts, None leaves one out."""
        together = cls.parts(*sheets, names=names) | (parts or {})
        return cls.zipped({name: part for name, part in together.items() if part is not None})

    @staticmethod
    def zipped(parts):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, part in parts.items() if isinstance(parts, dict) else parts:
                archive.writestr(name, part)
        return stream.getvalue()

    @classmethod
    def bomb(cls, before, filling, megabytes, after=""):
        """A workbook whose sheet is mostly one filling."""
        stream = io.BytesIO()
        piece = filling * ((1 << 20) // len(filling))
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for name, part in cls.parts().items():
                if name != "xl/worksheets/sheet1.xml":
                    archive.writestr(name, part)
            with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
                sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>{cls.goods()}{before}'.encode())
                for _ in range(megabytes):
                    sheet.write(piece)
                sheet.write(f"{after}</sheetData></worksheet>".encode())
        return stream.getvalue()

    @staticmethod
    def saved(*rows, **cells):
        """A workbook as openpyxl writes it."""
        book, stream = openpyxl.Workbook(), io.BytesIO()
        for row in rows:
            book.active.append(row)
        for place, value in cells.items():
            book.active[place] = value
        book.save(stream)
        book.close()
        return stream.getvalue()

    @classmethod
    def ods(cls, *rows):
        """An OpenDocument spreadsheet; a row is a text, or cells."""
        cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'.format
        texts = [
            row if isinstance(row, str) else f"<table:table-row>{''.join(map(cell, row))}</table:table-row>"
            for row in [*ROWS, *rows]
        ]
        kinds = "".join(
            f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
        )
        content = (
            f'<office:document-content{kinds}><office:body><office:spreadsheet><table:table table:name="Goods">{"".join(texts)}'
            "</table:table></office:spreadsheet></office:body></office:document-content>"
        )
        manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
        kind = "application/vnd.oasis.opendocument.spreadsheet"
        return cls.zipped({"mimetype": kind, "META-INF/manifest.xml": manifest, "content.xml": content})

    @staticmethod
    def ole(fat, *, first=1, fats=1, shift=9, entries=(), stream=b""):
        """A compound file, as .xls files are and encrypted .xlsx files too ([MS-CFB]): FAT in sector 0, folder in sector 1."""
        entries = entries or (("Root Entry", 5, END, 0), ("Workbook", 2, 2, 5000))
        head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, shift, 6) + bytes(6)
        head += struct.pack("<9I", 0, fats, first, 0, 4096, END, 0, END, 0) + struct.pack("<110I", 0, *[0xFFFFFFFF] * 109)[:436]
        folder = b""
        for name, kind, start, size in entries:
            text = name.encode("utf-16-le") + b"\0\0"
            folder += text.ljust(64, b"\0") + struct.pack("<HBB3I", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, 1)
            folder += bytes(36) + struct.pack("<IQ", start, size)
        table = struct.pack("<128I", *[*fat, *[0xFFFFFFFF] * (128 - len(fat))])
        return head + table + folder.ljust(512, b"\0") + (stream or bytes(2048))

    @classmethod
    def xls(cls, *cells, size=(2, 2)):
        """A workbook of the old binary format ([MS-XLS]) with ``(row, column, value)`` and what it says of its size."""

        def record(kind, data=b""):
            return struct.pack("<2H", kind, len(data)) + data

        def begin(kind):
            return record(0x809, struct.pack("<4H2I", 0x600, kind, 0, 0, 0, 0))

        known = [(r, c, v) for r, row in enumerate(ROWS) for c, v in enumerate(row)]
        book, name = begin(5) + record(0x42, struct.pack("<H", 1200)), b"Goods"
        at = len(book) + 4 + 8 + len(name) + 4
        book += record(0x85, struct.pack("<I4B", at, 0, 0, len(name), 0) + name) + record(0xA)
        book += begin(0x10) + record(0x200, struct.pack("<2I3H", 0, size[0], 0, size[1], 0))
        for row, column, value in [*known, *cells]:
            place = struct.pack("<3H", row, column, 0)
            if isinstance(value, str):
                book += record(0x204, place + struct.pack("<HB", len(value), 0) + value.encode("latin-1"))
            else:
                book += record(0x203, place + struct.pack("<d", value))
        book = (book + record(0xA)).ljust(4096, b"\0")
        book += bytes(-len(book) % 512)
        fat = [0xFFFFFFFD, END, *range(3, 2 + len(book) // 512), END]
        return cls.ole(fat, entries=(("Root Entry", 5, END, 0), ("Workbook", 2, 2, len(book))), stream=book)


@pytest.fixture(scope="session")
def books():
    return Books
