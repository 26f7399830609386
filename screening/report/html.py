"""The page: one self-contained file to read on any screen and to print; it needs no scripts and loads nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.report import pictures, view
from screening.report.hits import first_reasons, in_language, ranked
from screening.report.safe import page_environment, web_address
from screening.terms import COLUMNS, EXTRA, OUTCOMES, POSITION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.report.words import Words
    from screening.results import ScreeningRun

CARD_LIMIT = 2_000
"""Flagged lines shown as cards; a browser stays quick with that many."""

_ROW_LIMIT = 500
"""Rows of the tables of notes, rejects and coverage."""

_MEASURES = (
    "materials",
    "label",
    "unit_price_usd_kg",
    "density_t_m3",
    "kg_per_package",
    "tare_ratio",
    "leaves_from",
    "line_date",
)
"""Derived columns shown among a line's facts."""


def write_html(run: ScreeningRun, path: Path, words: Words, *, card_limit: int = CARD_LIMIT) -> None:
    """Write the page to ``path``; at most ``card_limit`` flagged lines become cards, and the page says so."""
    template = page_environment().get_template("report.html.jinja")
    flagged = run.counts.get("hold", 0) + run.counts.get("review", 0)
    notes, noted = _notes(run, words)
    with path.open("w", encoding="utf-8", newline="\n") as page:
        page.writelines(
            template.generate(
                run=run,
                screened=view.screened(run, words),
                meta=run.meta,
                words=words,
                lang="zh-CN" if words.language == "zh" else "en",
                counts=[(outcome, run.counts.get(outcome, 0)) for outcome in OUTCOMES],
                held=words("sentence.held", **view.held_by(run)) if run.counts.get("hold") else "",
                within=view.within(run, words),
                as_of=run.meta.as_of.isoformat() if run.meta.as_of else words("run.own_dates"),
                law_known_to=run.meta.law_known_to.isoformat() if run.meta.law_known_to else words("run.not_known"),
                scope=view.scope_sentences(run, words) or [words("sentence.scope_fallback")],
                questions=view.question_sentences(run, words),
                confirmations=view.confirmation_sentences(run, words),
                outcome_bar=pictures.outcome_bar(run),
                family_bars=pictures.family_bars(run, words),
                rule_bars=pictures.rule_bars(run, words),
                flow=pictures.flow(run, words("sentence.other")),
                timeline=pictures.timeline(run),
                width=pictures.WIDTH,
                flagged=flagged,
                shown=min(flagged, card_limit),
                cards=_cards(run, words, card_limit),
                opened=flagged <= 40,
                notes=notes,
                noted=noted,
                coverage=_coverage(run, words),
                coverage_total=view.coverage(run).height,
                rejects=_rejects(run),
                rules=_rules(run, words),
                watchlists=view.watchlists(run).rows(named=True),
                reading=[
                    (manifest, [(part, view.reading_sentences(part, words)) for part in manifest.sheets])
                    for manifest in run.inputs
                ],
                settings=view.settings_rows(run.meta.settings),
                row_limit=_ROW_LIMIT,
                web_address=web_address,
            )
        )


def _cards(run: ScreeningRun, words: Words, limit: int) -> Iterator[dict[str, Any]]:
    """The flagged lines, gravest first, each with its facts and hits."""
    every = [*COLUMNS, "file", "sheet", "row", "shipment", "stands_on", *_MEASURES]
    known = run.scan_lines().collect_schema().names() if run.line_parts else []
    extra = [name for name in known if name.startswith(EXTRA)]
    lines = view.gravest(run, ["hold", "review"], [name for name in [*every, *extra] if name in known], limit)
    if lines.is_empty():
        return
    of_lines, of_hits = run.hits_on(lines["line"])
    hits = in_language(ranked(of_lines, lines), words).partition_by("line", as_dict=True, maintain_order=True)
    evidence = of_hits.partition_by("line", "hit", as_dict=True, maintain_order=True)
    missing = run.not_judged_on(lines["line"]).explode("missing").select("line", "missing").unique()
    lacks = {line: sorted(names) for line, names in missing.group_by("line").agg("missing").iter_rows()}
    for line in lines.iter_rows(named=True):
        own = hits.get((line["line"],))
        found = own.rows(named=True) if own is not None else []
        for hit in found:
            proof = evidence.get((line["line"], hit["id"]))
            hit["evidence"] = proof.rows(named=True) if proof is not None else []
            hit["documents"] = [words.document(name, run.meta.documents) for name in hit["documents"] or []]
        yield {
            "line": line,
            "hits": found,
            "place": _place(line, words),
            "facts": [
                (words.field(name), _shown(line[name])) for name in [*COLUMNS, *_MEASURES, *extra] if _shown(line.get(name))
            ],
            "missing": words.fields(lacks.get(line["line"], [])),
        }


def _place(line: dict[str, Any], words: Words) -> str:
    if position := line.get(EXTRA + POSITION):  # a trade message has no rows
        sheet = [] if position.startswith(line["sheet"]) else [line["sheet"]]
        return ", ".join([Path(line["file"] or "").name, *sheet, position])
    key = "sentence.place" if line["sheet"] else "sentence.place_plain"
    return words(key, file=Path(line["file"] or "").name, sheet=line["sheet"], row=str(line["row"]))


def _shown(value: object) -> str:
    """A value of a line as text: thousands separated, no needless zeros, lists joined."""
    if value is None:
        return ""
    if isinstance(value, float):
        text = f"{value:,.4f}".rstrip("0").rstrip(".")
        return text if text != "0" or value == 0 else f"{value:.3g}"
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _notes(run: ScreeningRun, words: Words) -> tuple[list[dict[str, Any]], int]:
    """The first lines without further findings that carry a note, with the gravest note's reason; and how many there are."""
    shown: list[dict[str, Any]] = []
    count = 0
    for part in run.hit_parts:
        numbers = part.lazy().select("line").collect().to_series()
        lines = view.some_lines(run, numbers, ["outcome", "description"])
        quiet = lines.filter(~pl.col("outcome").is_in(["hold", "review"]))
        count += quiet.height
        if (wanted := quiet.head(_ROW_LIMIT - len(shown))).height:
            hits, _ = run.hits_on(wanted["line"])
            shown += first_reasons(hits, words).join(wanted, on="line", maintain_order="left").rows(named=True)
    return shown, count


def _coverage(run: ScreeningRun, words: Words) -> list[dict[str, Any]]:
    rows = view.coverage(run).with_columns(view.text_column("title", words)).head(_ROW_LIMIT)
    numbers = view.line_numbers(run, rows["gaps"].to_list(), 12)
    return [
        row | {"missing": words.fields(row["missing"] or []), "numbers": shown}
        for row, shown in zip(rows.iter_rows(named=True), numbers, strict=True)
    ]


def _rejects(run: ScreeningRun) -> list[dict[str, Any]]:
    shown = run.rejects.head(_ROW_LIMIT).rows(named=True)
    return [row | {"cells": " | ".join(cell or "" for cell in row["cells"] or [])} for row in shown]


def _rules(run: ScreeningRun, words: Words) -> list[dict[str, Any]]:
    ordered = run.rules.sort(pl.col("hits").cast(pl.Int64) * -1, "id").with_columns(view.text_column("title", words))
    return ordered.rows(named=True)
