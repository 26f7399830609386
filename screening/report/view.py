"""What several formats show, prepared once: hits with their lines, first reasons, coverage, routes, open questions.

Everything is computed on frames; nothing here knows a file format.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.plaindata import record
from screening.results import APART, DERIVED
from screening.terms import COLUMNS, EXTRA, OUTCOMES, ROLES, Kind, Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from screening.report.words import Words
    from screening.results import ScreeningRun
    from screening.terms import SheetReading

RANK = {"hold": 0, "review": 1, "note": 2}
"""Order of actions, the gravest first."""

OUTCOME_RANK = {outcome: rank for rank, outcome in enumerate(OUTCOMES)}

INPUTS_OF = {
    "density_t_m3": ("net_kg", "gross_kg", "volume_m3"),
    "unit_price_usd_kg": ("value", "value_usd", "net_kg"),
    "value_usd": ("value", "value_usd"),
    "kg_per_package": ("net_kg", "gross_kg", "packages"),
    "tare_ratio": ("net_kg", "gross_kg"),
    "hs6": ("hs_code",),
    "materials": ("description",),
    "label": ("description",),
    "leaves_from": ("export_country", "loading_port"),
}
"""Columns of the manifest that a derived value was computed from: these are the cells to look at."""


def pieces(run: ScreeningRun, columns: Sequence[str], rows: int = 20_000) -> Iterator[pl.DataFrame]:
    """The lines in order, at most ``rows`` at a time and not beyond where a piece of hits ends.

    A carried-through column that a part does not have is null there.
    """
    for part in run.line_parts:
        frame = part.lazy()
        known = set(frame.collect_schema().names())
        wanted = dict.fromkeys(columns)
        held = frame.select(pl.col(name) if name in known else pl.lit(None, pl.String).alias(name) for name in wanted).collect()
        starts = held["line"].search_sorted(pl.Series(run.hit_starts, dtype=pl.UInt32)).to_list()
        ends = {*range(0, held.height, rows), *starts, held.height}
        for start, end in pairwise(sorted(ends)):
            yield held[start:end]


def over_pieces(run: ScreeningRun, query: pl.LazyFrame) -> pl.DataFrame:
    """What a query that leaves little of all lines or hits comes to; several pieces are read one after the other."""
    return query.collect(engine="streaming" if len(run.line_parts) > 1 else "auto")


def text_column(name: str, words: Words) -> pl.Expr:
    """The text column ``name`` of a frame that also has ``<name>_zh``, in the language of ``words``."""
    english, chinese = pl.col(name), pl.col(f"{name}_zh")
    chinese = pl.when(chinese.str.len_chars() > 0).then(chinese)
    if words.language == "zh":
        return pl.coalesce(chinese, english).alias(name)
    if words.language == "both":
        return pl.coalesce(pl.concat_str([english, chinese], separator=" / "), english, chinese).alias(name)
    return english.alias(name)


def regime_text(words: Words) -> pl.Expr:
    """The regime of a hit; where it is foreign to the user, with a word that says so."""
    foreign = pl.concat_str("regime", pl.lit(f" ({words('head.foreign')})"))
    return pl.when(pl.col("foreign").fill_null(False)).then(foreign).otherwise("regime").alias("regime")


def some_lines(run: ScreeningRun, lines: pl.Series, columns: Sequence[str]) -> pl.DataFrame:
    """Some lines by their numbers, by line; ``columns`` besides ``line``."""
    if not run.line_parts:
        return _no_lines(["line", *columns])
    found = run.lines_on(lines)
    known = set(found.collect_schema().names())
    wanted = [name for name in dict.fromkeys(["line", *columns]) if name in known]
    return found.select(wanted).with_columns(APART).collect().sort("line")


def filled_columns(run: ScreeningRun) -> list[str]:
    """Columns of the manifest that hold something in at least one line: canonical ones in order, then ``extra.*``."""
    found: set[str] = set()
    order: list[str] = list(COLUMNS)
    for part in run.iter_lines():
        order += [name for name in part.columns if name.startswith(EXTRA) and name not in order]
        open_names = [name for name in order if name not in found and name in part.columns]
        if not open_names or not part.height:
            continue
        row = part.select(
            (pl.col(name).list.len() > 0).any() if part.schema[name] == pl.List(pl.String) else pl.col(name).is_not_null().any()
            for name in open_names
        ).row(0)
        found |= {name for name, holds in zip(open_names, row, strict=True) if holds}
    return [name for name in order if name in found]


def parties(words: Words) -> pl.Expr:
    """One text per line naming every party with its role: ``Consignee: ACME (US)``, one below the other."""
    texts = []
    for role in ROLES:
        country = pl.when(pl.col(f"{role}_country").is_not_null()).then(
            pl.concat_str(pl.lit(" ("), f"{role}_country", pl.lit(")"))
        )
        texts.append(
            pl.when(pl.col(f"{role}_name").is_not_null()).then(
                pl.concat_str(pl.lit(f"{words.of('role', role)}: "), f"{role}_name", country.fill_null(""))
            )
        )
    return pl.concat_list(texts).list.drop_nulls().list.join("\n").alias("parties")


def party_columns() -> list[str]:
    """The columns that ``parties`` reads."""
    return [f"{role}_{part}" for role in ROLES for part in ("name", "country")]


def route() -> pl.Expr:
    """One text per line: ``CN → HK → AE``, from the country left over transit to the destination."""
    stops = pl.concat_list(
        pl.coalesce("leaves_from", "export_country").fill_null("?"),
        pl.col("transit_countries").fill_null(pl.lit([], dtype=pl.List(pl.String))),
        pl.coalesce("destination_country", "consignee_country").fill_null("?"),
    )
    return stops.list.eval(pl.element().filter(pl.element().rle_id().is_first_distinct())).list.join(" → ").alias("route")


ROUTE_COLUMNS = ["leaves_from", "export_country", "transit_countries", "destination_country", "consignee_country"]


def citation_text(words: Words) -> pl.Expr:
    """The list column ``citations`` as text, one source per line: source, section, what was read, address."""
    item = pl.element()
    read = item.struct.field("read_in").replace(words.table("read_in"))
    pieces = [item.struct.field("source"), item.struct.field("section"), read, item.struct.field("url")]
    texts = pl.concat_list([pl.when(piece.str.len_chars() > 0).then(piece) for piece in pieces])
    return pl.col("citations").list.eval(texts.list.drop_nulls().list.join(", ")).list.join("\n").alias("citations")


def coverage(run: ScreeningRun) -> pl.DataFrame:
    """What could not be judged: ``rule, title, title_zh, missing, lines`` (their number)``, gaps``, most lines first."""
    told = run.gaps.with_columns(pl.col("missing").list.sort()).join(_lines_of_gaps(run.scan_gaps()), on="gap")
    return (
        told.group_by("rule", "missing")
        .agg(pl.col("lines").sum(), pl.col("gap").sort().alias("gaps"))
        .join(run.rules.select("id", "title", "title_zh").rename({"id": "rule"}), on="rule", how="left")
        .sort(pl.col("lines").cast(pl.Int64) * -1, "rule", pl.col("missing").list.join(","))
        .select("rule", "title", "title_zh", "missing", "lines", "gaps")
    )


def line_numbers(run: ScreeningRun, gaps: Sequence[Sequence[int]], most: int = 2_000) -> list[str]:
    """For each of several lists of gaps the numbers of the lines that have one of them, as ``ranges`` tells them."""
    told: dict[tuple[int, ...], str] = {}
    lines = run.scan_gaps()
    for each in map(tuple, gaps):
        if each not in told:
            told[each] = ranges(lines.filter(pl.col("gap").is_in(each)).select("line").collect().to_series(), most)
    return [told[tuple(each)] for each in gaps]


def _lines_of_gaps(lines: pl.LazyFrame) -> pl.DataFrame:
    return lines.group_by("gap").agg(pl.len().alias("lines")).collect()


def missing_fields(run: ScreeningRun, only_outcome: bool = False) -> list[tuple[str, int]]:
    """Missing columns with the number of lines that lack them, most first; ``only_outcome``: of lines not judged."""
    lines = run.scan_gaps()
    if only_outcome and run.line_parts:
        open_ = run.scan_lines().filter(pl.col("outcome") == "not_judged").select("line")
        lines = lines.join(open_, on="line", how="semi")
    named = run.gaps.explode("missing").select("gap", "missing").drop_nulls().unique()
    counted = named.join(_lines_of_gaps(lines), on="gap").group_by("missing").agg(pl.col("lines").sum())
    return [(str(name), int(n)) for name, n in counted.sort(pl.col("lines").cast(pl.Int64) * -1, "missing").iter_rows()]


@record
class Question:
    """An instrument whose state a person must confirm."""

    instrument: str
    note: Text
    hits: int


def questions(run: ScreeningRun) -> list[Question]:
    """Instruments, and notices that list parties, that hits rest on and whose status is unconfirmed, most hits first."""
    notes = (pl.coalesce("instrument", "rule").alias("instrument"), "status_note", "status_note_zh")
    told = run.scan_hits().filter(pl.col("status") == "unconfirmed").group_by(notes).agg(pl.len().alias("hits"))
    found = (
        over_pieces(run, told)
        .sort("instrument", "status_note", "status_note_zh", nulls_last=True)
        .group_by("instrument", maintain_order=True)
        .agg(pl.col("status_note", "status_note_zh").first(), pl.col("hits").sum())
        .sort(pl.col("hits").cast(pl.Int64) * -1, "instrument")
    )
    return [Question(name, Text(note or "", note_zh or ""), hits) for name, note, note_zh, hits in found.iter_rows()]


def question_sentences(run: ScreeningRun, words: Words) -> list[str]:
    """The open questions of law as sentences, one for each text whose state is unconfirmed."""
    return [
        words(
            "sentence.question",
            instrument=question.instrument,
            note=question.note,
            hits=words.amount("rests", question.hits),
        )
        for question in questions(run)
    ]


def ranges(numbers: pl.Series, most: int = 2_000) -> str:
    """Sorted line numbers as text, runs of them joined: ``5, 10–12``; an ellipsis after ``most`` runs."""
    frame = pl.DataFrame({"n": numbers.cast(pl.Int64)})
    runs = frame.group_by((pl.col("n") - pl.int_range(pl.len())).alias("run")).agg(
        pl.col("n").min().alias("first"), pl.col("n").max().alias("last")
    )
    pairs = runs.sort("first").head(most + 1).select("first", "last").rows()
    texts = [str(first) if first == last else f"{first}–{last}" for first, last in pairs]
    return ", ".join(texts[:most]) + (", …" if len(texts) > most else "")


def watchlists(run: ScreeningRun) -> pl.DataFrame:
    """The lists searched, with ``list`` and ``list_date`` for id and date, and ``age``: days between date and screening."""
    return run.watchlists.rename({"id": "list", "date": "list_date"}).with_columns(
        (pl.lit(run.meta.started.date()) - pl.col("list_date")).dt.total_days().alias("age")
    )


def reading_sentences(sheet: SheetReading, words: Words) -> list[str]:
    """How one sheet was read, in one sentence."""
    skipped = ", ".join(f"{words.of('skipped', kind)} {count:,}" for kind, count in sheet.skipped.items() if count)
    return [
        words(
            "sentence.sheet_read",
            sheet=sheet.name or "–",
            header=words.phrase("sentence.no_header") if sheet.header_row is None else str(sheet.header_row),
            lines=words.amount("lines", sheet.lines),
            rejects=words.amount("rejects", sheet.rejects),
            skipped=skipped or words.phrase("sentence.nothing_skipped"),
        )
    ]


def held_by(run: ScreeningRun) -> dict[str, int]:
    """Held lines by what they stand on: ``{"law": …, "red_flag": …}``."""
    if not run.line_parts:
        return {"law": 0, "red_flag": 0}
    held = run.scan_lines().filter(pl.col("outcome") == "hold").select(pl.col("stands_on").fill_null("law")).collect().to_series()
    return {kind: int((held == kind).sum()) for kind in ("law", "red_flag")}


def gravest(run: ScreeningRun, outcomes: Sequence[str], columns: Sequence[str], most: int | None = None) -> pl.DataFrame:
    """Lines with one of ``outcomes``, gravest first, then by score; ``columns`` besides ``line, outcome, score``."""
    wanted = list(dict.fromkeys(["line", "outcome", "score", *columns]))
    if not run.line_parts:
        return _no_lines(wanted)

    def first(lines: pl.DataFrame) -> pl.DataFrame:
        rank = pl.col("outcome").replace_strict(OUTCOME_RANK, default=9, return_dtype=pl.UInt8)
        lines = lines.sort(rank, pl.col("score").fill_null(0) * -1, "line")
        return lines if most is None else lines.head(most)

    found: list[pl.DataFrame] = []
    for part in run.line_parts:
        known = part.lazy().collect_schema().names()
        chosen = part.lazy().filter(pl.col("outcome").is_in(list(outcomes))).select(name for name in wanted if name in known)
        found.append(chosen.with_columns(APART).collect())
        if most is not None:
            found = [first(pl.concat(found, how="diagonal_relaxed"))]
    return first(pl.concat(found, how="diagonal_relaxed"))


def flagged_by(run: ScreeningRun, *columns: str | pl.Expr) -> pl.DataFrame:
    """The number, ``n``, of lines that are held or to be reviewed, for each combination of ``columns``."""
    found = run.scan_lines().filter(pl.col("outcome").is_in(["hold", "review"])).select(columns)
    return over_pieces(run, found.group_by(pl.all()).agg(pl.len().alias("n")))


def scope_sentences(run: ScreeningRun, words: Words) -> list[str]:
    """The sentences on what was not checked, in the language asked for."""
    return _in_language(run.meta.scope, run.meta.scope_zh, words)


def confirmation_sentences(run: ScreeningRun, words: Words) -> list[str]:
    """The sentences on law that the user's own officer confirmed, in the language asked for."""
    return _in_language(run.meta.confirmations, run.meta.confirmations_zh, words)


