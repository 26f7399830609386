"""Delimited text: encoding, separator, a fast reader, and an exact one for what the fast one refuses.

The fast reader is polars. It gives every record of the file its row, blank ones too, and refuses rather than guesses where
quotes do not close or rows are too long. From the record it stopped at, the exact reader goes on: the csv module, record by
record, each bad one a reject of its own.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
import tempfile
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, cast

import polars as pl

from screening.errors import ManifestError
from screening.manifest.headerrows import HEADER_ROWS, find_header, header_scores
from screening.manifest.sheets import BATCH_ROWS, ROW, TOO_WIDE, Batch, Reject, Sheet, column_names, in_batches, no_room

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from screening.manifest.headers import Lexicon

SEPARATORS = (",", ";", "\t", "|", "~", "^")
_BLOCK = 1 << 22
_HEAD_BYTES = 1 << 18
_SAMPLE_BYTES = 1 << 20
_SPARE_COLUMNS = 4
"""Columns read beyond the header's, so that a row with an unquoted separator in it is seen and not refused."""
_LONGEST_RECORD_LINES = 200
"""Lines after which an open quotation mark is taken for a mistake."""
_PIECE, _PIECES = 22_500_000, 2
"""Bytes of a piece, and pieces read at once: about BATCH_ROWS lines of a forwarder's export. Larger pieces would be new memory
each time."""
_FEW_NULS = 50
"""Bytes of a text to one NUL: fewer NULs than that are dirt in a text, more are another encoding or no text."""
_FORMULA = re.compile(r'^\s*="([^"]*)"\s*$')
_TWO_BYTES = re.compile(rb"([\x81-\xfe])([\x40-\x7e\x80-\xfe])")
_COMMON = {
    "gb18030": (b"\xb0", b"\xd7"),
    "big5": (b"\xa4", b"\xc6"),
    "shift_jis": (b"\x82", b"\x97"),
    "euc_kr": (b"\xb0", b"\xc8"),
}
"""First bytes of the common characters: level 1 of GB 2312, Big5 and JIS X 0208 (with kana), hangul of KS X 1001."""
_HANGUL = 12
_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(slots=True)
class Survey:
    """What one pass over the bytes of a file tells."""

    head: bytes
    size: int
    utf8: bool
    lone_returns: bool
    """Lines end with a carriage return alone."""

    @property
    def is_text(self) -> bool:
        """Whether it may be a text of any encoding."""
        return b"\0" not in self.head or any(self.head.startswith(mark) for mark, _ in _BOMS)


def survey(path: Path) -> Survey:
    """Look at all bytes of a file."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    utf8, size, head, newlines, returns = True, 0, b"", False, False
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            head = head or block[:_SAMPLE_BYTES]
            size += len(block)
            newlines = newlines or b"\n" in block
            returns = returns or b"\r" in block
            if utf8 and (not block.isascii() or decoder.getstate()[0]):
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    utf8 = False
    if utf8 and decoder.getstate()[0]:
        utf8 = False
    return Survey(head, size, utf8, returns and not newlines)


def open_delimited(path: Path, shown: str, found: Survey, lexicon: Lexicon, workspace: Path) -> Sheet:
    """A text file as a sheet.

    Args:
        path: The file.
        shown: How messages name it.
        found: Its survey.
        lexicon: The header vocabulary; the separator that yields most headers is the file's.
        workspace: Where a copy in UTF-8 is put if the file is written otherwise.

    Raises:
        ManifestError: The file is empty or no text.
    """
    notes = []
    if not found.head.strip(b"\x00\r\n\t ,;"):
        msg = f"{shown}: the file is empty; give a file with a header row and goods"
        raise ManifestError(msg)
    encoding = _encoding(found, lexicon)
    if encoding is None:
        msg = f"{shown}: this is neither a spreadsheet nor text; save it as .xlsx or as .csv in UTF-8"
        raise ManifestError(msg)
    if encoding != "utf-8" or found.lone_returns:
        path = _copy_as_utf8(path, shown, encoding, workspace)
        if encoding != "utf-8":
            notes.append(f"read as {encoding}")
    with path.open("rb") as file:
        start = file.read(_HEAD_BYTES).decode("utf-8-sig", errors="ignore")
    separator = _separator(start, path.suffix, lexicon)
    head = list(_first_records(start, separator))
    formulas = '="' in start
    head = [[_FORMULA.sub(r"\1", cell) for cell in record] for record in head] if formulas else head
    header = find_header(head, lexicon)
    first = head[: header.last + 1] if header else head
    width = max((len(record) for record in first), default=1)
    return Sheet(
        "",
        lambda: _without_formulas(_read(path, separator, width)) if formulas else _read(path, separator, width),
        head,
        header=header,
        notes=notes,
        is_text=True,
        overflow_from=len(header.texts) if header else None,
    )


def _without_formulas(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The texts themselves, where cells are formulas that say nothing but a text: ``="0101"``, so that a zero is kept."""
    for batch in batches:
        frame = batch.frame.with_columns(pl.exclude(ROW).str.replace(_FORMULA.pattern, "${1}"))
        yield Batch(frame, batch.rejects)


