"""A copy of the user's own workbook with the rows filled by outcome and the reason as a comment on each.

openpyxl keeps values, formulas and formats, and loses what it has no model for; ``losses`` finds that beforehand.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.errors import ReportError
from screening.report import view
from screening.report.atomic import destination, whole
from screening.report.hits import in_language, in_line
from screening.report.safe import cell_text, plain
from screening.report.words import Words
from screening.terms import InputReading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from screening.results import ScreeningRun

_SUFFIXES = (".xlsx", ".xlsm")
_MARKED = ("hold", "review", "not_judged")
_GRAVER = (*_MARKED, "reject")
_COMMENT_LIMIT = 2_000
"""Characters of a comment; a longer one is not read on a screen."""
_REASONS = 6
_FOLDERS = {
    "controls": r"xl/(ctrlProps|activeX)/",
    "slicers": r"xl/(slicers|timelines)/",
    "threaded": r"xl/threadedComments/",
    "embedded": r"xl/(embeddings|model)/",
    "charts": r"xl/charts/",
    "connections": r"xl/(connections\.xml|queryTables/)",
    "macros": r"xl/vbaProjectSignature",
}
"""Kind of loss (``words.json``, ``annotate.lost``) to the parts of the file that show it (ECMA-376 and [MS-XLSX])."""
_MARKS = {
    "drawings": (r"xl/drawings/drawing.*\.xml", rb"<xdr:(sp|cxnSp|grpSp)[ >]"),
    "sparklines": (r"xl/worksheets/sheet.*\.xml", rb"<x14:sparklineGroup"),
    "conditional": (r"xl/worksheets/sheet.*\.xml", rb"<x14:conditionalFormatting"),
}
_DAMAGED = (OSError, zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, RuntimeError)
"""What an archive that is not whole leads to."""
_PIECE = 1 << 20
_SEAM = 256
"""Bytes looked at twice, so that nothing is lost where two pieces meet."""
_LARGEST = 150_000_000
"""Bytes of a workbook, unpacked, that can be copied: openpyxl takes ten times as much memory."""
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s+ref\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})")
_MOST_MERGED = 1_000_000
"""Cells within merged ranges, each of which openpyxl makes."""
_WIDEST = 100
"""Columns of a row that are filled at most."""


def annotate(run: ScreeningRun, source: str | Path, target: str | Path, language: str = "en") -> list[str]:
    """Write a copy of ``source`` to ``target`` with flagged, not judged and rejected rows filled and explained.

    Args:
        run: the screening of ``source`` (and perhaps of other manifests).
        source: an .xlsx or .xlsm manifest of the run; it is only read.
        target: where the copy goes, with the same suffix.
        language: ``en``, ``zh`` or ``both``.

    Returns:
        Sentences on what the copy does not keep; empty where nothing is lost.

    Raises:
        ReportError: another suffix, a file that was not screened or has changed since, an unreadable workbook, or
            an unwritable place. An older file at ``target`` then stays as it was.
    """
    words, source = Words(language), Path(source)
    place = _place(source, target, run.inputs)
    names = _names(run, source)
    lost = losses(source)
    _check_size(source)
    workbook = _open(source)
    widths = {page.title: min(max(page.max_column, 1), _WIDEST) for page in workbook.worksheets}
    of = {sheet.name: sheet.table_of for reading in run.inputs if reading.path in names for sheet in reading.sheets}
    marks: dict[tuple[str, int], tuple[str, str]] = {}
    for table, row, kind, text in _marks(run, names, words):  # of tables side by side the graver answer fills their row
        first, before = marks.get((of.get(table) or table, row), (kind, ""))
        marks[of.get(table) or table, row] = (min(first, kind, key=_GRAVER.index), f"{before}\n{text}".strip())
    for (sheet, row), (kind, text) in marks.items():
        if sheet in widths:
            _mark(workbook[sheet], row, widths[sheet], kind, text, words)
    _legend(workbook, run, words)
    with whole(place) as part:
        _save(workbook, part, source)
    if not lost:
        return []
    things = ", ".join(words(f"annotate.lost.{kind}") for kind in lost)
    return [words("annotate.warning", file=place.name, things=things)]


def check_copy(manifests: Sequence[str], target: str | Path) -> None:
    """Refuse a copy that cannot be written before a long screening begins.

    Raises:
        ReportError: not one manifest, no workbook or one too large for a copy, or a place where no report can be written.
    """
    if len(manifests) != 1:
        message = f"Cannot annotate {len(manifests)} manifests in one copy, {target}. Screen them one by one."
        raise ReportError(message)
    _place(Path(manifests[0]), target, [InputReading(path=manifests[0], sha256="")])
    if Path(manifests[0]).is_file():  # else the screening says what is wrong
        _check_size(Path(manifests[0]))


def _place(source: Path, target: str | Path, inputs: Iterable[InputReading]) -> Path:
    if source.suffix.lower() not in _SUFFIXES or Path(target).suffix.lower() != source.suffix.lower():
        message = f"Cannot annotate {source} as {target}: {Words('en')('annotate.not_workbook')}."
        raise ReportError(message)
    place = destination(target, inputs)
    if place == source.resolve():
        message = f"Cannot annotate {source} in place: the original is never changed. Choose another name."
        raise ReportError(message)
    return place


def losses(source: Path) -> list[str]:
    """What openpyxl cannot carry over from ``source``: keys of ``annotate.lost`` in ``words.json``."""
    found: list[str] = []
    try:
        with zipfile.ZipFile(source) as archive:
            names = archive.namelist()
            for kind, (pattern, mark) in _MARKS.items():
                if any(_contains(archive, name, mark) for name in names if re.fullmatch(pattern, name)):
                    found.append(kind)
            found += [kind for kind, pattern in _FOLDERS.items() if any(re.match(pattern, name) for name in names)]
            if find_spec("PIL") is None and any(name.startswith("xl/media/") for name in names):
                found.append("pictures")
    except _DAMAGED as error:
        raise _unreadable(source, error) from error
    return found


def _check_size(source: Path) -> None:
    """Refuse a workbook of which a copy would take more memory than a machine has."""
    unpacked = merged = 0
    try:
        with zipfile.ZipFile(source) as archive:
            for part in archive.infolist():
                for piece in _pieces(archive, part):
                    unpacked += len(piece)
                    merged += sum(_area(*found) for found in _MERGED.findall(piece))
                    if unpacked > _LARGEST or merged > _MOST_MERGED:
                        message = (
                            f"Cannot annotate {source}: it is too large for a copy (more than {_LARGEST:,} bytes unpacked, or "
                            f"{_MOST_MERGED:,} merged cells). Write a report with one row per line, -o FILE.lines.csv."
                        )
                        raise ReportError(message)
    except _DAMAGED as error:
        raise _unreadable(source, error) from error


def _area(left: bytes, top: bytes, right: bytes, bottom: bytes) -> int:
    return abs(int(bottom) - int(top) + 1) * abs(_column(right) - _column(left) + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo | str) -> Iterator[bytes]:
    """A part, piece by piece, each with the end of the one before it."""
    tail = b""
    with archive.open(part) as stream:
        while piece := stream.read(_PIECE):
            yield tail + piece
            tail = piece[-_SEAM:]


def _unreadable(source: Path, error: Exception) -> ReportError:
    return ReportError(f"Cannot annotate {source}: it is no readable workbook ({error}). Save it again in a spreadsheet program.")


def _contains(archive: zipfile.ZipFile, name: str, mark: bytes) -> bool:
    pattern = re.compile(mark)
    return any(pattern.search(piece) for piece in _pieces(archive, name))


def _names(run: ScreeningRun, source: Path) -> list[str]:
    """The values of the column ``file`` that mean ``source``."""
    try:
        with source.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        message = f"Cannot annotate {source}: it cannot be read ({error.strerror})."
        raise ReportError(message) from error
    same = [manifest for manifest in run.inputs if Path(manifest.path).name == source.name]
    known = [manifest for manifest in run.inputs if manifest.sha256 == digest]
    if not known:
        why = (
            "has changed since it was screened. Screen it again"
            if same
            else "is not one of the manifests screened. Screen it first"
        )
        message = f"Cannot annotate {source}: it {why}."
        raise ReportError(message)
    exact = [manifest for manifest in known if Path(manifest.path).resolve() == source.resolve()] or known
    paths = [manifest.path for manifest in exact]
    return [*paths, source.name] if len(same) == 1 else paths


def _open(source: Path) -> Any:
    from openpyxl import load_workbook  # noqa: PLC0415 - loaded only for workbooks

    try:
        return load_workbook(source, keep_vba=source.suffix.lower() == ".xlsm", rich_text=True)
    except Exception as error:
        message = f"Cannot annotate {source}: the workbook cannot be opened for a copy ({error})."
        raise ReportError(message) from error


def _save(workbook: Any, part: Path, source: Path) -> None:
    try:
        workbook.save(part)
    except OSError:
        raise
    except Exception as error:
        message = f"Cannot annotate {source}: the workbook cannot be written again ({error}). Write a report of its own with -o."
        raise ReportError(message) from error


def _marks(run: ScreeningRun, names: list[str], words: Words) -> Iterator[tuple[str, int, str, str]]:
    """``(sheet, row, kind, text)`` of every row to fill: lines by outcome, rejects as ``reject``."""
    here = pl.col("file").is_in(names)
    lines = view.gravest(run, _MARKED, ["file", "sheet", "row"]).filter(here)
    reasons: dict[int, list[str]] = {}
    for part in run.hit_parts:
        hits = part.lazy().filter(pl.col("action") != "note").collect()
        told = in_line(in_language(hits, words)).with_columns(_with_confirmation())
        reasons |= dict(told.group_by("line", maintain_order=True).agg("reason").iter_rows())
    open_ = run.not_judged_on(lines.filter(pl.col("outcome") == "not_judged")["line"])
    lacks = open_.explode("missing").drop_nulls("missing").group_by("line").agg(pl.col("missing").unique().sort())
    missing = dict(lacks.iter_rows())
    for line in lines.iter_rows(named=True):
        texts = [f"• {reason}" for reason in reasons.get(line["line"], [])]
        texts = [*texts[:_REASONS], words("sentence.and_more", n=len(texts) - _REASONS)] if len(texts) > _REASONS else texts
        if line["outcome"] == "not_judged":
            texts.append(words("sentence.missing", fields=words.fields(missing.get(line["line"], []))))
        yield line["sheet"], line["row"], line["outcome"], "\n".join([words.of("outcome", line["outcome"]), *texts])
    for reject in run.rejects.filter(here).iter_rows(named=True):
        yield reject["sheet"], reject["row"], "reject", f"{words('head.reject')}: {reject['reason']}"


def _with_confirmation() -> pl.Expr:
    """The reason; behind it the state of the law where it rests on a confirmation by the user."""
    note = pl.when(pl.col("confirmed_by").is_not_null()).then(pl.lit(" ") + pl.col("status_note")).fill_null("")
    return pl.col("reason") + note


def _mark(page: Any, row: int, width: int, kind: str, text: str, words: Words) -> None:
    from openpyxl.cell.cell import MergedCell  # noqa: PLC0415
    from openpyxl.comments import Comment  # noqa: PLC0415

    cells = [page.cell(row, column) for column in range(1, width + 1)]
    fill = _fill(kind)
    for cell in cells:
        cell.fill = fill
    first = next((cell for cell in cells if not isinstance(cell, MergedCell)), None)
    if first is None:
        return
    note = plain(text)[:_COMMENT_LIMIT]
    if first.comment is not None:
        note = f"{note}\n\n{first.comment.text}"
    first.comment = Comment(
        note, plain(words("sentence.comment_author")), width=420, height=40 + 18 * min(note.count("\n") + len(note) // 60, 16)
    )


def _fill(kind: str) -> Any:
    from openpyxl.styles import PatternFill  # noqa: PLC0415

    from screening.report.sheets import FILLS  # noqa: PLC0415

    return PatternFill("solid", fgColor=FILLS["band" if kind == "reject" else kind][0])


def _legend(workbook: Any, run: ScreeningRun, words: Words) -> None:
    """A last sheet that says what the fills mean and where they come from."""
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    from screening.report.sheets import FILLS  # noqa: PLC0415

    title = words("sentence.comment_author").replace(" / ", " ")
    page = workbook.create_sheet(title if title not in workbook.sheetnames else None)
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 24, 90
    rows = [("", words("sentence.legend", day=f"{run.meta.started:%Y-%m-%d}", run=run.meta.id))]
    rows += [(kind, words(f"outcome_meaning.{kind}")) for kind in _MARKED]
    rows += [("reject", words("section.rejects")), ("clear", f"{words('outcome_meaning.clear')} {view.within(run, words)}.")]
    rows += [("", sentence) for sentence in [*view.scope_sentences(run, words), *view.confirmation_sentences(run, words)]]
    for number, (kind, text) in enumerate(rows, start=1):
        name = words("head.reject") if kind == "reject" else words.of("outcome", kind) if kind else ""
        for column, value in ((1, name), (2, text)):
            cell = page.cell(number, column)
            cell.value = cell_text(value)
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if column == 1 and kind and kind != "clear":
                cell.fill = _fill(kind)
                cell.font = Font(bold=True, color=FILLS["band" if kind == "reject" else kind][1])
