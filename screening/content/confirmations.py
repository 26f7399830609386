"""Confirmations of law by the user's own officer (``--law FILE``): read and checked here, laid over the content for one run.

The content itself stays as it is: a confirmed text gets ``CheckedDates`` in a copy that lives as long as the run.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

from screening.content.entries import read_entries
from screening.content.factmodels import Strict
from screening.content.models import Content, Dates, Instrument
from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from screening.content.document import Document
    from screening.content.listmodels import Watchlist

Law = tuple["Confirmation", ...]


@record(kw_only=True)
class Confirmation(Strict):
    """What somebody looked up about the state of one legal text, and until when that may be relied on."""

    instrument: str
    """Id of an instrument, of one of its items or articles that has dates of its own, or of a notice that lists parties."""
    state: Literal["in_force", "suspended", "not_yet", "ended"]
    from_: dt.date
    until: dt.date | None = None
    """Last day of the state; without one it is told no further than ``expires``."""
    source: str
    checked_by: str
    checked_on: dt.date
    expires: dt.date | None = None
    """Last day on which the confirmation counts; without one the longest time that decision.yaml allows."""

    @property
    def last(self) -> dt.date:
        """Last day of which it speaks."""
        return min(self.until or self.expires or dt.date.max, dt.date.max - dt.timedelta(days=1))

    def covers(self, day: dt.date) -> bool:
        """Whether it speaks of ``day``."""
        return self.from_ <= day <= self.last

    def lapsed(self, today: dt.date) -> bool:
        """Whether it no longer counts on ``today``."""
        return self.expires is not None and today > self.expires

    def told(self) -> dict[str, str]:
        """Its parts as texts, for settings and reports."""
        days = {"from": self.from_, "until": self.until, "checked_on": self.checked_on, "expires": self.expires}
        texts = {"instrument": self.instrument, "state": self.state, "source": self.source, "checked_by": self.checked_by}
        return texts | {name: day.isoformat() if day else "" for name, day in days.items()}


@record(kw_only=True)
class CheckedDates(Dates):
    """Dates of a legal text of which somebody confirmed the state for some days."""

    confirmations: Law


def read_law(path: Path, content: Content, today: dt.date) -> Law:
    """The confirmations of a file, checked against ``content``.

    Raises:
        ContentError: with every problem of the file, each with its line.
    """

    def check(document: Document, found: list[Confirmation]) -> None:
        _check(document, found, content, today)

    found = read_entries(path, "confirmations", Confirmation, "a confirmation", "instrument, state", check)
    most = dt.timedelta(days=_most(content))
    law = [c if c.expires else replace(c, expires=c.checked_on + most) for c in found]
    return tuple(sorted(law, key=lambda c: (c.instrument, c.from_, c.checked_on)))


def with_law(content: Content, law: Iterable[Confirmation]) -> Content:
    """A copy of ``content`` in which the texts confirmed by ``law`` have the states confirmed."""
    by_name: dict[str, list[Confirmation]] = {}
    for confirmation in law:
        by_name.setdefault(confirmation.instrument, []).append(confirmation)
    if not by_name:
        return content

    def dates(name: str, own: Any) -> Any:
        if own is None or name not in by_name:
            return own
        return CheckedDates(
            issued=own.issued,
            in_force=own.in_force,
            ended=own.ended,
            suspensions=own.suspensions,
            confirmations=tuple(by_name[name]),
        )

    def instrument(law: Instrument) -> Instrument:
        items = [replace(item, dates=dates(f"{law.id}/{item.code}", item.dates)) for item in law.items]
        return replace(law, dates=dates(law.id, law.dates), items=items)

    def watchlist(listed: Watchlist) -> Watchlist:
        notices = {name: replace(notice, dates=dates(name, notice.dates)) for name, notice in listed.notices.items()}
        return replace(listed, notices=notices)

    return replace(
        content,
        instruments={name: instrument(law) for name, law in content.instruments.items()},
        watchlists={name: watchlist(listed) for name, listed in content.watchlists.items()},
    )


def untouched(content: Content, law: Sequence[Confirmation]) -> dict[str, list[str]]:
    """Instrument confirmed as a whole to those of its items that it does not touch: they have dates of their own."""
    named = {confirmation.instrument for confirmation in law}
    found = {
        name: [f"{name}/{i.code}" for i in content.instruments[name].items if i.dates and f"{name}/{i.code}" not in named]
        for name in sorted(named & content.instruments.keys())
    }
    return {name: items for name, items in found.items() if items}


def _check(document: Document, found: list[Confirmation], content: Content, today: dt.date) -> None:
    known, most = _names(content), _most(content)
    for index, one in enumerate(found):

        def tell(key: str, message: str, index: int = index) -> None:
            document.problem(("confirmations", index, key), message)

        if one.instrument not in known:
            tell("instrument", _unknown(one.instrument, known, content))
        if one.until is not None and one.until < one.from_:
            tell("until", f"the state ends on {one.until}, before it begins on {one.from_}")
        if one.until is None and one.from_ > (counts := one.expires or one.checked_on + dt.timedelta(days=most)):
            tell(
                "from",
                f"the state begins on {one.from_}, but without `until` it is told no further than {counts}; say until when",
            )
        if one.checked_on > today:
            tell("checked_on", f"{one.checked_on} lies ahead: a confirmation tells what was looked up, not what will be")
        if one.expires is not None and not 0 <= (one.expires - one.checked_on).days <= most:
            tell("expires", f"{one.expires} is not within {most} days after {one.checked_on}, when it was checked; check again")
        for key in ("source", "checked_by"):
            if not getattr(one, key).strip():
                tell(key, "is empty: say who looked, and where")
        for earlier, other in enumerate(found[:index]):
            together = one.from_ <= other.last and other.from_ <= one.last
            if one.instrument == other.instrument and one.state != other.state and together:
                line = document.line(("confirmations", earlier))
                tell(
                    "state",
                    f"{one.instrument} is {other.state} on some of these days as told in line {line}; only one can be true",
                )


def _names(content: Content) -> set[str]:
    """What a confirmation may name: every legal text that has dates."""
    names = set(content.instruments)
    names.update(f"{law.id}/{item.code}" for law in content.instruments.values() for item in law.items if item.dates)
    return names.union(*(listed.notices for listed in content.watchlists.values()))


def _unknown(name: str, known: set[str], content: Content) -> str:
    from difflib import get_close_matches  # noqa: PLC0415 - only when something is wrong

    law, _, code = name.partition("/")
    if law in content.instruments and any(item.code == code for item in content.instruments[law].items):
        return f"{name} has no dates of its own; confirm {law}"
    close = get_close_matches(name, known, 1)
    return f"there is no instrument or notice {name!r}{f'; did you mean {close[0]!r}?' if close else ''}"


def _most(content: Content) -> int:
    return int(content.decision["confirmation_days"])