def _encoding(found: Survey, lexicon: Lexicon) -> str | None:
    """The encoding of a file: by its mark, as UTF-8, else by what its bytes look like and which reading yields known headers."""
    for mark, name in _BOMS:
        if found.head.startswith(mark):
            return name
    if (nothing := found.head.count(0)) and not (found.utf8 and nothing * _FEW_NULS < len(found.head)):
        even, odd = found.head[::2].count(0), found.head[1::2].count(0)
        if max(even, odd) * 4 < len(found.head):
            return None
        return "utf-16-le" if odd > even else "utf-16-be"
    if found.utf8:
        return "utf-8"
    tables = cast("dict[str, list[str]]", lexicon.words.options.get("encodings", {}))
    high = [byte >= 0x80 for byte in found.head]
    lone = sum(a and not (b or c) for a, b, c in zip(high[1:], high, high[2:], strict=False))
    single = lone * 2 > sum(high)  # accented letters stand alone, two-byte characters stand together
    kinds = ("single_byte", "double_byte") if single else ("double_byte", "single_byte")
    scored = []
    for kind in kinds:
        for name in tables.get(kind, []):
            text = found.head.decode(name, errors="ignore" if len(found.head) == _SAMPLE_BYTES else "replace")
            if "\ufffd" not in text:
                scored.append((_header_score(text, lexicon), name))
    likely = [(score, name) for score, name in scored if name in tables.get(kinds[0], [])]
    best = max(scored, key=lambda reading: reading[0], default=None)
    # the other kind only where it yields more headers: accented letters may stand together ("Ilość")
    if best and best[0] > max((score for score, _ in likely), default=0):
        return best[1]
    readings = likely
    if readings and max(score for score, _ in readings) > min(score for score, _ in readings):
        return max(readings, key=lambda reading: reading[0])[1]
    if readings:
        return readings[0][1] if single else max((name for _, name in readings), key=partial(_common_share, found.head))
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import, and few files need it

    guess = from_bytes(found.head[: 1 << 16]).best()
    return guess.encoding if guess else "cp1252"


def _common_share(head: bytes, encoding: str) -> float:
    """Share of the characters of two bytes that are of the common ones if ``head`` is written in ``encoding``.

    The code tables have them in blocks of their own, so that a few words are enough to tell. Hangul lies within what is common in
    Chinese: where nothing lies beyond it, a dozen characters make it likelier.
    """
    leads: list[bytes] = [lead for lead, _ in _TWO_BYTES.findall(head)]
    first, last = _COMMON.get(encoding, (b"\xff", b"\x00"))
    common: float = sum(first <= lead <= last for lead in leads) / max(1, len(leads))
    if encoding == "euc_kr":
        return common if common < 1 or len(leads) < _HANGUL else 1.1
    return common


