"""What a run tells of itself: the rules and lists applied, its scope, the law confirmed by the user, its warnings."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.content.confirmations import untouched
from screening.judge.binding import regimes_of
from screening.judge.wording import name_of
from screening.results import RULE_COLUMNS

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from screening.content.confirmations import Confirmation, Law
    from screening.content.models import Content
    from screening.judge.binding import Binding
    from screening.judge.plan import Plan
    from screening.terms import InputReading

_NAMES_SHOWN = 4


def rule_table(content: Content, plan: Plan) -> pl.DataFrame:
    """Every rule that is applied, with the columns of results.RULE_COLUMNS that no run changes."""
    sources, rows = content.sources, []
    for rule in plan.rules:
        spec, instrument = rule.spec, rule.instrument
        cited = [(c, sources.get(c.source)) for c in spec.citations or (instrument.citations if instrument else [])]
        rows.append(
            {
                "id": rule.id,
                "revision": spec.revision,
                "title": spec.title.en,
                "title_zh": spec.title.zh,
                "family": getattr(spec, "family", "control"),
                "basis": getattr(spec, "basis", "law"),
                "action": getattr(spec, "parties", "") or getattr(spec, "action", "by table"),
                "instrument": instrument.id if instrument else None,
                "regime": rule.regime or None,
                "item_code": getattr(spec, "code", None),
                "verified_on": (getattr(spec, "verified_on", None) or instrument.verified_on) if instrument else None,
                "citations": [
                    {
                        "source": s.title if s else c.source,
                        "section": c.section,
                        "url": s.url if s else "",
                        "read_in": c.read_in,
                    }
                    for c, s in cited
                ],
            }
        )
    counted = ("hits", "judged", "not_judged")
    return pl.DataFrame(rows, schema={name: kind for name, kind in RULE_COLUMNS.items() if name not in counted})


def list_table(content: Content) -> pl.DataFrame:
    """The lists that are applied, as results.py describes them."""
    names = ("id", "title", "publisher", "url", "date", "sha256", "entries", "effect", "title_zh")
    rows = [
        (w.id, w.title.en, w.publisher, w.url, w.date, list_hash(w), len(w.entries), w.effect, w.title.zh)
        for w in sorted(content.watchlists.values(), key=lambda w: w.id)
    ]
    kinds = [pl.String, pl.String, pl.String, pl.String, pl.Date, pl.String, pl.UInt32, pl.String, pl.String]
    return pl.DataFrame(rows, schema=dict(zip(names, kinds, strict=True)), orient="row")


def scope(content: Content, bound: Binding, language: str) -> list[str]:
    """Sentences on what was not checked, and on whose law was taken as binding."""
    regimes = sorted({i.regime for i in content.instruments.values()}) or ["-"]
    foreign = sorted(name for name in regimes_of(content) if bound.foreign(name))
    values = {"regimes": ", ".join(regimes), "bound": ", ".join(bound.regimes), "foreign": ", ".join(foreign)}
    names = ["scope_regimes", *(["scope_foreign"] if foreign else []), "scope_manifest", "scope_uncertain"]
    return [content.texts[name].get(language).format(**values) for name in [*names, "scope_not_approval"]]


def confirmations(content: Content, law: Law, today: dt.date, language: str) -> list[str]:
    """What the user's own officer confirmed of the law, one sentence each; those that have lapsed say so."""
    return [_confirmation(content, c, lapsed=c.lapsed(today), language=language) for c in law]


def _confirmation(content: Content, one: Confirmation, *, lapsed: bool, language: str) -> str:
    ident, _, code = one.instrument.partition("/")
    notices = {name: notice.number for w in content.watchlists.values() for name, notice in w.notices.items()}
    name = name_of(content.instruments[ident], language) if ident in content.instruments else notices.get(ident, ident)
    values = {
        **one.told(),
        "instrument": f"{name} {code}".strip(),
        "until": one.last.isoformat(),
        "then": content.texts[f"state_{one.state}"].get(language),
    }
    return content.texts["confirmation_lapsed" if lapsed else "confirmation"].get(language).format(**values)


def warnings(content: Content, law: Law, inputs: Sequence[InputReading], today: dt.date) -> list[str]:
    """What is old, missing or unsure about a run, as sentences."""
    limit, found = int(content.decision["verification_warning_days"]), []
    for name, items in untouched(content, [c for c in law if not c.lapsed(today)]).items():
        found.append(
            f"The confirmation of {name} does not touch {_listed(items)}: these have dates of their own and are confirmed by id."
        )
    old = [i for i in content.instruments.values() if (today - i.verified_on).days > limit]
    if old:
        oldest = min(i.verified_on for i in old)
        which = "1 instrument was" if len(old) == 1 else f"{len(old)} instruments were"
        found.append(
            f"{which} last verified more than {limit} days ago (the oldest on {oldest}); "
            "look for later notices before relying on what is told."
        )
    for watchlist in content.watchlists.values():
        if watchlist.verified_on is None:
            found.append(f"The list {watchlist.title.en} does not say when somebody last looked whether it still holds.")
        elif (age := (today - watchlist.verified_on).days) > (watchlist.stale_after_days or limit):
            found.append(f"The list {watchlist.title.en} was last verified on {watchlist.verified_on}, {age} days ago.")
    for reading in inputs:
        for sheet in reading.sheets:
            if sheet.unsure:
                path = Path(reading.path).name
                where = f"{path or 'the lines given'}, sheet {sheet.name!r}" if sheet.name else path
                names = _listed([repr(name) for name in sheet.unsure])
                found.append(f"{where}: {names} could not be mapped with certainty; see `screening columns`.")
    return found


def list_hash(watchlist: Any) -> str:
    """SHA-256 of a list as it was used."""
    return watchlist.sha256 or hashlib.sha256(repr(watchlist).encode()).hexdigest()


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return ", ".join(names[:_NAMES_SHOWN]) + more
