"""What ``screening explain`` says, as text."""

# ruff: noqa: PLC0415 - a command imports what it needs, when it needs it
from __future__ import annotations

import datetime as dt
import textwrap
from typing import TYPE_CHECKING, Any

from screening.cli import explain_law
from screening.cli.explain_law import WIDTH, citations, told_state, wrap
from screening.content.confirmations import read_law, with_law
from screening.errors import UsageError
from screening.terms import Text
from screening.tools.contents import load
from screening.tools.controls import Route, controls, country

if TYPE_CHECKING:
    from pathlib import Path

    from screening.content.models import Content, Instrument, Item, Rule
    from screening.tools.controls import Control


def explain(
    name: str,
    day: dt.date,
    rules: list[Path],
    language: str,
    *,
    leaves_from: str | None = None,
    destination: str | None = None,
    law: Path | None = None,
) -> str:
    """The explanation of a rule, an instrument, a list or its notice, an item code or a material on ``day``.

    Args:
        name: what is asked about.
        day: day for which states of law are told.
        rules: folders or files added to the shipped content.
        language: ``en``, ``zh`` or ``both``.
        leaves_from: for a material, the country it leaves, by code or name.
        destination: for a material, the country it goes to.
        law: confirmations of the state of laws, as for ``screen``.

    Raises:
        UsageError: nothing has this name, and names what comes nearest; or a country is not known.
    """
    content = load(rules, examples=True)
    if law is not None:
        today = dt.date.today()
        content = with_law(content, [c for c in read_law(law, content, today) if not c.lapsed(today)])
    places = [country(content, place) if place else None for place in (leaves_from, destination)]
    material = _material_named(content, name)
    if any(places) and not material:
        raise UsageError(f"--from and --to ask what is controlled about a material; {name!r} is none.{nearest(content, name)}")
    if name in content.rules:
        return _rule(content, content.rules[name], language)
    if name in content.instruments:
        return explain_law.instrument(content, content.instruments[name], day, language)
    if name in content.watchlists:
        return explain_law.party_list(content, content.watchlists[name], day, language)
    if notice := explain_law.party_notice(content, name, day, language):
        return notice
    found = [
        (instrument, item)
        for instrument in content.instruments.values()
        for item in instrument.items
        if name in (f"{instrument.id}/{item.code}", item.code)
    ]
    below = [(law, item) for law in content.instruments.values() for item in law.items if item.code.startswith(f"{name}.")]
    if found or below:
        parts = [_item(content, instrument, item, day, language) for instrument, item in found]
        return "\n\n".join([*parts, *([explain_law.under_code(content, name, below, day, language)] if below else [])])
    if material:
        return _material(content, material, Route(day, *places), language)
    raise UsageError(f"Nothing is called {name!r}.{nearest(content, name)} `screening rules list` names all rules.")


def _rule(content: Content, rule: Rule, language: str) -> str:
    whose = f", regime {rule.regime}" if rule.regime else ""
    parts = [
        f"{rule.id} (revision {rule.revision}, {rule.status}{whose})",
        _say(rule.title, language),
        "",
        f"Family {rule.family}, basis {rule.basis}, asks for {rule.parties or rule.action}, confidence {rule.confidence}.",
        "",
        "What it looks for",
        *_detect(rule.detect),
        *([f"  over lines: {_plain(rule.group)}"] if rule.group else []),
        "",
        "What it says",
        *wrap(_say(rule.reason, language)),
        "",
        "What to do",
        *wrap(_say_step(rule.next_step, language)),
        *_documents(content, rule.next_step.documents, language),
        *(["", "Known false hits", *wrap(rule.known_false_hits)] if rule.known_false_hits else []),
        *citations(content, rule.citations),
        *_examples(rule.examples),
    ]
    return "\n".join(parts)


def _item(content: Content, instrument: Instrument, item: Item, day: dt.date, language: str) -> str:
    dates = item.dates or instrument.dates
    codes = [f"{ref.code}{' (basket, weak)' if ref.basket else ''}" for ref in item.reference_hs]
    parts = [
        f"{instrument.id}/{item.code} (revision {item.revision}, regime {instrument.regime})",
        _say(item.title, language),
        "",
        *wrap(told_state(content, dates, day, language, instrument.what_to_check)),
        "",
        "What meets it",
        *(_detect(item.detect) or ["  the declared item code, or a reference HS code"]),
        *([f"  applies where: {_plain(instrument.applies if item.applies is None else item.applies)}"]),
        *([f"  not stated still asks a question: {', '.join(item.deciding)}"] if item.deciding else []),
        *([f"  only points to it: {', '.join(item.weak)}"] if item.weak else []),
        *(["  reference HS codes: " + ", ".join(codes)] if codes else []),
        *(["", "What settles it", *_documents(content, item.settles, language)] if item.settles else []),
        *(["", "Note", *wrap(_say(item.note, language))] if item.note else []),
        *citations(content, item.citations or instrument.citations),
        *_examples(item.examples),
    ]
    return "\n".join(parts)