def _header_score(text: str, lexicon: Lexicon) -> int:
    return max(_best_score(text[: _HEAD_BYTES // 8], separator, lexicon) for separator in SEPARATORS)


def _copy_as_utf8(path: Path, shown: str, encoding: str, workspace: Path) -> Path:
    with path.open(encoding=encoding, errors="replace", newline=None) as source:
        blocks = (block.removeprefix("\ufeff").encode() for block in iter(lambda: source.read(_BLOCK), ""))
        return _copied(blocks, shown, path.suffix, workspace)


def _copied(blocks: Iterable[bytes], shown: str, suffix: str, workspace: Path) -> Path:
    with tempfile.NamedTemporaryFile(dir=workspace, suffix=suffix, delete=False) as copy:
        for block in blocks:
            try:
                copy.write(block)
                copy.flush()
            except OSError as error:
                raise no_room(shown, workspace, error.strerror or str(error)) from error
    return Path(copy.name)


def _separator(start: str, suffix: str, lexicon: Lexicon) -> str:
    """The separator that yields the best header row; without one, the separator that cuts rows most evenly."""
    if start[:5].lower() == "sep=" + start[4:5].lower() and start[4:5] in SEPARATORS:
        return start[4]
    order = ["\t", *SEPARATORS] if suffix.lower() == ".tsv" else list(SEPARATORS)
    scored = [(_best_score(start, separator, lexicon), -order.index(separator), separator) for separator in SEPARATORS]
    best = max(scored)
    if best[0] > 0:
        return best[2]
    widths = {separator: [len(record) for record in _first_records(start, separator)] for separator in SEPARATORS}
    return max(order, key=lambda separator: (min(widths[separator][1:] or [1]) > 1, -len(set(widths[separator]))))


def _best_score(start: str, separator: str, lexicon: Lexicon) -> int:
    if separator not in start:
        return 0
    return max(header_scores(list(_first_records(start, separator)), lexicon, narrow=False), default=0)


def _first_records(start: str, separator: str) -> Iterator[list[str]]:
    """The first records of a text; the last may be cut off where the text is."""
    for count, (_, record) in enumerate(_exact(io.StringIO(start, newline=""), separator)):
        if count > HEADER_ROWS + 20:
            return
        yield record if isinstance(record, list) else record.cells


def _read(path: Path, separator: str, width: int) -> Iterator[Batch]:
    """Every record of the file, fast as far as that goes, then exactly."""
    names = column_names(width + _SPARE_COLUMNS)
    done = 0
    try:
        pieces = _pieces(path)
        while together := list(islice(pieces, _PIECES)):
            scan = pl.scan_csv(
                together,
                separator=separator,
                has_header=False,
                schema=dict.fromkeys(names, pl.String),
                infer_schema=False,
                missing_columns="insert",
                row_index_name=ROW,
                row_index_offset=done + 1,
            )
            frame = scan.with_columns(pl.col(ROW).cast(pl.UInt32)).collect()
            yield from in_batches(frame)
            done += frame.height
    except (pl.exceptions.PolarsError, _OpenQuoteError):
        pass
    else:
        return
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        yield from _exact_batches(file, separator, names, done)


class _OpenQuoteError(Exception):
    """A quotation mark that does not close within the records looked at."""


def _pieces(path: Path) -> Iterator[bytes]:
    """The file in pieces of whole records, so that memory does not grow with it: polars itself reads ahead without end."""
    with path.open("rb") as file:
        file.seek(len(codecs.BOM_UTF8) if file.peek(3).startswith(codecs.BOM_UTF8) else 0)
        while True:
            start = file.tell()
            file.seek(_PIECE, io.SEEK_CUR)
            file.readline(_PIECE)
            size, _ = file.tell() - start, file.seek(start)
            if not (block := file.read(size)):
                return
            yield block + _rest_of_record(block, file)


def _rest_of_record(block: bytes, file: IO[bytes]) -> bytes:
    """What follows up to the first line end outside quotation marks."""
    rest, marks = b"", block.count(b'"')
    for _ in range(_LONGEST_RECORD_LINES):
        if (rest or block).endswith(b"\n") and marks % 2 == 0:
            return rest
        line = file.readline(_PIECE)
        if not line:
            return rest
        rest += line
        marks += line.count(b'"')
    raise _OpenQuoteError


def _exact_batches(file: IO[str], separator: str, names: list[str], skip: int) -> Iterator[Batch]:
    records: list[list[str]] = []
    rows: list[int] = []
    rejects: list[Reject] = []

    def batch() -> Batch:
        width = len(names)
        columns: dict[str, Any] = {ROW: pl.Series(rows, dtype=pl.UInt32)}
        padded = [record + [""] * (width - len(record)) for record in records]
        for name, cells in zip(names, zip(*padded, strict=True) if padded else [()] * width, strict=True):
            columns[name] = pl.Series(cells, dtype=pl.String)
        return Batch(pl.DataFrame(columns).with_columns(pl.col(names).replace("", None)), rejects)

    for row, record in _exact(file, separator):
        if row <= skip:
            continue
        if isinstance(record, Reject):
            rejects.append(record)
        elif len(record) > len(names) and any(cell.strip() for cell in record[len(names) :]):
            rejects.append(Reject(row, TOO_WIDE, record))
        else:
            records.append(record[: len(names)])
            rows.append(row)
        if len(records) + len(rejects) >= BATCH_ROWS:
            yield batch()
            records, rows, rejects = [], [], []
    if records or rejects:
        yield batch()


def _exact(file: IO[str], separator: str) -> Iterator[tuple[int, list[str] | Reject]]:
    """Records with their row; a quotation mark that never closes costs its own line and not the rest of the file."""
    row = 0
    waiting: list[str] = []
    while (line := waiting.pop(0) if waiting else next(file, None)) is not None:
        row += 1
        cells, state = _cells(line, separator)
        if state == "whole":
            yield row, cells
            continue
        taken = [line]
        while state == "open" and len(taken) < _LONGEST_RECORD_LINES:
            more = waiting.pop(0) if waiting else next(file, None)
            if more is None:
                break
            taken.append(more)
            if '"' in more:
                cells, state = _cells("".join(taken), separator)
        if state == "whole":
            yield row, cells
            continue
        waiting = taken[1:] + waiting
        if line.count('"') % 2 == 0 and len(taken) == 1:
            yield row, cells  # "Pipe" DN50: a word in quotation marks begins the cell
        else:
            yield row, Reject(row, "a quotation mark is opened and not closed", _loose_cells(line, separator))


def _cells(text: str, separator: str) -> tuple[list[str], Literal["whole", "open", "odd"]]:
    """The cells of one record, and whether its quotation marks are in order, still open, or in an odd place."""
    if '"' not in text:
        bare = text.rstrip("\r\n")
        return (bare.split(separator) if bare else []), "whole"
    try:
        return next(csv.reader([text], delimiter=separator, strict=True), []), "whole"
    except csv.Error as error:
        if "unexpected end" in str(error):
            return [], "open"
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator), []), "odd"
    except csv.Error:  # a cell of more than 128 kB
        return _loose_cells(text, separator), "odd"


def _loose_cells(line: str, separator: str) -> list[str]:
    """The cells of a line whose quotation marks mean nothing."""
    return next(csv.reader([line.rstrip("\r\n")], delimiter=separator, quoting=csv.QUOTE_NONE), [])


def spill(stream: IO[bytes], workspace: Path, suffix: str, shown: str) -> Path:
    """A stream as a file of its own, since it is read more than once."""
    return _copied(iter(lambda: stream.read(_BLOCK), b""), shown, suffix, workspace)
