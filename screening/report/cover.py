"""The two sheets of a workbook that are read rather than filtered: Summary, one page to sign, and Method."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screening.report import view
from screening.report.sheets import Book, Sheet, row_height
from screening.terms import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screening.results import ScreeningRun

_WIDTHS = (22.0, 12.0, 40.0, 32.0)
_METHOD_WIDTHS = (34.0, 34.0, 70.0)
_SHOWN = 8
"""Rows of inputs, lists and questions on the page that is signed; the full tables have their own sheets."""


def write_summary(book: Book, run: ScreeningRun, cuts: Sequence[str]) -> None:
    """Write the sheet Summary: one printed page. ``cuts`` are sentences on what other sheets cannot hold."""
    words, meta = book.words, run.meta
    sheet = book.sheet("summary", portrait=True)
    sheet.page.sheet_view.showGridLines = False
    sheet.widths(_WIDTHS)
    sheet.append([sheet.cell(words("section.report"), "title")], height=30)
    day = meta.as_of.isoformat() if meta.as_of else words("run.own_dates")
    _wide(sheet, f"{words('run.id')} {meta.id} · {words('run.as_of')}: {day} · {meta.started:%Y-%m-%d %H:%M %Z}".strip())
    _section(sheet, words("section.outcomes"))
    for outcome in OUTCOMES:
        count = run.counts.get(outcome, 0)
        fill = outcome if count else "band"
        text = words(f"outcome_meaning.{outcome}")
        if outcome == "hold" and count:
            text = f"{words('sentence.held', **view.held_by(run))}. {text}"
        if outcome == "clear":
            text = f"{view.within(run, words)}. {text}"
        sheet.append(
            [
                sheet.cell(words.of("outcome", outcome), "name", fill),
                sheet.cell(count, "big", fill),
                sheet.cell(text, "middle", fill),
                sheet.cell(None, "middle", fill),
            ],
            height=max(32, row_height(text, _WIDTHS[2] + _WIDTHS[3]) + 6),
        )
        sheet.merge(3, 4)
    if not run.counts.get("lines"):
        _wide(sheet, words("sentence.no_lines"))
    _wide(sheet, words("sentence.accuses_nobody"))
    _section(sheet, words("section.scope"))
    for sentence in view.scope_sentences(run, words) or [words("sentence.scope_fallback")]:
        _wide(sheet, f"• {sentence}")
    _section(sheet, words("section.questions"))
    asked = view.question_sentences(run, words)
    for sentence in asked[:_SHOWN] or [words("sentence.no_questions")]:
        _wide(sheet, f"• {sentence}")
    _more(sheet, len(asked), "hits")
    if asked:
        _wide(sheet, words("sentence.answer"))
    if confirmed := view.confirmation_sentences(run, words):
        _section(sheet, words("section.confirmations"))
        for sentence in confirmed:
            _wide(sheet, f"• {sentence}")
    notices = [*cuts, *meta.warnings]
    if notices:
        _section(sheet, words("section.warnings"))
        for sentence in notices[:_SHOWN]:
            _wide(sheet, f"• {sentence}")
        _more(sheet, len(notices), "method")
    _run_data(sheet, run)
    _inputs_and_lists(sheet, run)
    _sign_off(sheet)
    sheet.page.print_area = f"A1:D{sheet.height}"


def _run_data(sheet: Sheet, run: ScreeningRun) -> None:
    words, meta, counts = sheet.book.words, run.meta, run.counts
    known = meta.law_known_to.isoformat() if meta.law_known_to else words("run.not_known")
    _section(sheet, words("section.run"))
    amounts = ", ".join(
        [
            words.count("lines", counts.get("lines", 0)),
            words.count("shipments", counts.get("shipments", 0)),
            words.count("hits", counts.get("hits", 0)),
            words.count("rejects", counts.get("rejects", 0)),
        ]
    )
    for head, text in (
        (words("run.lines"), amounts),
        (words("run.law_known_to"), known),
        (words("run.program"), f"{meta.program_version} · {words('run.content')} {meta.content_version}"),
        (words("run.started"), f"{meta.started:%Y-%m-%d %H:%M:%S %Z} · {words('run.finished')} {meta.finished:%H:%M:%S %Z}"),
        (words("run.digest"), meta.digest),
    ):
        _pair(sheet, head, text)


def _inputs_and_lists(sheet: Sheet, run: ScreeningRun) -> None:
    words = sheet.book.words
    _section(sheet, words("section.inputs"))
    for manifest in run.inputs[:_SHOWN]:
        lines = sum(part.lines for part in manifest.sheets)
        rejects = sum(part.rejects for part in manifest.sheets)
        _pair(
            sheet,
            Path(manifest.path).name,
            f"{words.count('lines', lines)}, {words.count('rejects', rejects)}\nSHA-256 {manifest.sha256}",
        )
    _more(sheet, len(run.inputs), "method")
    _section(sheet, words("section.lists"))
    lists = view.watchlists(run)
    for row in lists.head(_SHOWN).iter_rows(named=True):
        day = row["list_date"].isoformat() if row["list_date"] else words("run.not_known")
        _pair(
            sheet,
            row["list"],
            f"{row['title']} · {words('head.list_date')} {day} · {words('head.entries')} {row['entries'] or 0:,}",
        )
    if not lists.height:
        _wide(sheet, words("sentence.none"))
    _more(sheet, lists.height, "watchlists")


def _sign_off(sheet: Sheet) -> None:
    words = sheet.book.words
    _section(sheet, words("section.sign_off"))
    for key in ("prepared", "reviewed"):
        sheet.append(
            [
                sheet.cell(words(f"sign.{key}"), "box"),
                sheet.cell(None, "box"),
                sheet.cell(words("sign.signature"), "box"),
                sheet.cell(words("sign.date"), "box"),
            ],
            height=40,
        )
        sheet.merge(1, 2)


def write_method(book: Book, run: ScreeningRun) -> None:
    """Write the sheet Method: how to read the report, how columns were read, every setting, versions, known limits."""
    words, meta = book.words, run.meta
    sheet = book.sheet("method")
    sheet.page.sheet_view.showGridLines = False
    sheet.widths(_METHOD_WIDTHS)
    _section(sheet, words("section.meanings"), 3)
    for kind, head in (("outcome", "section.outcomes"), ("action", "head.action")):
        for value in words.table(f"{kind}_meaning"):
            meaning = words(f"{kind}_meaning.{value}")
            cells = [sheet.cell(words(head)), sheet.cell(words.of(kind, value), "strong", value), sheet.cell(meaning)]
            sheet.append(cells, height=row_height(meaning, _METHOD_WIDTHS[2]))
    for title, sentences in (
        ("section.score", words.all("method.score")),
        ("section.scope", [f"{words.of('outcome', 'clear')}: {view.within(run, words)}.", *view.scope_sentences(run, words)]),
        ("section.limits", [*words.all("method.limits"), words("sentence.not_judged_explained"), words("sentence.printed")]),
        ("section.warnings", meta.warnings or [words("sentence.none")]),
    ):
        _section(sheet, words(title), 3)
        for sentence in sentences:
            sheet.append(
                [sheet.cell(sentence), sheet.cell(None), sheet.cell(None)], height=row_height(sentence, sum(_METHOD_WIDTHS))
            )
            sheet.merge(1, 3)
    _section(sheet, words("section.columns"), 3)
    for manifest in run.inputs:
        sheet.append(
            [
                sheet.cell(f"{manifest.path}\nSHA-256 {manifest.sha256}", "strong", "band"),
                sheet.cell(None, "text", "band"),
                sheet.cell(None, "text", "band"),
            ],
            height=30,
        )
        sheet.merge(1, 3)
        for part in manifest.sheets:
            _rows(sheet, [(part.name, sentence, "") for sentence in [*view.reading_sentences(part, words), *part.notes]])
            sheet.append(
                [sheet.cell(words(f"head.{key}"), "strong") for key in ("header", "read_as")]
                + [sheet.cell(words("head.remark"), "strong")]
            )
            _rows(sheet, [(header, words.field(column), column) for header, column in part.columns.items()])
            _rows(sheet, [(header, words("sentence.unsure"), why) for header, why in part.unsure.items()], fill="review")
    _section(sheet, words("section.settings"), 3)
    known = meta.law_known_to.isoformat() if meta.law_known_to else words("run.not_known")
    _rows(
        sheet,
        [
            (words("run.id"), meta.id, ""),
            (words("run.program"), meta.program_version, ""),
            (words("run.content"), meta.content_version, ""),
            (words("run.law_known_to"), known, ""),
            (words("run.started"), meta.started.isoformat(), ""),
            (words("run.finished"), meta.finished.isoformat(), ""),
            (words("run.digest"), meta.digest, ""),
            *((name, value, "") for name, value in view.settings_rows(meta.settings)),
        ],
    )
    sheet.page.print_area = f"A1:C{sheet.height}"


def _rows(sheet: Sheet, rows: Iterable[tuple[str, str, str]], fill: str = "") -> None:
    for first, second, third in rows:
        if third:
            sheet.append([sheet.cell(first), sheet.cell(second, "text", fill), sheet.cell(third, "text", fill)])
        else:
            sheet.append(
                [sheet.cell(first), sheet.cell(second), sheet.cell(None)], height=row_height(second, sum(_METHOD_WIDTHS[1:]))
            )
            sheet.merge(2, 3)


def _section(sheet: Sheet, title: str, columns: int = 4) -> None:
    sheet.append([], height=6)
    sheet.append(
        [sheet.cell(title, "section", "band"), *(sheet.cell(None, "section", "band") for _ in range(columns - 1))], height=19
    )


def _wide(sheet: Sheet, text: str) -> None:
    sheet.append([sheet.cell(text, "free")], height=row_height(text, sum(_WIDTHS)))
    sheet.merge(1, 4)


def _pair(sheet: Sheet, head: str, text: str) -> None:
    sheet.append(
        [sheet.cell(head, "strong"), sheet.cell(text), sheet.cell(None), sheet.cell(None)],
        height=max(row_height(text, sum(_WIDTHS[1:])), row_height(head, _WIDTHS[0])),
    )
    sheet.merge(2, 4)


def _more(sheet: Sheet, total: int, where: str) -> None:
    if total > _SHOWN:
        words = sheet.book.words
        _wide(sheet, words("sentence.top_shown", shown=_SHOWN, total=total, sheet=words(f"sheet.{where}")))
