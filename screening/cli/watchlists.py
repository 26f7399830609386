"""The group ``watchlists``: import published lists, list and check what is there, tell changes, fetch new versions."""

# ruff: noqa: PLC0415 - a command imports what it needs, when it needs it
from __future__ import annotations

import datetime as dt
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from screening.cli import FAILED, FINDINGS
from screening.cli.progress import Bars
from screening.errors import ContentError, ListError, UsageError

if TYPE_CHECKING:
    from screening.content.listmodels import Watchlist
    from screening.parties.comparing import Change
    from screening.parties.updating import Update

watchlists_app = typer.Typer(
    help="Import, list, check, compare and update lists of parties.", no_args_is_help=True, rich_markup_mode=None
)

Folder = Annotated[Path, typer.Option("-o", metavar="DIR", help="Folder of the lists; pass it to screen --watchlists.")]
Folders = Annotated[
    list[Path] | None, typer.Argument(metavar="DIR…", help="Folders or files of lists, besides the shipped ones.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Accept = Annotated[bool, typer.Option("--accept", help="Also where the list is older or much smaller than the one in use.")]
_SHOWN = 40
_IMPORTING = "Importing"


@watchlists_app.command("import")
def import_(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Files as published, packed with gzip or not; those of one list together."),
    ],
    folder: Folder,
    list_id: Annotated[
        str, typer.Option("--list", metavar="ID", help="Which list it is; for a list of your own, the id it gets.")
    ] = "",
    title: Annotated[str, typer.Option(help="Title of a list of your own.")] = "",
    publisher: Annotated[str, typer.Option(help="Who keeps a list of your own.")] = "",
    effect: Annotated[str, typer.Option(help="What a match asks for: a row of decision.yaml under parties.")] = "",
    regime: Annotated[str, typer.Option(help="Whose law it carries out, such as US; OWN for your own.")] = "",
    date: Annotated[str, typer.Option(help="Day of the list, where the files do not say it.")] = "",
    accept: Accept = False,
    quiet: Quiet = False,
) -> None:
    """Read lists as published, check them, and write them in the program's own form."""
    from screening.content.snapshot import shipped
    from screening.parties.importing import Choices, import_files
    from screening.parties.updating import keep

    content = shipped()
    choices = Choices(list_id=list_id, title=title, publisher=publisher, effect=effect, regime=regime, date=_day(date))
    with Bars({_IMPORTING: "files"}, quiet=quiet) as bars:
        bars.tell(_IMPORTING, 0)
        kept = keep(folder, import_files(files, content, choices), content, accept=accept)
    _tell(kept)


@watchlists_app.command("list")
def list_(folders: Folders = None) -> None:
    """List the shipped lists and those of DIR: id, day, entries, regime, effect, title."""
    for watchlist in _lists(folders or [])[0]:
        row = (
            watchlist.id,
            str(watchlist.date or "-"),
            f"{len(watchlist.entries)}",
            watchlist.regime,
            watchlist.effect,
            watchlist.title.en,
        )
        typer.echo("\t".join(row))


@watchlists_app.command()
def check(folders: Folders = None) -> None:
    """Check the shipped lists and those of DIR: whole, how old, what the import could not use."""
    from screening.content.snapshot import shipped

    limit = int(shipped().decision["verification_warning_days"])
    found, broken = _lists(folders or [])
    old = 0
    for watchlist in found:
        age, most = _age(watchlist), watchlist.stale_after_days or limit
        state = "no day" if age is None else f"OLD: {age} days, more than {most}" if age > most else f"{age} days"
        old += age is None or age > most
        counted = {what: count for what, count in watchlist.counts.items() if count and what not in ("entries", "names")}
        counts = "".join(f"; {count:,} {what}" for what, count in counted.items())
        typer.echo(f"{watchlist.id}: {len(watchlist.entries):,} entries, as of {watchlist.verified_on or '-'} ({state}){counts}")
        for problem in watchlist.problems:
            typer.echo(f"  {problem}")
    for problem in broken:
        typer.echo(problem, err=True)
    if broken:
        raise typer.Exit(FAILED)
    if old:
        raise typer.Exit(FINDINGS)


@watchlists_app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="A list file, the older version.")],
    new: Annotated[Path, typer.Argument(help="A list file, the newer version.")],
    everything: Annotated[bool, typer.Option("--all", help=f"Every change; by default the first {_SHOWN} of a kind.")] = False,
    output: Annotated[Path | None, typer.Option("-o", help="A folder for a list of what was added or changed.")] = None,
) -> None:
    """Tell which entries were added, removed and changed between two versions of a list."""
    from screening.content.listfile import write_list
    from screening.parties.comparing import changes, what_changed

    first, second = _one(old), _one(new)
    found = changes(first, second)
    counts = {what: [change for change in found if change.what == what] for what in ("added", "removed", "changed")}
    typer.echo(
        f"{first.id} of {first.date} ({len(first.entries):,} entries) to {second.id} of {second.date} ({len(second.entries):,})"
    )
    typer.echo(", ".join(f"{len(group):,} {what}" for what, group in counts.items()))
    for group in counts.values():
        shown = group if everything else group[:_SHOWN]
        for change in shown:
            typer.echo(_change(change))
        if len(group) > len(shown):
            typer.echo(f"  and {len(group) - len(shown):,} more {group[0].what}; --all shows them")
    if output is not None:
        typer.echo(f"written: {write_list(what_changed(first, second, found), output)}")


