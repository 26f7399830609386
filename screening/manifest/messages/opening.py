"""Opens a message, or an archive of messages, as sheets."""

from __future__ import annotations

import codecs
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

import polars as pl

from screening.errors import ManifestError
from screening.manifest.messages.definitions import read_definitions
from screening.manifest.messages.detect import HEAD, form_of
from screening.manifest.messages.storeys import OTHERS, MessageError, complete
from screening.manifest.pages import is_page
from screening.manifest.sheets import ROW, Batch, Reject, Sheet, column_names, uniquely_named
from screening.terms import COLUMNS, POSITION

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from screening.manifest.messages.definitions import Definition
    from screening.manifest.messages.storeys import Item

_BLOCK = 1 << 20
_IGNORE = "-"
_NO_COLUMN = "no column of a manifest holds this"
_NAMED = 12
"""So many paths that fill no column are named in a note; `screening columns` shows all."""
_MOST_PATHS = 2_000
"""Each is a column of the sheet; the richest message at hand has some hundred."""
_LARGEST = 1 << 32
"""Bytes that the members of an archive may unpack to, all together."""
_PIECE = 10_000
"""Goods items that are kept and handed on together."""
_SMALL = 1 << 26
_MOST_PACKED = 300
"""A member of more than `_SMALL` bytes that unpacks to more than so many times its size is no message."""
_MOST_MEMBERS = 20_000


def open_message(path: Path, shown: str, table: Mapping[str, Any]) -> Sheet:
    """One message file as a sheet.

    Args:
        path: The file.
        shown: How messages to the user name it.
        table: ``options["messages"]`` of the reading words.

    Raises:
        ManifestError: The file is damaged or holds no message that is known.
    """
    definitions = read_definitions(table)
    try:
        sheet = _sheet("", partial(path.open, "rb"), definitions, table)
    except MessageError as error:
        raise ManifestError(f"{shown}: {error}. {_readable(definitions)}") from None
    if sheet.headers == [POSITION]:
        reasons = next((batch.rejects for batch in sheet.batches()), [])
        raise ManifestError(f"{shown}: {reasons[0].reason if reasons else 'it holds no goods'}. {_readable(definitions)}")
    return sheet


