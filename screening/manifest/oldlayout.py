"""What a workbook of the old binary format (.xls) says of its sheets besides their cells: what it hides, and merged cells.

The file is a compound file ([MS-CFB]), in which a stream holds records ([MS-XLS]).
"""

from __future__ import annotations

import struct
from struct import unpack_from
from typing import TYPE_CHECKING

from screening.manifest.layout import WIDEST, Layout, told

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDER_ENTRY, _HEAD, _MINI = 128, 512, 64
"""Bytes of an entry of the folder, of the head, and of a piece of a small stream."""
_NO_SECTOR = 0xFFFFFFF0
_STREAMS = ("Workbook", "Book")
_BEGIN, _END, _SHEET, _PROTECTED, _ROW, _COLUMNS, _MERGED = 0x809, 0x0A, 0x85, 0x2F, 0x208, 0x7D, 0xE5
_CELLS = frozenset({0x06, 0xBD, 0xFD, 0x203, 0x204, 0x205, 0x27E})
"""Records of cells that hold something: formula, several numbers, shared text, number, text, truth value, number."""
_VERSION = 0x600
"""BIFF8, of Excel 97 and later; the older ones have no merged cells."""
_HIDDEN_ROW = 0x20


def old_layouts(data: bytes) -> dict[str, Layout]:
    """The layouts of the sheets of an .xls file by name of the sheet; none where it cannot be told."""
    try:
        stream = _Compound(data).stream(_STREAMS)
        sheets = dict(_sheets(stream))
        found = {place: _layout(stream, place) for place in set(sheets.values())}
        return {name: found[place] for name, place in sheets.items()}
    except (struct.error, IndexError, ValueError, OverflowError):
        return {}  # what the reader of the cells says of it is better


# -- compound file ---------------------------------------------------------------------------------------------------------


class _Compound:
    """A compound file, whose streams are chains of sectors."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        (shift,) = unpack_from("<H", data, 30)
        self._size = 1 << min(shift, 12)
        fats, folder, self._least, mini = (unpack_from("<I", data, place)[0] for place in (44, 48, 56, 60))
        self._most = len(data) // self._size + 1
        """Sectors that there can be: no chain is longer."""
        more, places = unpack_from("<I", data, 68)[0], list(unpack_from("<109I", data, 76))
        while more < _NO_SECTOR and len(places) < min(fats, self._most):
            *listed, more = unpack_from(f"<{self._size // 4}I", self._sector(more))
            places += listed
        self._next: list[int] = []
        for place in places[: min(fats, self._most)]:
            if place < _NO_SECTOR:
                self._next += unpack_from(f"<{self._size // 4}I", self._sector(place))
        self._folder = self._chain(folder)
        small = self._chain(mini)
        self._mini = unpack_from(f"<{len(small) // 4}I", small)

    def _sector(self, number: int) -> bytes:
        return self._data[_HEAD + number * self._size :][: self._size].ljust(self._size, b"\0")

    def _chain(self, start: int) -> bytes:
        """The sectors from ``start`` on; a chain that comes back to itself ends there."""
        sectors: list[bytes] = []
        number = start
        while number < len(self._next) and len(sectors) < self._most:
            sectors.append(self._data[_HEAD + number * self._size : _HEAD + (number + 1) * self._size])
            number = self._next[number]
        return b"".join(sectors)

    def stream(self, names: tuple[str, ...]) -> bytes:
        """The first stream of one of these names; empty where there is none."""
        entries = [self._folder[place : place + _FOLDER_ENTRY] for place in range(0, len(self._folder), _FOLDER_ENTRY)]
        for entry in entries:
            length, start, size = unpack_from("<H50xII", entry, 64)
            if entry[: max(0, length - 2)].decode("utf-16-le", errors="replace") in names:
                return self._chain(start)[:size] if size >= self._least else self._small(entries[0], start, size)
        return b""

    def _small(self, root: bytes, start: int, size: int) -> bytes:
        """A stream that shares the sectors of the first entry with others."""
        shared, number = self._chain(unpack_from("<I", root, 116)[0]), start
        pieces: list[bytes] = []
        while number < len(self._mini) and len(pieces) < len(self._mini):
            pieces.append(shared[number * _MINI : (number + 1) * _MINI])
            number = self._mini[number]
        return b"".join(pieces)[:size]


# -- records ---------------------------------------------------------------------------------------------------------------


def _records(stream: bytes, place: int) -> Iterator[tuple[int, int, int]]:
    """Kind, place and length of the records of one part of the stream, without those of charts in it."""
    depth = 0
    while place + 4 <= len(stream):
        kind, length = unpack_from("<HH", stream, place)
        depth += (kind == _BEGIN) - (kind == _END)
        if depth == 1:
            yield kind, place + 4, length
        if depth <= 0:
            return
        place += 4 + length


def _sheets(stream: bytes) -> Iterator[tuple[str, int]]:
    """Name and place of each sheet."""
    for kind, place, _ in _records(stream, 0):
        if kind == _PROTECTED or (kind == _BEGIN and unpack_from("<H", stream, place)[0] != _VERSION):
            return
        if kind == _SHEET:
            at, length, wide = unpack_from("<I2xBB", stream, place)
            text = stream[place + 8 : place + 8 + length * (2 if wide & 1 else 1)]
            yield text.decode("utf-16-le" if wide & 1 else "latin-1", errors="replace"), at


def _layout(stream: bytes, place: int) -> Layout:
    hidden: set[int] = set()
    filled: set[int] = set()
    columns = 0
    merged: list[tuple[int, int, int]] = []
    for kind, at, length in _records(stream, place):
        if kind in _CELLS:
            if hidden and (row := unpack_from("<H", stream, at)[0]) in hidden:
                filled.add(row)
        elif kind == _ROW:
            row, flags = unpack_from("<H10xB", stream, at)
            if flags & _HIDDEN_ROW:
                hidden.add(row)
        elif kind == _COLUMNS:
            first, last, flags = unpack_from("<HH4xH", stream, at)
            columns += last - first + 1 if flags & 1 and last - first < WIDEST else 0
        elif kind == _MERGED:
            for number in range(min(unpack_from("<H", stream, at)[0], length // 8)):
                top, bottom, left, _ = unpack_from("<4H", stream, at + 2 + 8 * number)
                if top < bottom:
                    merged.append((left, top + 1, bottom + 1))
    return Layout(told(len(filled), columns), merged)
