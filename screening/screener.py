"""``Screener``: content prepared once, ready to screen manifests, single lines and names."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from screening import provenance
from screening.content.confirmations import read_law, with_law
from screening.content.reading import from_data
from screening.content.snapshot import shipped as shipped_content
from screening.content.waivers import Waivers, read_waivers
from screening.errors import UsageError
from screening.judge.binding import binding
from screening.judge.decide import Decision
from screening.judge.plan import Plan
from screening.judge.telling import Telling
from screening.judge.verdict import Judge
from screening.manifest import SheetMapping
from screening.manifest.records import cell_text
from screening.parties import Parties
from screening.parties.names import PARTY_KINDS
from screening.prepared import shipped_names, shipped_plan
from screening.run import LineResult, Run, Settings, silent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from screening.content.confirmations import Law
    from screening.content.models import Content
    from screening.parties.names import PartyKind
    from screening.results import ScreeningRun

    Progress = Callable[[str, int], None]
    """Told the stage and how many lines it has done."""


class Screener:
    """Prepared content, ready to screen manifests. Holds no files open and may be used from several threads."""

    def __init__(
        self,
        rules: str | Path | Sequence[str | Path] = (),
        watchlists: str | Path | Sequence[str | Path] = (),
        *,
        shipped: bool = True,
        bound_by: str | Sequence[str] | None = None,
        law: str | Path | None = None,
        waivers: str | Path | None = None,
        ownership: str | Path | None = None,
    ) -> None:
        """Load and compile content.

        Args:
            rules: folders or files of rules to add.
            watchlists: folders or files of lists to add.
            shipped: False leaves the shipped rules and lists out; the shipped facts stay.
            bound_by: regimes whose law binds the user, such as ``("CN", "EU")`` or ``"CN,EU"``; what other regimes ask for is
                foreign and a review at most. By default ``bound_by`` of rules/decision.yaml.
            law: a file of confirmations of law by the user's own officer (docs/how-to.md); they lapse by themselves.
            ownership: a table of owner, owned and percent; firms owned by listed parties are looked for too (docs/watchlists.md).
            waivers: a file of matches that somebody cleared (docs/how-to.md); they lapse by themselves.

        Raises:
            ListError: the table of owners cannot be used.
            ContentError: content, or one of these files, is wrong; names every problem with file and line.
            UsageError: a regime is not known, or nothing is left to apply.
        """
        ready = shipped_plan() if shipped else None
        content = ready.content if ready else shipped_content(law=False)
        folders = [*_paths(rules), *_paths(watchlists)]
        if folders:
            from screening.content.listfile import with_folders  # noqa: PLC0415 - the shipped content needs none of it

            content = with_folders(folders, content)
        if ownership is not None:
            from screening.parties.ownership import read_shares, with_owned  # noqa: PLC0415

            shares = read_shares(_path(ownership), content)
            content = with_owned(content, shares, Parties(content, shipped_names()).match)
            content = replace(content, hashes={**content.hashes, "ownership": shares.sha256})
        today = dt.date.today()
        self._prepare(content, bound_by, read_law(_path(law), content, today) if law is not None else (), today, ready)
        if waivers is not None:
            self.waivers = read_waivers(_path(waivers), content, today)
        if not self.plan.rules:
            raise UsageError(
                "There is nothing to look for: without the shipped rules and lists, give rules or lists of your own."
            )

    @classmethod
    def of(cls, content: Content, *, bound_by: str | Sequence[str] | None = None) -> Screener:
        """A screener of content that is already loaded."""
        screener = cls.__new__(cls)
        screener._prepare(content, bound_by)
        return screener

    def _prepare(
        self,
        content: Content,
        bound_by: str | Sequence[str] | None,
        law: Law = (),
        today: dt.date | None = None,
        ready: Plan | None = None,
    ) -> None:
        self._unconfirmed = content
        self.law = law
        self._counting = tuple(c for c in law if today is not None and not c.lapsed(today))
        content = with_law(content, self._counting)
        self.content = content
        self.bound = binding(content, bound_by)
        self.plan = ready if ready is not None and ready.content is content else Plan(content)
        self.decision = Decision(content, self.plan, self.bound)
        self.judge = Judge(content, self.plan, self.decision)
        self.telling = Telling(content, self.plan)
        self.words = from_data(content.reading)
        self.waivers = Waivers()
        self._lock = Lock()
        self._parties: Parties | None = None
        self._other: tuple[dt.date, Screener] | None = None

    def _on(self, today: dt.date) -> Screener:
        """This screener as it is on ``today``: one whose confirmations have lapsed meanwhile is prepared anew."""
        if self._counting == tuple(c for c in self.law if not c.lapsed(today)):
            return self
        with self._lock:
            if self._other is None or self._other[0] != today:
                screener = Screener.__new__(Screener)
                screener._prepare(self._unconfirmed, self.bound.regimes, self.law, today)
                screener.waivers = self.waivers
                self._other = (today, screener)
            return self._other[1]

    @cached_property
    def looked_up(self) -> tuple[str, ...]:
        """What of a line besides the names of parties is looked up, as the lists ask for it."""
        listed = [(entry, w.kind) for w in self.content.watchlists.values() for entry in w.entries]
        kinds = {kind if entry.kind == "unknown" else entry.kind for entry, kind in listed}
        numbers = any(entry.identifiers for entry, _ in listed)
        wanted = {"vessel": "vessel" in kinds, "number": numbers, "address": "address" in kinds}
        return tuple(what for what, asked in wanted.items() if asked)

    @property
    def parties(self) -> Parties:
        """The listed names, prepared when the first name is looked up, and anew when they have learned too many words."""
        with self._lock:
            if self._parties is None or self._parties.full:
                self._parties = Parties(self.content, shipped_names())
            return self._parties

    @cached_property
    def rule_table(self) -> pl.DataFrame:
        """Every rule that is applied, with the columns of results.RULE_COLUMNS that no run changes."""
        return provenance.rule_table(self.content, self.plan)

    @cached_property
    def list_table(self) -> pl.DataFrame:
        """The lists that are applied, as results.py describes them."""
        return provenance.list_table(self._unconfirmed)

    def screen(
        self,
        manifest: str | Path | pl.DataFrame | pl.LazyFrame | Sequence[str | Path] | Sequence[Mapping[str, Any]],
        *,
        as_of: dt.date | str | None = None,
        columns: Mapping[tuple[str, str], SheetMapping] | None = None,
        sheet: str | None = None,
        defaults: Mapping[str, Any] | None = None,
        today: dt.date | str | None = None,
        progress: Progress | None = None,
    ) -> ScreeningRun:
        """Screen a manifest.

        Args:
            manifest: a path, several paths, ``"-"`` for CSV on standard input, a polars frame, or a list of dicts.
            as_of: the day on which law and lists are read, for all lines; by default each line's own date.
            columns: a corrected column mapping.
            sheet: the only sheet to read.
            defaults: canonical column to the value of cells that are empty: a text as a cell has it, a number or a date.
            today: day of lines without a date; the day of the call by default.
            progress: told the stage and how many lines it has done.

        Raises:
            ManifestError: the manifest cannot be read.
            UsageError: an argument makes no sense.
        """
        mapping: object = columns or {}
        if not isinstance(mapping, Mapping) or not all(isinstance(given, SheetMapping) for given in mapping.values()):
            raise UsageError("`columns` takes what manifest.read_mapping gives: file and sheet to a SheetMapping.")
        settings = Settings(
            as_of=_day(as_of), today=_day(today) or dt.date.today(), sheet=sheet, columns=mapping, defaults=_texts(defaults or {})
        )
        return Run(self._on(settings.today), settings, progress or silent).screen(manifest)

    def match_parties(self, names: str | Iterable[str | None], *, kind: PartyKind = "unknown") -> pl.DataFrame:
        """Look names up in the lists.

        Args:
            names: a name or several, as written in documents; repeated ones are looked up once, None is no name.
            kind: what bears them: ``company``, ``person``, ``vessel`` or ``unknown`` (firms and persons).

        Returns:
            One row for every listed party that a name may be, the best of a name first: ``query, list, entry_id, listed_name``,
            ``score`` (similarity, 0 to 1), ``level`` (``hit`` or ``review``), ``explanation, explanation_zh``, ``strength`` (how
            much the agreement says, in words as good as unique), ``alignment``.

        Raises:
            UsageError: there is no such kind, or something is no name.
        """
        if kind not in PARTY_KINDS:
            raise UsageError(f"There is no kind of party {kind!r}; it is one of {', '.join(PARTY_KINDS)}.")
        found = self.parties.match(_names(names), kind)
        order = ["name", pl.col("level") == "review", -pl.col("score"), -pl.col("strength"), "list", "entry"]
        ends = ("score", "level", "explanation", "explanation_zh", "strength", "alignment")
        return found.sort(order).select_seq(
            query="name", list="list", entry_id="entry", listed_name="listed", **{n: n for n in ends}
        )

    def screen_line(self, line: Mapping[str, Any], *, as_of: dt.date | str | None = None) -> LineResult:
        """Screen one line given by canonical columns, the same way as a manifest.

        Raises:
            ManifestError: the line cannot be read.
        """
        settings = Settings(as_of=_day(as_of))
        return Run(self._on(settings.today), settings, silent).screen_line(line)


def _paths(given: str | Path | Sequence[str | Path]) -> list[Path]:
    return [_path(given)] if isinstance(given, str | Path) or not isinstance(given, Iterable) else list(map(_path, given))


def _path(given: object) -> Path:
    if not isinstance(given, str | os.PathLike):
        raise UsageError(f"A path of rules, lists or confirmations is a text or a Path, not {type(given).__name__}.")
    return Path(given)


def _day(given: object) -> dt.date | None:
    if isinstance(given, str):
        with suppress(ValueError):
            return dt.date.fromisoformat(given)
    elif given is None or isinstance(given, dt.date):
        return given.date() if isinstance(given, dt.datetime) else given
    raise UsageError(f"{given!r} is not a day; write it as 2026-11-21.")


def _names(given: object) -> list[str]:
    """A name or several; a single one is no series of letters."""
    if isinstance(given, str):
        return [given]
    names: list[str] = []
    for name in given if isinstance(given, Iterable) else [given]:
        if isinstance(name, str):
            names.append(name)
        elif name is not None:
            raise UsageError(f"A name is a text, not {type(name).__name__}: {name!r}.")
    return names


def _texts(defaults: Mapping[str, Any]) -> dict[str, str]:
    """Defaults as cells would have them."""
    if not isinstance(defaults, Mapping):
        raise UsageError(f"`defaults` takes a dict of columns and values, not {type(defaults).__name__}.")
    texts = {column: cell_text(value) for column, value in defaults.items()}
    for column, text in texts.items():
        if text is None:
            raise UsageError(f"The default for {column} is no value; leave it out, or give what a cell would have.")
    return cast("dict[str, str]", texts)
