"""The command ``match``: names against the lists."""

# ruff: noqa: PLC0415 - a command imports what it needs, when it needs it
from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import typer

from screening.errors import UsageError
from screening.report.atomic import destination, whole
from screening.report.safe import plain
from screening.terms import InputReading

if TYPE_CHECKING:
    from pathlib import Path


def match_names(
    names: list[str], file: Path | None, output: Path | None, kind: str, watchlists: list[Path], *, shipped: bool, language: str
) -> int:
    """Look names up and print or write what was found.

    Returns:
        How many names match at level ``hit``.

    Raises:
        UsageError: no name was given, or a file cannot be read or written as asked.
    """
    from screening.screener import Screener

    if output is not None and output.suffix not in (".csv", ".parquet"):
        raise UsageError(f"{output}: matches are written as .csv or .parquet.")
    target = destination(output, [InputReading(str(file), "")] if file else []) if output is not None else None
    asked = [*names, *(_names_of(file) if file else [])]
    if not asked:
        raise UsageError("Give names to look up, or a file of names with --names.")
    found = Screener(watchlists=watchlists, shipped=shipped).match_parties(asked, kind=kind)  # type: ignore[arg-type]
    if target is None:
        _show(found, asked, language)
    else:
        with whole(target) as part:
            found.write_csv(part) if target.suffix == ".csv" else found.write_parquet(part)
    counts = {level: found.filter(pl.col("level") == level)["query"].n_unique() for level in ("hit", "review")}
    typer.echo(f"{len(set(asked))} names: {counts['hit']} with a hit, {counts['review']} to review", err=True)
    return counts["hit"]


def _names_of(file: Path) -> list[str]:
    try:
        table = pl.read_csv(file, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise UsageError(f"{file}: cannot be read as CSV: {str(error).splitlines()[0]}") from None
    column = next((c for c in table.columns if c.strip().lower() == "name"), table.columns[0])
    return [name.strip() for name in table[column].drop_nulls().to_list() if name.strip()]


def _show(found: pl.DataFrame, asked: list[str], language: str) -> None:
    by_name = {str(name): rows for (name,), rows in found.group_by("query", maintain_order=True)}
    for name in dict.fromkeys(asked):
        typer.echo(plain(name))
        rows = by_name.get(name)
        if rows is None:
            typer.echo("  -")
            continue
        for row in rows.iter_rows(named=True):
            typer.echo(f"  {row['level']:6} {row['score']:.2f}  {plain(row['listed_name'])}  [{row['list']} {row['entry_id']}]")
            said = {"en": row["explanation"], "zh": row["explanation_zh"]}
            for sentence in said.values() if language == "both" else [said[language]]:
                typer.echo(f"         {plain(sentence)}")
