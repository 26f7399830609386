"""Reads texts as list files and gives the lists made of them."""

from __future__ import annotations

import datetime as dt

import pytest

from screening.content.snapshot import shipped
from screening.parties.importing import Choices, import_files

DAY = dt.date(2026, 11, 1)


@pytest.fixture(scope="session")
def content():
    return shipped()


@pytest.fixture
def imported(content, tmp_path):
    """Import files given as name to content (text or bytes); the lists by id."""

    def do(files, **choices):
        paths = []
        for name, data in files.items():
            path = tmp_path / name
            path.write_bytes(data.encode() if isinstance(data, str) else data)
            paths.append(path)
        choices.setdefault("date", DAY)
        return {one.watchlist.id: one for one in import_files(paths, content, Choices(**choices))}

    return do


@pytest.fixture
def entries(imported):
    """The entries of the only list of the files, by id."""

    def do(files, **choices):
        (one,) = imported(files, **choices).values()
        return {entry.id: entry for entry in one.watchlist.entries}

    return do
