"""The summary on the screen: a dozen lines that answer what was screened, what was found and what to do next."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from screening.report import view
from screening.report.hits import first_ranked, first_reasons
from screening.report.safe import display_width, fit, pad, terminal_text, wrap
from screening.report.words import Words
from screening.terms import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from screening.results import ScreeningRun

_STYLES = {"hold": "1;31", "review": "33", "not_judged": "35", "clear": "32", "dim": "2", "bold": "1"}
"""ANSI styles (ECMA-48 SGR) by outcome, and two for headings and asides."""

_TOP_RULES = 3
_TOP_LINES = 3
_TOP_WARNINGS = 3
_SCOPE_ROWS, _NEXT_ROWS = 5, 3
_LEAST_WIDTH = 40


def summary(run: ScreeningRun, reports: Sequence[Path], language: str = "en", *, colour: bool = False, width: int = 80) -> str:
    """The run in about a dozen lines.

    Args:
        run: a finished screening.
        reports: the files already written, named at the end.
        language: ``en``, ``zh`` or ``both``.
        colour: whether to use ANSI colours; the caller knows the terminal.
        width: columns; no line is wider, whatever the texts hold.

    Returns:
        Lines joined by line breaks, without one at the end; free of control characters except the colours.
    """
    words = Words(language)
    width = max(width, _LEAST_WIDTH)
    paint: Callable[[str, str], str] = (
        (lambda text, style: f"\x1b[{_STYLES[style]}m{text}\x1b[0m") if colour else (lambda text, _: text)
    )
    heads = words.table("line_head")
    room = max(display_width(head) for head in heads.values()) + 2
    lines: list[str] = []

    def block(head: str, fitted: Sequence[str]) -> None:
        for index, text in enumerate(fitted):
            lines.append(paint(pad("" if index else heads[head], room), "dim") + text)

    def say(head: str, texts: Sequence[str], rows: int = 2) -> None:
        block(head, [part for text in texts for part in _rows(text, width - room, rows)])

    say("screened", [view.screened(run, words)])
    say("as_of", [_as_of(run, words)])
    say("law", view.confirmation_sentences(run, words), 4)
    lines.append("")
    lines.extend(_outcomes(run, words, width, paint))
    if not run.counts.get("lines"):
        say("scope", [words("sentence.no_lines")])
    block("scope", _scope(view.scope_sentences(run, words), width - room))
    lines.append("")
    block("rules", _top_rules(run, words, width - room))
    block("held", _held(run, words, width - room))
    if run.rejects.height:
        say("rejects", [_rejects(run, words)])
    more = len(run.meta.warnings) - _TOP_WARNINGS
    say("warning", run.meta.warnings[:_TOP_WARNINGS] + ([words("sentence.more_warnings", n=more)] if more > 0 else []))
    say("reports", [str(path) for path in reports], 3)
    block("next", _command_rows(_next_command(run, reports), width - room))
    return "\n".join(lines)


def _rows(text: str, width: int, most: int) -> list[str]:
    """``text`` in at most ``most`` rows of ``width`` columns; an ellipsis ends the last one where something is left out."""
    wrapped = wrap(text, width)
    return wrapped if len(wrapped) <= most else [*wrapped[: most - 1], fit(" ".join(wrapped[most - 1 :]), width)]


def _scope(sentences: Sequence[str], width: int) -> list[str]:
    """As many whole sentences as a few rows hold; a sign tells that there are more, which stand in the reports."""
    for count in range(len(sentences), 0, -1):
        rows = wrap(" ".join([*sentences[:count], *(["…"] if count < len(sentences) else [])]), width)
        if len(rows) <= _SCOPE_ROWS:
            return rows
    return _rows(" ".join(sentences), width, _SCOPE_ROWS)


def _command_rows(words: Sequence[str], width: int) -> list[str]:
    """A command in rows that a shell puts together again; cut short where a word of it is wider than a row."""
    rows = [""]
    for word in words:
        longer = f"{rows[-1]} {word}".lstrip()
        if rows[-1] and display_width(longer) > width - 2:
            rows[-1] += " \\"
            rows.append(word)
        else:
            rows[-1] = longer
    if len(rows) > _NEXT_ROWS or any(display_width(row) > width for row in rows):
        return _rows(" ".join(words), width, _NEXT_ROWS)
    return rows


def _as_of(run: ScreeningRun, words: Words) -> str:
    day, known = run.meta.as_of, run.meta.law_known_to
    return words(
        "sentence.as_of",
        day=day.isoformat() if day else words.phrase("run.own_dates"),
        known=known.isoformat() if known else words.phrase("run.not_known"),
    )


def _outcomes(run: ScreeningRun, words: Words, width: int, paint: Callable[[str, str], str]) -> Iterator[str]:
    names = {outcome: words.of("outcome", outcome) for outcome in OUTCOMES}
    numbers = {outcome: f"{run.counts.get(outcome, 0):,}" for outcome in OUTCOMES}
    name_room = max(display_width(name) for name in names.values())
    number_room = max(len(number) for number in numbers.values())
    remarks = {"clear": view.within(run, words)}
    if run.counts.get("hold"):
        remarks["hold"] = words("sentence.held", **view.held_by(run))
    if run.counts.get("not_judged"):
        fields = ", ".join(f"{words.field(name)} ({count:,})" for name, count in view.missing_fields(run, only_outcome=True))
        remarks["not_judged"] = words("sentence.missing", fields=fields) if fields else ""
    for outcome in OUTCOMES:
        head = f"  {pad(names[outcome], name_room)}  {numbers[outcome]:>{number_room}}  "
        text = fit(remarks.get(outcome, ""), width - display_width(head))
        head = head if text else head.rstrip()
        yield paint(head, outcome if run.counts.get(outcome) else "dim") + (paint(text, "dim") if text else "")


def _top_rules(run: ScreeningRun, words: Words, width: int) -> list[str]:
    top = run.rules.filter(pl.col("hits") > 0).sort(pl.col("hits").cast(pl.Int64) * -1, "id").head(_TOP_RULES)
    room = max((len(f"{hits:,}") for hits in top["hits"]), default=1)
    return [
        f"{row['hits']:>{room},}  " + fit(f"{words.pick(row['title'], row['title_zh'])} [{row['id']}]", width - room - 2)
        for row in top.iter_rows(named=True)
    ] or [fit(words("sentence.no_hits"), width)]


def _held(run: ScreeningRun, words: Words, width: int) -> list[str]:
    if not run.counts.get("hold"):
        return []
    lines = view.gravest(run, ["hold"], ["description"], _TOP_LINES)
    hits, _ = run.hits_on(lines["line"])
    shown = lines.join(first_reasons(hits, words).select("line", "reason"), on="line", how="left", maintain_order="left")
    room = max((len(str(line)) for line in shown["line"]), default=1)
    texts = [
        f"{row['line']:>{room}}  " + fit(f"{fit(row['description'] or '', width // 3)}: {row['reason'] or ''}", width - room - 2)
        for row in shown.iter_rows(named=True)
    ]
    more = run.counts["hold"] - _TOP_LINES
    return [*texts, fit(words("sentence.more_held", n=more), width)] if more > 0 else texts


def _rejects(run: ScreeningRun, words: Words) -> str:
    first = run.rejects.row(0, named=True)
    key = "sentence.place" if first["sheet"] else "sentence.place_plain"
    place = words.phrase(key, file=Path(first["file"] or "").name, sheet=first["sheet"], row=first["row"])
    return words("sentence.rejected", rows=words.amount("rows", run.rejects.height), place=place, reason=first["reason"])


def _next_command(run: ScreeningRun, reports: Sequence[Path]) -> list[str]:
    """The words of a command, quoted for a shell."""
    whole = next((path for path in reports if path.name.lower().endswith(".json")), None)
    flagged = first_ranked(run) if reports or not run.inputs else None
    if not reports and run.inputs:
        command = [
            "screening",
            "screen",
            *(manifest.path for manifest in run.inputs),
            "-o",
            "screening.xlsx",
            "-o",
            "screening.html",
        ]
    elif flagged and whole:
        command = ["screening", "explain", flagged[0], "--run", str(whole)]
    elif flagged:
        command = ["screening", "explain", flagged[1]]
    elif run.counts.get("not_judged") and run.inputs:
        command = ["screening", "columns", run.inputs[0].path]
    else:
        command = ["screening", "rules", "list"]
    return [shlex.quote(terminal_text(word)) for word in command]