def _material(content: Content, ident: str, route: Route, language: str) -> str:
    material = content.materials[ident]
    direct, late = controls(content, ident, route)
    parts = [f"{_say(material.name, language)} ({ident}{', ' + material.symbol if material.symbol else ''})", ""]
    told = f"on {route.day}"
    if route.leaves_from or route.destination:
        told += f", leaving {route.leaves_from or 'any country'} for {route.destination or 'any country'}"
    on_route = [c for c in direct if c.applies]
    if on_route:
        head = f"Listed items that concern it {told}, with their state and what a line gets that meets one and states no licence:"
        parts += [*textwrap.wrap(head, WIDTH), *(_control(content, c, language) for c in on_route)]
    else:
        parts.append(f"No listed item concerns it {told}.")
    if len(direct) > len(on_route):
        parts.append(f"  and {len(direct) - len(on_route)} that apply on other routes only")
    for head, elsewhere in (
        ("Where one of these is on a line, also:", False),
        ("And where a consignee, buyer or end user sits in another country:", True),
    ):
        if others := [c for c in late if c.elsewhere == elsewhere]:
            parts += ["", head, *(_control(content, c, language) for c in others)]
    laws = [c.rule.instrument for c in (*on_route, *late) if c.status == "unconfirmed" and c.rule.instrument]
    if laws:
        parts += ["", "To be confirmed"]
        for law in {law.id: law for law in laws}.values():
            parts += wrap(f"{law.id}: {told_state(content, law.dates, route.day, language, law.what_to_check)}")
    parts += ["", "Known as"]
    for name, substance in material.substances.items():
        words = [w for group in substance.names.values() for w in group][:4] + substance.formulas + substance.cas
        price = substance.price_usd_kg
        band = f"; {price.low:g} to {price.high:g} USD/kg ({price.certainty})" if price and price.low and price.high else ""
        parts.append(f"  {ident}.{name} ({substance.is_}): {', '.join(words) or 'names formed from the element'}{band}")
    return "\n".join(parts)


def _control(content: Content, control: Control, language: str) -> str:
    said = content.texts[f"state_{control.status}"].get(language) if control.status else control.rule.family
    return f"  {control.rule.id}: {_say(control.rule.spec.title, language)} [{said}; {control.action}]"


def _material_named(content: Content, name: str) -> str | None:
    wanted = name.strip().lower()
    for ident, material in content.materials.items():
        names = [ident, material.symbol, material.name.en, material.name.zh, *(n for g in material.names.values() for n in g)]
        if wanted in {n.lower() for n in names if n}:
            return ident
    return None


def _say(text: Text, language: str) -> str:
    return text.get(language)


def _say_step(step: Any, language: str) -> str:
    return _say(Text(step.en, step.zh), language)


def _detect(detect: dict[str, Any]) -> list[str]:
    return [f"  {name}: {_plain(body)}" for name, body in detect.items()]


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{key} {_plain(part)}" for key, part in value.items())
    if isinstance(value, list):
        return " | ".join(map(_plain, value))
    if hasattr(value, "__dataclass_fields__"):
        shown = {name: getattr(value, name) for name in value.__dataclass_fields__}
        return ", ".join(f"{name} {_plain(part)}" for name, part in shown.items() if part)
    return str(value)


def _documents(content: Content, ids: list[str], language: str) -> list[str]:
    return [f"  - {_say(content.documents[ident], language)}" for ident in ids]


def _examples(examples: list[Any]) -> list[str]:
    if not examples:
        return []
    rows = [f"  {e.expect:<10} {e.name}" + (f" [{e.action}]" if e.action else "") for e in examples]
    return ["", "Examples", *rows]


def nearest(content: Content, name: str) -> str:
    """A question naming what is called most like ``name``; empty where nothing is."""
    from difflib import get_close_matches

    names = [
        *content.rules,
        *content.instruments,
        *content.watchlists,
        *(n for w in content.watchlists.values() for n in w.notices),
        *(m.name.en for m in content.materials.values()),
    ]
    names += [f"{i.id}/{item.code}" for i in content.instruments.values() for item in i.items]
    close = get_close_matches(name, names, 3, 0.6)
    return f" Did you mean {' or '.join(close)}?" if close else ""
