"""What the tests of manifest/ share: the shipped reading words, and small files."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from screening.content.reading import load_reading
from screening.manifest import ReadOptions, read_manifest

RULES = Path(__file__).parents[2] / "rules" / "reading"


@pytest.fixture(scope="session")
def words():
    loaded, problems = load_reading(RULES)
    assert problems == []
    return loaded


@pytest.fixture(scope="session")
def read(words):
    """Reads sources at once: lines, rejects, and how the inputs were read."""

    def run(sources, **options):
        manifest = read_manifest(sources, words, ReadOptions(**options))
        chunks = list(manifest.chunks())
        lines = pl.concat([chunk.lines for chunk in chunks], how="diagonal_relaxed") if chunks else pl.DataFrame()
        rejects = pl.concat([chunk.rejects for chunk in chunks]) if chunks else pl.DataFrame()
        return lines, rejects, manifest.inputs

    return run


@pytest.fixture
def csv(tmp_path):
    """Writes a text as a file and gives its path."""

    def write(text, name="manifest.csv", encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return write


@pytest.fixture
def book(tmp_path):
    """Writes sheets (name to rows) as a workbook and gives its path."""

    def write(sheets, name="manifest.xlsx", hidden=()):
        import openpyxl

        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, rows in sheets.items():
            sheet = workbook.create_sheet(title)
            for row in rows:
                sheet.append(row)
            if title in hidden:
                sheet.sheet_state = "hidden"
        path = tmp_path / name
        workbook.save(path)
        workbook.close()
        return path

    return write