def open_archive(
    path: Path, shown: str, table: Mapping[str, Any], others_of: Callable[[str, Any], list[Sheet] | None]
) -> list[Sheet]:
    """The messages in a zip archive, a sheet each, and the sheets of the other manifests in it.

    Args:
        path: The archive.
        shown: How messages to the user name it.
        table: ``options["messages"]`` of the reading words.
        others_of: The sheets of a member that is no message, by its name and content; None where it is no manifest either.

    Raises:
        ManifestError: The archive is damaged, holds nothing that can be read, or has too many members.
    """
    import zipfile  # noqa: PLC0415 - only archives need it
    import zlib  # noqa: PLC0415

    definitions = read_definitions(table)
    try:
        archive = zipfile.ZipFile(path)
        members = [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise ManifestError(f"{shown}: the archive is damaged ({error}); ask for it again") from None
    if any(member.filename == "[Content_Types].xml" for member in members):
        raise ManifestError(f"{shown}: this is a workbook or document with the name of an archive; rename it to .xlsx")
    if len(members) > _MOST_MEMBERS:
        raise ManifestError(f"{shown}: {len(members):,} files in one archive are more than {_MOST_MEMBERS:,}; divide them")
    sheets, others = [], []
    budget = [_LARGEST]
    for member in members:
        opener = partial(_Member, archive, member, budget)
        try:
            with opener() as stream:
                head = stream.read(HEAD)
            if form_of(head) and not is_page(head):
                sheets.append(_sheet(member.filename, opener, definitions, table))
                continue
            with opener() as stream:
                found = others_of(member.filename, stream)
            sheets += found or []
            others += [] if found else [member.filename]
        except (MessageError, ManifestError, OSError) as error:
            sheets.append(_unread(member.filename, str(error)))
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
            sheets.append(_unread(member.filename, f"it cannot be unpacked ({error})"))
    if not any(sheet.headers != [POSITION] for sheet in sheets):
        why = f"; of {sheets[0].name}: {sheets[0].notes[0]}" if sheets else ""
        raise ManifestError(f"{shown}: no file in the archive can be read{why}. {_readable(definitions)}")
    if others:
        named = ", ".join(others[:_NAMED])
        sheets[0].notes.append(f"{len(others):,} files of the archive are no manifests and were not read: {named}")
    return uniquely_named(sheets)


def _readable(definitions: Sequence[Definition]) -> str:
    """One sentence naming what can be read."""
    named = "; ".join(f"{one.name} ({', '.join(one.roots)})" for one in definitions)
    return f"Messages that can be read: {named}"


class _Member:
    """A file of an archive, read as a stream; it ends with an error where it unpacks to more than it should."""

    def __init__(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo, budget: list[int]) -> None:
        self._stream = archive.open(member)
        self._most = max(_SMALL, member.compress_size * _MOST_PACKED)
        self._budget = budget

    def read(self, size: int) -> bytes:
        """The next bytes."""
        block = self._stream.read(size)
        self._most -= len(block)
        self._budget[0] -= len(block)
        if self._most < 0:
            msg = "it unpacks to far more than its size"
            raise MessageError(msg)
        if self._budget[0] < 0:
            msg = f"the archive unpacks to more than {_LARGEST >> 30} GB"
            raise MessageError(msg)
        return block

    def __enter__(self) -> _Member:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()


def _unread(name: str, reason: str) -> Sheet:
    """A file of an archive that could not be read, as a sheet of one reject."""
    reason = f"{reason}; nothing of this file was screened"
    batch = Batch(pl.DataFrame(schema={ROW: pl.UInt32, "c0": pl.String}), [Reject(1, reason, [])])
    return Sheet(name, lambda: iter((batch,)), headers=[POSITION], notes=[reason], given={POSITION: _IGNORE})


def _items(
    opener: Callable[[], Any], definitions: Sequence[Definition], table: Mapping[str, Any], notes: list[str]
) -> Iterator[Item]:
    """The goods items of one file with what stands above them; ``notes`` grows by what was decided."""
    return (complete(item) for item in _own(opener, definitions, table, notes))


def _own(
    opener: Callable[[], Any], definitions: Sequence[Definition], table: Mapping[str, Any], notes: list[str]
) -> Iterator[Item]:
    with opener() as stream:
        head = stream.read(HEAD)
    form = form_of(head)
    if form == "xml":
        from screening.manifest.messages.markup import read_xml  # noqa: PLC0415 - only for these

        with opener() as stream:
            yield from read_xml(stream, [one for one in definitions if one.form == "xml"])
        return
    if form != "edifact":
        msg = "it is an X12 interchange, which cannot be read" if form == "x12" else "it is neither XML nor EDIFACT"
        raise MessageError(msg)
    from screening.manifest.messages.interchange import read_edifact  # noqa: PLC0415 - only for these

    with opener() as stream:
        utf8 = _is_utf8(stream)
    with opener() as stream:
        known = [one for one in definitions if one.form == "edifact"]
        yield from read_edifact(stream, known, table["edifact"]["charsets"], notes, utf8=utf8)


def _is_utf8(stream: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while block := stream.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _sheet(name: str, opener: Callable[[], Any], definitions: Sequence[Definition], table: Mapping[str, Any]) -> Sheet:
    """One file as a sheet. It is read once to learn what is in it; of few goods items that is enough."""
    columns: dict[str, dict[str, None]] = {}
    rest: dict[str, None] = {}
    parties: dict[str, str] = {}
    kept: list[Item] = []
    notes: list[str] = []
    count = 0
    for item in _items(opener, definitions, table, notes):
        count += 1
        if count <= _PIECE:
            kept.append(item)
        if item.reason:
            continue
        for column, (_, place) in item.columns.items():
            columns.setdefault(column, {})[place] = None
        rest |= dict.fromkeys(item.rest)
        if len(rest) > _MOST_PATHS:
            msg = f"line {item.line}: more than {_MOST_PATHS:,} different elements that no column holds"
            raise MessageError(msg)
        parties |= item.parties

    headers: dict[str, tuple[str, bool]] = {}  # header to the key of its texts, and whether that is a column
    given: dict[str, str] = {}
    for column in sorted(columns, key=lambda column: list(COLUMNS).index(column) if column in COLUMNS else len(COLUMNS)):
        header = " or ".join(columns[column]) if column in COLUMNS else column
        header = header if header not in headers else f"{header} ({column})"
        headers[header] = (column, True)
        given[header] = column if column in COLUMNS else _IGNORE
    for place in rest:
        header = place if place not in headers else f"{place} (further)"
        headers[header] = (place, False)
        given[header] = _IGNORE
    given[POSITION] = _IGNORE
    if rest:
        more = f" and {len(rest) - _NAMED} more" if len(rest) > _NAMED else ""
        notes.append(f"no column holds, and carried through: {', '.join(list(rest)[:_NAMED])}{more}")

    def batches() -> Iterator[Batch]:
        items = iter(kept) if count <= _PIECE else _items(opener, definitions, table, [])
        row = 0
        try:
            while piece := list(islice(items, _PIECE)):
                yield _batch(piece, row, list(headers.values()))
                row += len(piece)
        except MessageError as error:
            raise ManifestError(f"{name or 'the message'} was changed while it was read: {error}") from None

    return Sheet(
        name or next((item.what for item in kept), ""),
        batches,
        headers=[*headers, POSITION],
        notes=notes,
        given=given,
        reasons={POSITION: "where the line stands"}
        | {header: "carried through" for header, (_, filled) in headers.items() if filled}
        | {
            header: _party_reason(parties[key]) if key in parties else _NO_COLUMN
            for header, (key, filled) in headers.items()
            if not filled
        },
        unsure=frozenset(header for header, (key, filled) in headers.items() if not filled and key in parties),
    )


def _party_reason(role: str) -> str:
    column = f"{role}_name is read from another element" if role != OTHERS else "no column holds this party"
    return f"{column}; map this to a column of parties to have it screened"


def _batch(items: list[Item], before: int, keys: list[tuple[str, bool]]) -> Batch:
    """Goods items as rows of text, in the order of the message; ``before`` rows stand above them."""
    rows = [(before + number, item) for number, item in enumerate(items, start=1)]
    rejects = [Reject(row, f"line {item.line}: {item.reason}", list(item.rest.values())) for row, item in rows if item.reason]
    good = [(row, item) for row, item in rows if not item.reason]
    texts = [[item.columns.get(key, ("",))[0] if filled else item.rest.get(key, "") for _, item in good] for key, filled in keys]
    texts.append([f"{item.what} {row}, line {item.line} of the file" for row, item in good])
    frame = pl.DataFrame(
        [pl.Series(ROW, [row for row, _ in good], dtype=pl.UInt32)]
        + [pl.Series(name, cells, dtype=pl.String) for name, cells in zip(column_names(len(texts)), texts, strict=True)]
    )
    return Batch(frame, rejects)
