"""From published files to watchlists with a header: who publishes them, of which day, what they ask for, what was not used."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from screening.content.listmodels import SourceFile, Watchlist
from screening.errors import ListError
from screening.parties.formats.detect import read_all
from screening.parties.formats.draft import Countries, Reading
from screening.parties.formats.raw import open_file
from screening.plaindata import record
from screening.terms import Text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from screening.content.listmodels import ListSource, PartyEntry
    from screening.content.models import Content

_MARKED = 0.05
"""Share of entries under programmes of one list only from which on a file is that list; on the other list it is under 0.1 %."""
_OWN = ("own-csv", "own-xlsx")
_WRITTEN = (".yaml", ".yml")
_SHOWN = 5


@record(kw_only=True)
class Choices:
    """What the user says of the files, in the place of what is known of the list."""

    list_id: str = ""
    """A list of official-lists.yaml, or the id of a list of one's own."""
    title: str = ""
    publisher: str = ""
    effect: str = ""
    regime: str = ""
    date: dt.date | None = None
    urls: dict[str, str] = field(default_factory=dict)
    """File name to the address it was fetched from."""


@dataclass(slots=True)
class Imported:
    """A list that was read, and what a person should know about it."""

    watchlist: Watchlist
    problems: list[str] = field(default_factory=list)


def import_files(paths: Sequence[Path], content: Content, choices: Choices | None = None) -> list[Imported]:
    """Read published files into watchlists.

    Args:
        paths: the files, packed with gzip or not; files of one list together.
        content: the shipped content: what is known of published lists, and how countries are written.
        choices: what the user says of them.

    Returns:
        A list for every list that the files hold, in the order of the files.

    Raises:
        ListError: a file cannot be used, holds no entries, or belongs to no list that is known.
        ContentError: a list written by hand is wrong.
    """
    choices = choices or Choices()
    written = [path for path in paths if path.suffix.lower() in _WRITTEN]
    files = [open_file(path) for path in paths if path not in written]
    countries = Countries(content)
    readings = [reading for reading in read_all(files, content, countries) if reading.drafts or not reading.code]
    made = {one.watchlist.id: one for one in _written(written, content)}
    for reading in readings:
        one = _watchlist(reading, content, choices, paths, single=len(readings) == 1)
        ident = one.watchlist.id
        if ident in made:
            raise ListError(f"{_names(reading)}: two of the files hold the list {ident}; import one at a time.")
        made[ident] = one
    if not made or not all(one.watchlist.entries for one in made.values()):
        raise ListError(f"{', '.join(path.name for path in paths)}: no entries were found.")
    for one in made.values():
        one.problems += [problem for raw in files for problem in raw.problems]
    _tell_countries(countries.unread, next(iter(made.values())))
    for one in made.values():
        one.watchlist = replace(one.watchlist, problems=one.problems)
    return list(made.values())


def _written(paths: list[Path], content: Content) -> list[Imported]:
    """Lists written by hand in YAML, checked as content is."""
    if not paths:
        return []
    from screening.content.load import load  # noqa: PLC0415 - reads YAML

    found = load(paths, base=content).watchlists
    return [Imported(watchlist) for ident, watchlist in found.items() if ident not in content.watchlists]


def _watchlist(reading: Reading, content: Content, choices: Choices, paths: Sequence[Path], *, single: bool) -> Imported:
    entries = [entry for draft in reading.drafts.values() if (entry := draft.finish())]
    problems = [*reading.told, *(f"{count:,} {reason}" for reason, count in sorted(reading.unused.items()) if count)]
    if lost := len(reading.drafts) - len(entries):
        problems.append(f"{lost:,} entries without an id or a name")
    if not entries:
        raise ListError(f"{_names(reading)}: no entries were found.")
    if reading.expected is not None and reading.expected != len(reading.drafts):
        raise ListError(
            f"{_names(reading)} says that it has {reading.expected:,} entries and has {len(reading.drafts):,}: half a download? "
            "Fetch it again."
        )
    ident, source = _source(reading, entries, content, choices, problems, single=single)
    date = choices.date or reading.date
    if date is None:
        date = max(dt.date.fromtimestamp(path.stat().st_mtime) for path in paths)
        problems.append(
            f"the files do not say of which day they are: taken as of {date}, when they were last changed; --date says otherwise"
        )
    watchlist = Watchlist(
        id=ident,
        title=Text(choices.title, choices.title) if choices.title else source.title,
        publisher=choices.publisher or source.publisher,
        url=source.url,
        date=date,
        licence=source.licence,
        official=source.official,
        regime=choices.regime or source.regime,
        effect=choices.effect or source.effect,
        verified_on=date,
        format=reading.format,
        retrieved=dt.date.today(),
        files=[
            SourceFile(name=raw.name, sha256=raw.sha256, bytes=len(raw.data), url=choices.urls.get(raw.name, ""))
            for raw in reading.files
        ],
        counts=_counts(entries, lost),
        ownership=source.ownership,
        stale_after_days=source.stale_after_days,
        entries=entries,
    )
    _check(watchlist, content)
    return Imported(watchlist, problems)


