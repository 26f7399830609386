"""Opens list files as published: unpacks, measures, decodes. Whatever is damaged or oversized is refused with a sentence."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screening.errors import ListError

if TYPE_CHECKING:
    from pathlib import Path

LARGEST = 600_000_000
"""Bytes, unpacked. The largest official file (OFAC's advanced XML) has some 120 million."""
_FIELD = 1_000_000
"""Characters of one cell; the longest published remarks have some 30,000."""
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_BOMS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_END = "\x1a"
"""End of file as DOS wrote it; OFAC's CSV files end with it."""


@dataclass(slots=True)
class RawFile:
    """One file, unpacked."""

    name: str
    data: bytes
    sha256: str
    problems: list[str] = field(default_factory=list)
    """What was odd about it and could be read all the same."""
    _text: str | None = None

    def text(self) -> str:
        """The file as text. UTF-8, or UTF-16 with its mark; else Windows-1252, which is reported.

        Raises:
            ListError: the bytes are no text of these encodings.
        """
        if self._text is None:
            self._text = self._decoded()
        return self._text

    def _decoded(self) -> str:
        encoding = next((name for bom, name in _BOMS.items() if self.data.startswith(bom)), "utf-8")
        if encoding != "utf-16" and b"\0" in self.data[:4096]:
            raise ListError(f"{self.name} is no text of an encoding that lists use (it holds zero bytes); save it as UTF-8.")
        try:
            return self.data.decode(encoding)
        except UnicodeDecodeError as error:
            if encoding != "utf-8":
                raise ListError(f"{self.name} is damaged: byte {error.start} is no {encoding}; fetch it again.") from None
            place = error.start
        try:
            text = self.data.decode("cp1252")
        except UnicodeDecodeError:
            raise ListError(f"{self.name} is neither UTF-8 nor Windows-1252 (byte {place}); save it as UTF-8.") from None
        self.problems.append(f"{self.name} is not UTF-8 (byte {place}); it was read as Windows-1252: look at names with accents")
        return text

    def rows(self, delimiter: str = ",") -> list[list[str]]:
        """The rows of a delimited file; empty rows are left out.

        Raises:
            ListError: the file ends within a quoted cell, or a cell is absurdly long.
        """
        csv.field_size_limit(_FIELD)
        text = self.text().rstrip(_END)
        for strict in (True, False):
            try:
                reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
                rows = [row for row in reader if any(row)]
            except csv.Error as error:
                if "unexpected end" in str(error):
                    raise ListError(f"{self.name} ends in the middle of a cell: half a download? Fetch it again.") from None
                if not strict:
                    raise ListError(f"{self.name} is no delimited text: {error}.") from None
                continue
            if not strict:
                self.problems.append(f"{self.name}: quotation marks within cells are not doubled; read as they stand")
            return self._whole(rows, text)
        raise AssertionError  # the second turn returns or raises

    def _whole(self, rows: list[list[str]], text: str) -> list[list[str]]:
        if rows and rows[-1] and set(rows[-1][0]) <= {_END} and not any(rows[-1][1:]):
            rows = rows[:-1]
        if len(rows) > 2 and not text.endswith(("\n", "\r")) and len(rows[-1]) < len(rows[-2]):
            raise ListError(
                f"{self.name} ends in the middle of row {len(rows)} ({len(rows[-1])} of {len(rows[-2])} cells): half a download? "
                "Fetch it again."
            )
        return rows


def open_file(path: Path, largest: int = LARGEST) -> RawFile:
    """Read a file, unpacking gzip.

    Raises:
        ListError: it cannot be read, is empty, damaged, an archive, or larger than ``largest`` bytes unpacked.
    """
    if path.exists() and not path.is_file():
        raise ListError(f"{path} cannot be read: it is a folder, a pipe or a device.")
    try:
        with path.open("rb") as file:
            head = file.read(4)
            file.seek(0)
            if head.startswith(_GZIP):
                with gzip.open(file) as packed:
                    data = packed.read(largest + 1)
            else:
                data = file.read(largest + 1)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise ListError(f"{path.name} is damaged or only half there (gzip); fetch it again.") from None
    except OSError as error:
        raise ListError(f"{path} cannot be read: {error.strerror or error}.") from None
    if len(data) > largest:
        raise ListError(f"{path.name} is larger than {largest:,} bytes unpacked; no list is. Check where it comes from.")
    if not data.strip(b"\0 \t\r\n\x1a"):
        raise ListError(f"{path.name} is empty; fetch it again.")
    if data.startswith(_ZIP) and path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise ListError(f"{path.name} is a zip archive; unpack it and name the file inside.")
    name = path.name.removesuffix(".gz")
    return RawFile(name, data, hashlib.sha256(data).hexdigest())
