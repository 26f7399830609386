"""What ``screening explain`` says of laws, of notices that list parties, and of lists."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

from screening.judge.status import state

if TYPE_CHECKING:
    import datetime as dt

    from screening.content.listmodels import Notice, Watchlist
    from screening.content.models import Content, Dates, Instrument, Item
    from screening.terms import Text

WIDTH = 80
_MOST_NAMES = 40


def instrument(content: Content, law: Instrument, day: dt.date, language: str) -> str:
    """A law, notice or decree: its state on ``day``, what it says, what it suspends, its items and where it stands."""
    parts = [
        f"{law.id}: {' and '.join(law.issuer)} {law.number} (regime {law.regime})",
        law.title.get(language),
        "",
        *wrap(told_state(content, law.dates, day, language, law.what_to_check)),
        f"  Last verified on {law.verified_on}.",
        *(["", *wrap(law.note.get(language))] if law.note else []),
    ]
    for provision in law.provisions:
        read = "" if provision.read_in == "copy" else f" (read in: {provision.read_in.replace('_', ' ')})"
        said = provision.zh if language == "zh" else provision.en
        parts += ["", f"  {provision.section}{read}", *wrap(said)]
    suspended = _suspended_by(content, law.id)
    if suspended:
        parts += ["", "Suspends", *(f"  {name}" for name in suspended)]
    if law.legal_basis:
        parts += ["", "Rests on", *wrap(", ".join(law.legal_basis))]
    parts += citations(content, law.citations)
    if law.items:
        parts += ["", "Items"]
        for item in law.items:
            own = f" [{_named(content, item.dates, day, language)}]" if item.dates else ""
            parts.append(f"  {item.code:<12} {item.title.get(language)}{own}")
        parts += ["", f"Explain one with: screening explain {law.id}/{law.items[0].code}"]
    return "\n".join(parts)


def party_notice(content: Content, name: str, day: dt.date, language: str) -> str | None:
    """A notice that lists parties, with its state on ``day`` and the parties; None if no list has one of this id."""
    for watchlist in content.watchlists.values():
        notice = watchlist.notices.get(name)
        if notice is None:
            continue
        named = [entry.name for entry in watchlist.entries if entry.instrument == name]
        parts = [
            f"{name}: {notice.number} (regime {watchlist.regime})",
            notice.title.get(language),
            "",
            *wrap(told_state(content, notice.dates, day, language, notice.what_to_check)),
            f"  Last verified on {watchlist.verified_on}.",
            "",
            f"Lists {len(named)} parties on {watchlist.id}: {watchlist.title.get(language)}",
            *(f"  {entry}" for entry in named[:_MOST_NAMES]),
            *([f"  and {len(named) - _MOST_NAMES} more"] if len(named) > _MOST_NAMES else []),
            *(["", "Where it stands", f"  {notice.url}"] if notice.url else []),
            "",
            *wrap(_effect(content, watchlist, language)),
        ]
        return "\n".join(parts)
    return None


def party_list(content: Content, watchlist: Watchlist, day: dt.date, language: str) -> str:
    """A list of parties: what being on it means, and its notices with their state on ``day``."""
    parts = [
        f"{watchlist.id}: {watchlist.publisher} (regime {watchlist.regime})",
        watchlist.title.get(language),
        "",
        *wrap(_effect(content, watchlist, language)),
        f"  {len(watchlist.entries)} entries, list of {watchlist.date}, last verified on {watchlist.verified_on}.",
        *(["", f"Notices, with their state on {day}"] if watchlist.notices else []),
        *(_row(content, name, notice, day, language) for name, notice in sorted(watchlist.notices.items())),
        *citations(content, watchlist.citations),
    ]
    return "\n".join(parts)


def under_code(content: Content, code: str, items: list[tuple[Instrument, Item]], day: dt.date, language: str) -> str:
    """The items whose codes begin with ``code``, by regime: the same characters mean different goods in different laws."""
    rows = [f"{code} heads these items; the same code is other goods in another regime"]
    for regime in sorted({law.regime for law, _ in items}):
        rows += ["", f"  Regime {regime}"]
        for law, item in items:
            if law.regime == regime:
                now = _named(content, item.dates or law.dates, day, language)
                rows.append(f"  {law.id}/{item.code}: {item.title.get(language)} [{now}]")
    return "\n".join(rows)


def told_state(content: Content, dates: Dates, day: dt.date, language: str, what: Text | None) -> str:
    """The state on ``day`` with the history behind it, and what to check where it is not confirmed."""
    history = [f"issued {dates.issued}" if dates.issued else "", f"in force from {dates.in_force}"]
    history += [f"suspended {s.from_} to {s.until or 'no day named'}{f' by {s.by}' if s.by else ''}" for s in dates.suspensions]
    history += [f"ended {dates.ended}"] if dates.ended else []
    now = state(dates, day)
    if one := now.confirmed:
        history.append(f"confirmed by {one.checked_by} on {one.checked_on} from {one.source}, valid until {one.expires}")
    text = f"On {day}: {_named(content, dates, day, language)}. ({'; '.join(part for part in history if part)})"
    if now.status == "unconfirmed":
        text += f" {(what or content.texts['what_to_check']).get(language)}"
    return text


def citations(content: Content, cited: list[Any]) -> list[str]:
    """Where something stands, and what was read of it."""
    rows = []
    for citation in cited:
        source = content.sources.get(citation.source)
        title = source.title if source else citation.source
        section = f", {citation.section}" if citation.section else ""
        rows += wrap(f"{title}{section} (read in: {citation.read_in.replace('_', ' ')})")
        rows += [f"  {source.url}"] if source and source.url else []
    return ["", "Where it stands", *rows] if rows else []


def wrap(text: str) -> list[str]:
    """A text as indented lines."""
    return textwrap.wrap(text, WIDTH - 2, initial_indent="  ", subsequent_indent="  ") or ["  -"]


def _named(content: Content, dates: Dates, day: dt.date, language: str) -> str:
    return content.texts[f"state_{state(dates, day).status}"].get(language)


def _row(content: Content, name: str, notice: Notice, day: dt.date, language: str) -> str:
    return f"  {name:<24} {notice.number}: {notice.title.get(language)} [{_named(content, notice.dates, day, language)}]"


def _effect(content: Content, watchlist: Watchlist, language: str) -> str:
    text = content.texts.get(f"effect_{watchlist.effect}")
    return text.get(language) if text else watchlist.effect


def _suspended_by(content: Content, ident: str) -> list[str]:
    """The instruments, items and notices that ``ident`` suspends, each with the days."""
    dated = [(i.id, i.dates) for i in content.instruments.values()]
    dated += [(f"{i.id}/{item.code}", item.dates) for i in content.instruments.values() for item in i.items if item.dates]
    dated += [(name, notice.dates) for w in content.watchlists.values() for name, notice in w.notices.items()]
    return [
        f"{name} from {s.from_} to {s.until or 'no day named'}"
        for name, dates in dated
        for s in dates.suspensions
        if s.by == ident
    ]