def _source(
    reading: Reading, entries: list[PartyEntry], content: Content, choices: Choices, problems: list[str], *, single: bool
) -> tuple[str, ListSource]:
    """The list that the reading is, by what the user says, what the file calls it, or what stands in it."""
    sources = content.list_sources
    if choices.list_id in sources and single:
        return choices.list_id, _fitting(reading, choices.list_id, sources[choices.list_id])
    if reading.format in _OWN or (choices.list_id and single):
        return _own(reading, choices, sources)
    fitting = {ident: source for ident, source in sources.items() if reading.format in source.formats}
    named = [ident for ident, source in fitting.items() if reading.code and reading.code in source.codes]
    if named:
        return named[0], fitting[named[0]]
    programmes = Counter(programme for entry in entries for programme in set(entry.programmes))
    for ident, source in fitting.items():
        if source.marks and sum(programmes[mark] for mark in source.marks) / len(entries) >= _MARKED:
            return ident, source
    general = [ident for ident, source in fitting.items() if not source.marks and (not reading.code or not source.codes)]
    if not general:
        raise ListError(f"{_names(reading)}: there is no list for the format {reading.format}; say which it is with --list.")
    ident, source = general[0], fitting[general[0]]
    if reading.code:
        problems.append(f"the file calls this list {reading.code!r}, which is not known: kept with the effect {source.effect}")
        return f"{ident}-{_slug(reading.code)}", replace(
            source, title=Text(f"{source.title.en}: {reading.code}", source.title.zh)
        )
    return ident, source


def _fitting(reading: Reading, ident: str, source: ListSource) -> ListSource:
    """The list that the user names, if the file can be it."""
    if reading.format not in source.formats:
        raise ListError(
            f"{_names(reading)} is of the format {reading.format}, and {ident} is published as {', '.join(source.formats)}; "
            "name the list it is, or give a list of your own an id of its own."
        )
    if reading.code and source.codes and reading.code not in source.codes:
        raise ListError(f"{_names(reading)} calls its list {reading.code!r}, which is not {ident}.")
    return source


def _own(reading: Reading, choices: Choices, sources: dict[str, ListSource]) -> tuple[str, ListSource]:
    if not choices.list_id:
        raise ListError(
            f"{_names(reading)} is a list of your own: name it with --list ID (and --title, --effect, --regime where they differ "
            "from 'informational' and 'OWN')."
        )
    base = next((s for s in sources.values() if reading.format in s.formats), next(iter(sources.values())))
    known = reading.format not in _OWN
    text = Text(choices.title or choices.list_id, choices.title or choices.list_id)
    return _slug(choices.list_id), replace(
        base,
        title=text,
        publisher=choices.publisher or (base.publisher if known else "-"),
        url=base.url if known else "",
        licence=base.licence if known else "internal",
        regime=base.regime if known else "OWN",
        effect=base.effect if known else "informational",
        official=base.official and known,
        ownership=base.ownership if known else None,
    )


def _check(watchlist: Watchlist, content: Content) -> None:
    effects, regimes = content.decision["parties"], {*content.regimes, *content.decision["binds_everyone"]}
    if watchlist.effect not in effects:
        raise ListError(f"There is no effect {watchlist.effect!r}; known are {', '.join(effects)}.")
    if watchlist.regime not in regimes:
        raise ListError(f"There is no regime {watchlist.regime!r}; known are {', '.join(sorted(regimes))}.")


def _counts(entries: list[PartyEntry], unnamed: int) -> dict[str, int]:
    kinds = Counter(entry.kind for entry in entries)
    return {
        "entries": len(entries),
        "names": sum(len(entry.names()) for entry in entries),
        **dict(sorted(kinds.items())),
        "delisted": sum(entry.delisted_on is not None for entry in entries),
        **({"without id or name": unnamed} if unnamed else {}),
    }


def _tell_countries(unread: Counter[str], one: Imported) -> None:
    if unread:
        most = ", ".join(f"{text!r}" for text, _ in unread.most_common(_SHOWN))
        one.problems.append(f"countries that could not be read: {unread.total():,} ({len(unread):,} spellings, such as {most})")


def _names(reading: Reading) -> str:
    return ", ".join(raw.name for raw in reading.files)


def _slug(text: str) -> str:
    return "-".join("".join(char if char.isalnum() else " " for char in text.casefold()).split()) or "list"