def _in_language(english: list[str], chinese: list[str], words: Words) -> list[str]:
    if words.language == "zh":
        return list(chinese or english)
    if words.language == "both" and len(english) == len(chinese):
        return [words.pick(*pair) for pair in zip(english, chinese, strict=True)]
    return [*english, *(chinese if words.language == "both" else ())]


def within(run: ScreeningRun, words: Words) -> str:
    """The half sentence beside "no findings": how many rules and lists, and how far the law is known."""
    day = run.meta.law_known_to
    return words(
        "sentence.within_scope",
        rules=words.amount("rules", run.rules.height),
        lists=words.amount("lists", run.watchlists.height),
        day=day.isoformat() if day else words.phrase("run.not_known"),
    )


def _no_lines(columns: Sequence[str]) -> pl.DataFrame:
    """A lines frame without rows, for a run that has none."""
    kinds: dict[str, Any] = {name: pl.Float64 for name, kind in COLUMNS.items() if kind == Kind.NUMBER}
    kinds |= DERIVED | {"line": pl.UInt32, "row": pl.UInt32, "score": pl.Float64, "transit_countries": pl.List(pl.String)}
    return pl.DataFrame(schema={name: kinds.get(name, pl.String) for name in dict.fromkeys(columns)})


def screened(run: ScreeningRun, words: Words) -> str:
    """How much was screened, in one sentence without a full stop; shipments only where there are any."""
    shipments = run.counts.get("shipments", 0)
    return words(
        "sentence.screened" if shipments else "sentence.screened_lines",
        files=words.amount("files", len(run.inputs)),
        sheets=words.amount("sheets", sum(len(manifest.sheets) for manifest in run.inputs)),
        lines=words.amount("lines", run.counts.get("lines", 0)),
        shipments=words.amount("shipments", shipments),
    )


def settings_rows(settings: object, prefix: str = "") -> list[tuple[str, str]]:
    """All settings as rows of dotted name and text, in the order given."""
    if isinstance(settings, dict):
        rows = [row for key, value in settings.items() for row in settings_rows(value, f"{prefix}.{key}" if prefix else str(key))]
        return rows or ([(prefix, "")] if prefix else [])
    if isinstance(settings, list | tuple | set | frozenset):
        values = sorted(settings, key=str) if isinstance(settings, set | frozenset) else settings
        return [(prefix, ", ".join(str(value) for value in values))]
    return [(prefix, "" if settings is None else str(settings))]
