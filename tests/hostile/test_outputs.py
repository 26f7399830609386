"""Reports go where they are sent, whole or not at all, and nowhere else."""

from __future__ import annotations

import csv
import os
import re
import sys
import zipfile
from contextlib import contextmanager

import openpyxl
import pytest

TEXT = (
    "Description,HS code,Net weight (kg),Export country,Ship date\nLeather shoes,6403990090,200,CN,2025-06-01\n"
    "Dysprosium oxide,2846901500,100,CN,2025-06-01\n"
)
REPORTS = (".xlsx", ".html", ".json", ".jsonl", ".csv", ".parquet", ".lines.csv", ".lines.parquet")
INJECTED = (
    "=1+1",
    "+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "＝1",
    "=cmd|'/C calc'!A0",
    ' "=1',
    "<script>alert(1)</script>",
    "\x1b]0;x\x07",
)


@pytest.fixture
def manifest(put):
    return put("goods.csv", TEXT)


@pytest.fixture
def refused(command, manifest):
    """Gives the sentence of a refusal; the manifest stays as it was."""

    def run(*arguments):
        status, told = command("screen", manifest, *arguments)
        assert status == 2
        assert manifest.read_text() == TEXT
        return told

    return run


def test_a_manifest_is_never_written_over(refused, manifest, tmp_path):
    (tmp_path / "link.csv").symlink_to(manifest)
    os.link(manifest, tmp_path / "hard.csv")
    for name in ("goods.csv", "link.csv", "hard.csv", "./goods.csv", "../" + tmp_path.name + "/goods.csv"):
        assert "manifests" in refused("-o", f"{tmp_path}/{name}")


def test_places_where_nothing_can_be_written(refused, tmp_path):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    places = {
        "folder.csv": "folder",
        "missing/out.csv": "does not exist",
        "loop.csv": "Cannot write",
        "a" * 300 + ".csv": "Cannot write",
        "out.pdf": "names no format",
        "out": "names no format",
        "goods.csv/out.csv": "does not exist",
        "\0.csv": "Cannot write",
    }
    for name, said in places.items():
        assert said in refused("-o", tmp_path / name)


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="devices of other systems")
def test_a_device_is_never_replaced(refused, tmp_path):
    (tmp_path / "out.csv").symlink_to("/dev/full")
    assert "device" in refused("-o", tmp_path / "out.csv")
    assert os.path.exists("/dev/full")


def test_two_reports_of_one_name(refused, tmp_path):
    (tmp_path / "link.json").symlink_to(tmp_path / "out.json")
    for other in ("out.json", "./out.json", "link.json"):
        assert "twice" in refused("-o", tmp_path / "out.json", "-o", f"{tmp_path}/{other}")


@contextmanager
def full_after(size):
    """A disk on which no file grows beyond ``size`` bytes."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.skipif(sys.platform == "win32", reason="limits of other systems")
@pytest.mark.parametrize("suffix", REPORTS)
def test_a_full_disk_leaves_the_older_report(refused, manifest, tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    path.write_text("older")
    with full_after(700):
        told = refused("-o", path)
    assert "free space" in told
    assert path.read_text() == "older"


@pytest.mark.skipif(sys.platform == "win32", reason="limits of other systems")
def test_a_full_disk_under_temporary_files(refused, monkeypatch):
    monkeypatch.setattr("screening.spill.IN_MEMORY", 0)
    with full_after(700):
        assert "TMPDIR" in refused("--fail-on", "never")


@pytest.mark.skipif(sys.platform == "win32", reason="limits of other systems")
def test_a_full_disk_under_copies_for_reading(command, put, books):
    paths = [put("utf16.csv", (TEXT * 50).encode("utf-16")), put("old.xls", books.xls())]
    with full_after(700):
        for path in paths:
            status, told = command("screen", path)
            assert status == 2
            assert "TMPDIR" in told


@pytest.mark.parametrize("suffix", REPORTS)
def test_an_interrupt_leaves_the_older_report(refused, tmp_path, monkeypatch, suffix):
    path = tmp_path / f"out{suffix}"
    path.write_text("older")

    def interrupt(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("screening.report.atomic.os.replace", interrupt)
        assert "interrupted" in refused("-o", path)
    assert path.read_text() == "older"


@pytest.mark.parametrize("text", INJECTED)
def test_what_a_spreadsheet_would_run_stays_text(command, put, books, tmp_path, accounted, text):
    rows = (("Description", "HS code", "Consignee", "Export country"), (f"{text} Dysprosium oxide", "2846901500", text, "CN"))
    path = put("goods.xlsx", books.xlsx(books.sheet("".join(books.row(n, *row) for n, row in enumerate(rows, start=1)))))
    outputs = [f"out{suffix}" for suffix in REPORTS]
    _, told = command("screen", path, *[a for name in outputs for a in ("-o", tmp_path / name)], makes=outputs)
    accounted(tmp_path / "out.json")
    assert "\x1b" not in told
    assert "<script>" not in (tmp_path / "out.html").read_text(encoding="utf-8")
    for name in ("out.csv", "out.lines.csv"):
        with (tmp_path / name).open(encoding="utf-8", newline="") as file:
            cells = [cell.strip() for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@", "-1", "＝"))]
    with zipfile.ZipFile(tmp_path / "out.xlsx") as archive:
        formulas = [f for n in archive.namelist() if "sheet" in n for f in re.findall(rb"<f>(.*?)</f>", archive.read(n))]
    assert not any(word in formula for formula in formulas for word in (b"cmd", b"SUM(A1)", b"1+1"))


def test_a_copy_takes_no_more_than_there_is(command, put, books, tmp_path):
    merged = '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    path = put("merged.xlsx", books.xlsx(books.sheet(after=merged)))
    status, told = command("screen", path, "--annotate", tmp_path / "out.xlsx")
    assert status == 2
    assert "too large for a copy" in told
    wide = books.row(3, "Dysprosium oxide", 2846901500, 5) + '<row r="4"><c r="XFD4"><v>1</v></c></row>'
    path = put("wide.xlsx", books.xlsx(books.sheet(books.goods() + wide)))
    status, _ = command("screen", path, "--annotate", tmp_path / "out.xlsx", makes=["out.xlsx"])
    assert status in (0, 1, 3)
    sheet = openpyxl.load_workbook(tmp_path / "out.xlsx").worksheets[0]
    filled = [cell.column for row in sheet.iter_rows() for cell in row if cell.fill.fill_type == "solid"]
    assert filled
    assert max(filled) <= 100