@watchlists_app.command()
def show(
    list_id: Annotated[str, typer.Argument(metavar="LIST", help="Id of a list.")],
    entry_id: Annotated[str, typer.Argument(metavar="ENTRY", help="Id of an entry, as the evidence of a hit names it.")],
    folders: Folders = None,
) -> None:
    """Show an entry as it stands in a list, with the hash to which a waiver is bound."""
    from screening.content.snapshot import to_plain
    from screening.content.waivers import entry_hash

    found = [watchlist for watchlist in _lists(folders or [])[0] if watchlist.id == list_id]
    if not found:
        raise UsageError(f"There is no list {list_id!r}; name the folder it is in.")
    entry = next((entry for entry in found[0].entries if entry.id == entry_id), None)
    if entry is None:
        raise UsageError(f"{list_id} has no entry {entry_id!r}; the evidence of a hit names list and entry.")
    for name, value in to_plain(entry).items():
        typer.echo(f"{name}: {'; '.join(map(str, value)) if isinstance(value, list) else value}")
    notice = found[0].notices.get(entry.instrument)
    if notice:
        typer.echo(f"notice: {notice.number}, {notice.url}")
    typer.echo(f"entry_hash: {entry_hash(entry)}")


@watchlists_app.command()
def update(
    folder: Folder,
    lists: Annotated[
        list[str] | None, typer.Argument(metavar="LIST…", help="Ids of published lists; those in DIR by default.")
    ] = None,
    address: Annotated[
        list[str] | None,
        typer.Option("--from", metavar="URL", help="Another address than the publisher's. May be repeated, for one list."),
    ] = None,
    accept: Accept = False,
    quiet: Quiet = False,
) -> None:
    """Fetch lists from their publishers; a list in use is replaced only by a whole one."""
    from screening.content.snapshot import shipped
    from screening.parties.updating import to_fetch
    from screening.parties.updating import update as fetch

    content = shipped()
    names = lists or to_fetch(_lists([folder], shipped_too=False)[0], content)
    if address and len(names) != 1:
        raise UsageError("--from names the files of one list; name the list.")
    if not names:
        ids = ", ".join(ident for ident, source in content.list_sources.items() if source.downloads)
        raise UsageError(f"{folder} holds no list that can be fetched; name one of {ids}.")
    failed = False
    for name in names:
        try:
            with Bars({name: "bytes"}, quiet=quiet) as bars:
                fetched = fetch(name, folder, content, address, accept=accept, progress=partial(bars.tell, name))
            _tell(fetched)
        except ListError as error:
            typer.echo(f"screening: {error}", err=True)
            failed = True
        except typer.Exit:
            failed = True
    if failed:
        raise typer.Exit(FAILED)


def _lists(folders: list[Path], *, shipped_too: bool = True) -> tuple[list[Watchlist], list[str]]:
    """The lists that can be read, by id, and what is wrong with the others."""
    from screening.content.listfile import list_files, with_folders
    from screening.content.snapshot import shipped

    content = shipped()
    found = list(content.watchlists.values()) if shipped_too else []
    broken: list[str] = []
    for folder in folders:
        if not folder.exists():
            broken.append(f"{folder}: does not exist; name a folder or file of lists")
        for path in list_files(folder) or ([folder] if folder.exists() else []):
            try:
                own = with_folders([path], content).watchlists
            except ContentError as error:
                broken += [str(problem) for problem in error.problems]
            else:
                found += [watchlist for ident, watchlist in own.items() if ident not in content.watchlists]
    return sorted(found, key=lambda watchlist: watchlist.id), broken


def _age(watchlist: Watchlist) -> int | None:
    """Days since somebody last knew the list to hold; None where it does not say."""
    return (dt.date.today() - watchlist.verified_on).days if watchlist.verified_on else None


def _one(path: Path) -> Watchlist:
    found, broken = _lists([path], shipped_too=False)
    if broken or len(found) != 1:
        raise UsageError("; ".join(broken) or f"{path} holds {len(found)} lists; name the file of one.")
    return found[0]


def _tell(results: list[Update]) -> None:
    """Say what became of lists; ends with a failure where one was refused."""
    for result in results:
        watchlist = result.watchlist
        if result.state == "refused":
            typer.echo(f"screening: {' '.join(result.problems)}", err=True)
            continue
        changed = ", ".join(f"{count:,} {what}" for what, count in result.counts.items() if count)
        typer.echo(
            f"{watchlist.id}: {len(watchlist.entries):,} entries with {watchlist.counts.get('names', 0):,} names, as of "
            f"{watchlist.date}, {watchlist.regime} {watchlist.effect}; {result.state}{f' ({changed})' if changed else ''}: "
            f"{result.path}"
        )
        for problem in result.problems:
            typer.echo(f"  {problem}", err=True)
    if any(result.state == "refused" for result in results):
        raise typer.Exit(FAILED)


def _change(change: Change) -> str:
    sign = {"added": "+", "removed": "-", "changed": "~"}[change.what]
    rows = [f"{sign} {change.id}  {change.name}"]
    for name, (old, new) in change.fields.items():
        if isinstance(old, list) and isinstance(new, list):
            parts = [f"-{value}" for value in old if value not in new] + [f"+{value}" for value in new if value not in old]
            rows.append(f"    {name}: {', '.join(parts) or 'in another order'}")
        else:
            rows.append(f"    {name}: {_shown(old)} -> {_shown(new)}")
    return "\n".join(rows)


def _shown(value: Any) -> str:
    return "-" if value in (None, "", {}, []) else str(value)


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{text!r} is not a day; write it as 2026-11-21.") from None
