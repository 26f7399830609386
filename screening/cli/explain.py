"""What ``screening explain`` says, as text."""

# ruff: noqa: PLC0415 - a command imports what it needs, when it needs it
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from screening.cli import explain_law
from screening.cli.explain_law import citations, told_state, wrap
from screening.content.conditions import parse_detect
from screening.errors import UsageError
from screening.judge.status import state
from screening.terms import Text
from screening.tools.contents import load

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from screening.content.models import Content, Instrument, Item, Rule


def explain(name: str, day: dt.date, rules: list[Path], language: str) -> str:
    """The explanation of a rule, an instrument, a list or its notice, an item code or a material on ``day``.

    Raises:
        UsageError: nothing has this name; names what comes nearest.
    """
    content = load(rules, examples=True)
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
    if found:
        return "\n\n".join(_item(content, instrument, item, day, language) for instrument, item in found)
    if material := _material_named(content, name):
        return _material(content, material, day, language)
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


def _material(content: Content, ident: str, day: dt.date, language: str) -> str:
    material = content.materials[ident]
    parts = [f"{_say(material.name, language)} ({ident}{', ' + material.symbol if material.symbol else ''})", ""]
    listed: list[str] = []
    for instrument in content.instruments.values():
        for item in instrument.items:
            if ident in _materials_of(item, content):
                now = state(item.dates or instrument.dates, day)
                said = content.texts[f"state_{now.status}"].get(language)
                listed.append(f"  {instrument.id}/{item.code}: {_say(item.title, language)} [{said}]")
    parts.append(f"Listed items that concern it, with their state on {day}:" if listed else "No listed item concerns it.")
    parts += sorted(listed)
    parts += ["", "Known as"]
    for name, substance in material.substances.items():
        words = [w for group in substance.names.values() for w in group][:4] + substance.formulas + substance.cas
        price = substance.price_usd_kg
        band = f"; {price.low:g} to {price.high:g} USD/kg ({price.certainty})" if price and price.low and price.high else ""
        parts.append(f"  {ident}.{name} ({substance.is_}): {', '.join(words) or 'names formed from the element'}{band}")
    return "\n".join(parts)


def _materials_of(item: Item, content: Content) -> set[str]:
    """The materials that the item's selections ask for, by name or by group."""
    found: set[str] = set()
    for atom in parse_detect(item.detect).atoms() if item.detect else ():
        if atom.field.startswith("composition."):
            found.update(atom.field.removeprefix("composition.").split("+"))
        elif atom.field == "material" and atom.op in ("any_of", "all_of") and isinstance(atom.value, tuple):
            groups = {name.removeprefix("group.") for name in atom.value if name.startswith("group.")}
            found.update(name.split(".")[0] for name in atom.value if not name.startswith("group."))
            found.update(ident for ident, material in content.materials.items() if groups & set(material.groups))
    return found


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
    close = get_close_matches(name, names, 3, 0.5)
    return f" Did you mean {' or '.join(close)}?" if close else ""
