"""The commands ``screen``, ``columns`` and ``explain``, and the group ``rules``."""

# ruff: noqa: PLC0415 - a command imports what it needs, when it needs it
from __future__ import annotations

import datetime as dt
import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from screening.cli import FINDINGS, INCOMPLETE
from screening.cli.group import Commands
from screening.cli.watchlists import watchlists_app
from screening.errors import UsageError

app = typer.Typer(
    cls=Commands,
    help="Screens manifests for export-controlled goods, misdeclared labels, diversion routes and listed parties. "
    "A tool, no legal advice.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
rules_app = typer.Typer(
    help="List, show, check, test, compare and measure the rules.", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(rules_app, name="rules")
app.add_typer(watchlists_app, name="watchlists")


class FailOn(StrEnum):
    """The outcome from which on the exit status is 1."""

    hold = "hold"
    review = "review"
    never = "never"


class LanguageOption(StrEnum):
    """Language of reports."""

    en = "en"
    zh = "zh"
    both = "both"


Rules = Annotated[list[Path] | None, typer.Option("--rules", help="Folder or file of rules to add. May be repeated.")]
Lists = Annotated[list[Path] | None, typer.Option("--watchlists", help="Folder or file of lists to add. May be repeated.")]
NoShipped = Annotated[bool, typer.Option("--no-shipped", help="Leave the shipped rules and lists out; the shipped facts stay.")]
_OUTPUT = (
    "Report to write; the suffix chooses the format: .xlsx .html .json hold the whole run, .jsonl .csv .parquet one row per hit, "
    ".lines.csv .lines.parquet one row per line; - writes JSON to standard output. May be repeated."
)
BoundBy = Annotated[
    str | None,
    typer.Option(metavar="REGIME,…", help="Whose law binds you, such as CN,EU; measures of others ask for a review at most."),
]
Law = Annotated[
    Path | None, typer.Option("--law", metavar="FILE", help="Confirmations of the state of laws by your own officer.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Lang = Annotated[LanguageOption, typer.Option("--language", help="Language of reports.")]


@app.callback(invoke_without_command=True)
def start(
    version: Annotated[bool, typer.Option("--version", help="Show the versions of program and rules, and end.")] = False,
) -> None:
    """Options before a command."""
    if version:
        from screening.content.snapshot import shipped
        from screening.version import __version__

        typer.echo(f"screening {__version__}, rules {shipped().version}")
        raise typer.Exit


@app.command()
def screen(
    manifests: Annotated[
        list[str],
        typer.Argument(metavar="MANIFEST…", help="Spreadsheets or trade messages to screen, or - for CSV on standard input."),
    ],
    output: Annotated[list[str] | None, typer.Option("-o", metavar="FILE", help=_OUTPUT)] = None,
    annotate: Annotated[
        Path | None, typer.Option(help="A copy of the workbook with risky rows filled and the reason as a comment.")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option(help="Day on which law and lists are read, such as 2026-11-21; by default each line's own.")
    ] = None,
    rules: Rules = None,
    watchlists: Lists = None,
    no_shipped: NoShipped = False,
    columns: Annotated[Path | None, typer.Option(help="A corrected column mapping, as `screening columns -o` writes it.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Screen only the sheet of this name.")] = None,
    default: Annotated[
        list[str] | None, typer.Option(metavar="FIELD=VALUE", help="Value of a column's empty cells. May be repeated.")
    ] = None,
    language: Lang = LanguageOption.en,
    bound_by: BoundBy = None,
    ownership: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A table of owner, owned, percent: firms that listed parties own.")
    ] = None,
    waivers: Annotated[Path | None, typer.Option(metavar="FILE", help="Party matches that your own people cleared.")] = None,
    law: Law = None,
    fail_on: Annotated[FailOn, typer.Option(help="Outcome from which on the exit status is 1.")] = FailOn.hold,
    quiet: Quiet = False,
) -> None:
    """Screen manifests and report risky lines with their reasons."""
    from screening.cli.screen import Request, run

    request = Request(
        manifests=manifests,
        outputs=output or [],
        annotate=annotate,
        as_of=as_of,
        rules=rules or [],
        watchlists=watchlists or [],
        shipped=not no_shipped,
        columns=columns,
        sheet=sheet,
        defaults=_defaults(default or []),
        language=language.value,
        bound_by=bound_by,
        law=law,
        waivers=waivers,
        ownership=ownership,
        quiet=quiet,
    )
    counts = run(request)
    if fail_on is not FailOn.never and (counts["hold"] or (fail_on is FailOn.review and counts["review"])):
        raise typer.Exit(FINDINGS)
    if counts["rejects"] or counts["not_judged"]:
        raise typer.Exit(INCOMPLETE)


@app.command()
def columns(
    manifest: Annotated[str, typer.Argument(help="The manifest to look at.")],
    output: Annotated[
        Path | None, typer.Option("-o", help="Write the mapping as YAML, to be corrected and passed to screen --columns.")
    ] = None,
    sheet: Annotated[str | None, typer.Option(help="Look only at the sheet of this name.")] = None,
) -> None:
    """Show how each header was read."""
    from screening.cli.columns import show_columns

    show_columns(manifest, output, sheet)


@app.command()
def explain(
    name: Annotated[str, typer.Argument(help="A rule, an instrument, an item code, a material, or with --run a hit.")],
    run: Annotated[
        Path | None, typer.Option("--run", metavar="FILE.json", help="The JSON report in which the hit stands.")
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="Day for which the state of the law is told; today by default.")] = None,
    leaves_from: Annotated[
        str | None, typer.Option("--from", metavar="COUNTRY", help="For a material: the country it leaves.")
    ] = None,
    destination: Annotated[
        str | None, typer.Option("--to", metavar="COUNTRY", help="For a material: the country it goes to.")
    ] = None,
    law: Law = None,
    rules: Rules = None,
    language: Lang = LanguageOption.en,
) -> None:
    """Explain a rule, an instrument, an item code, a material, or a hit of a finished run."""
    if run is not None:
        from screening.cli.hit import explain_hit

        typer.echo(explain_hit(name, run, language.value))
        return
    from screening.cli.explain import explain as tell

    told = tell(name, _day(as_of), rules or [], language.value, leaves_from=leaves_from, destination=destination, law=law)
    typer.echo(told)


@app.command()
def match(
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME…", help="Names to look up.", show_default=False)] = None,
    file: Annotated[
        Path | None,
        typer.Option("--names", metavar="FILE.csv", help="A CSV file of names: its column `name`, else its first one."),
    ] = None,
    output: Annotated[Path | None, typer.Option("-o", metavar="FILE", help="Write the matches as .csv or .parquet.")] = None,
    kind: Annotated[str, typer.Option(help="What bears the names: company, person, vessel or unknown.")] = "unknown",
    watchlists: Lists = None,
    no_shipped: NoShipped = False,
    language: Lang = LanguageOption.en,
) -> None:
    """Look names up in the watchlists."""
    from screening.cli.match import match_names

    found = match_names(names or [], file, output, kind, watchlists or [], shipped=not no_shipped, language=language.value)
    if found:
        raise typer.Exit(FINDINGS)


@rules_app.command("list")
def rules_list(
    family: Annotated[str | None, typer.Option(help="Only this family.")] = None,
    rules: Rules = None,
    no_shipped: NoShipped = False,
    language: Lang = LanguageOption.en,
) -> None:
    """List every rule that is applied: id, family, what it asks for, title."""
    from screening.cli.rules import rule_rows

    for row in rule_rows(rules or [], shipped=not no_shipped, language=language.value):
        if family is None or row[1] == family:
            typer.echo("\t".join(row))


@rules_app.command("show")
def rules_show(
    rule: Annotated[str, typer.Argument(help="Id of a rule.")],
    rules: Rules = None,
) -> None:
    """Show a rule as it stands in its file."""
    from screening.cli.rules import source_of

    typer.echo(source_of(rule, rules or []))


@rules_app.command("check")
def rules_check(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(help="Folders or files to check together with the shipped content; that alone by default."),
    ] = None,
    as_of: Annotated[str | None, typer.Option(help="Warn about what was last verified too long before this day.")] = None,
) -> None:
    """Check rules and lists: every problem with file and line, and warnings on what is most likely not meant."""
    from screening.cli.rules import check_content

    warnings, told = check_content(folders or [], _day(as_of) if as_of else None)
    for warning in warnings:
        typer.echo(warning, err=True)
    typer.echo(told)


@rules_app.command("test")
def rules_test(
    only: Annotated[str, typer.Argument(help="Beginning of the rule ids to test; all by default.")] = "",
    rules: Rules = None,
) -> None:
    """Run the examples that stand inside the rules."""
    from screening.cli.rules import test_rules

    text, failed = test_rules(only, rules or [])
    typer.echo(text)
    if failed:
        raise typer.Exit(FINDINGS)


_CONTENT = "`shipped`, a folder that holds a whole content (rules and watchlists), or rules added to the shipped ones."


@rules_app.command("diff")
def rules_diff(
    old: Annotated[str, typer.Argument(help=f"The content as it was: {_CONTENT}")],
    new: Annotated[str, typer.Argument(help="The content as it is to be, named in the same way.")],
    on: Annotated[list[str], typer.Option("--on", metavar="MANIFEST", help="Manifest to screen with both. May be repeated.")],
    as_of: Annotated[str | None, typer.Option(help="Day on which law and lists are read, for all lines.")] = None,
    bound_by: BoundBy = None,
) -> None:
    """Show on which lines of a manifest two contents differ."""
    from screening.cli.rules import diff_rules

    text, differs = diff_rules(old, new, on, as_of, bound_by)
    typer.echo(text)
    if differs:
        raise typer.Exit(FINDINGS)


@rules_app.command("pages")
def rules_pages(
    folder: Annotated[Path, typer.Option("-o", metavar="DIR", help="Folder that is to hold the pages.")],
    rules: Rules = None,
    no_shipped: NoShipped = False,
) -> None:
    """Write a page to read for every instrument and every rule."""
    from screening.cli.rules import write_rule_pages

    typer.echo(write_rule_pages(folder, rules or [], shipped=not no_shipped))


@rules_app.command("profile")
def rules_profile(
    manifests: Annotated[list[str], typer.Argument(metavar="MANIFEST…", help="Manifests to screen.")],
    rules: Rules = None,
    no_shipped: NoShipped = False,
) -> None:
    """Show what each rule costs on a manifest and how often it hits."""
    from screening.cli.rules import profile_rules

    typer.echo(profile_rules(manifests, rules or [], shipped=not no_shipped))


def _defaults(pairs: list[str]) -> dict[str, str]:
    defaults = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise UsageError(f"--default takes FIELD=VALUE, such as export_country=CN; {pair!r} has no '='.")
        defaults[name.strip()] = value.strip()
    return defaults


def _day(text: str | None) -> dt.date:
    if text is None:
        return dt.date.today()
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a day; write it as 2026-11-21.") from None


def colour() -> bool:
    """Whether standard output is a terminal that takes colour (NO_COLOR and TERM=dumb are respected)."""
    return sys.stdout is not None and sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
