"""What ``screening explain`` and ``screening rules …`` say, as text."""

# ruff: noqa: PLC0415 - a command imports what it needs, when it needs it
from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from screening.cli import explain_law
from screening.cli.explain_law import citations, told_state, wrap
from screening.content.conditions import parse_detect
from screening.content.folders import bundled
from screening.content.snapshot import shipped
from screening.errors import UsageError
from screening.judge.status import state
from screening.terms import Text

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from screening.content.models import Content, Instrument, Item, Rule


def load(rules: list[Path], *, examples: bool = False, law: bool = True) -> Content:
    """The shipped content and ``rules``."""
    content = shipped(examples=examples, law=law)
    if rules:
        from screening.content.listfile import with_folders

        content = with_folders(rules, content)
    return content


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
    raise UsageError(f"Nothing is called {name!r}.{_nearest(content, name)} `screening rules list` names all rules.")


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


def rule_rows(rules: list[Path], *, shipped: bool, language: str) -> list[tuple[str, str, str, str]]:
    """Every applied rule and item: id, family, what it asks for, title; by id."""
    content = load(rules, law=shipped)
    applied = [rule for rule in content.rules.values() if rule.status != "retired"]
    rows = [(r.id, r.family, r.parties or r.action, _say(r.title, language)) for r in applied]
    rows += [
        (f"{i.id}/{item.code}", "control", item.consequence, _say(item.title, language))
        for i in content.instruments.values()
        for item in i.items
        if item.status != "retired"
    ]
    return sorted(rows)


def source_of(rule: str, rules: list[Path]) -> str:
    """The text of a rule as it stands in its file, with the place.

    Raises:
        UsageError: there is no such rule.
    """
    content = load(rules, examples=True)
    ident, _, code = rule.partition("/")
    place = content.places.get(f"rules:{rule}") or content.places.get(f"instruments:{ident}")
    if place is None:
        raise UsageError(f"There is no rule {rule!r}.{_nearest(content, rule)} `screening rules list` names all.")
    name, line = place
    roots = [bundled("rules").parent, bundled("watchlists").parent, *(folder.parent for folder in rules)]
    path = next((root / name for root in roots if (root / name).is_file()), None)
    if path is None:
        raise UsageError(f"The file {name} that holds {rule!r} is no longer there.")
    lines = path.read_text(encoding="utf-8").splitlines()
    if code:
        named = re.compile(rf"\s*- .*\bcode:\s*[\"']?{re.escape(code)}[\"']?\s*(,|\}}|$)")
        starts = [index for index, text in enumerate(lines) if named.match(text)]
        if not starts:
            raise UsageError(f"{ident} has no item {code!r}; `screening explain {ident}` names its items.")
        line = starts[0] + 1
    return f"{name}:{line}\n" + "\n".join(_block(lines, line - 1))


def _block(lines: list[str], start: int) -> list[str]:
    """The list entry, or the whole file's mapping, that begins at ``start``."""
    indent = len(lines[start]) - len(lines[start].lstrip())
    if not lines[start].lstrip().startswith("- "):
        return lines[start:]
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    return lines[start:end]


def check_content(folders: list[Path]) -> str:
    """Check content; raises ContentError with every problem, else says what was checked."""
    own = [bundled("rules").resolve(), bundled("watchlists").resolve()]
    folders = [folder for folder in folders if not any(folder.resolve().is_relative_to(root) for root in own)]
    content = load(folders, examples=True)
    items = sum(len(i.items) for i in content.instruments.values())
    examples = sum(len(r.examples) for r in content.rules.values())
    examples += sum(len(item.examples) for i in content.instruments.values() for item in i.items)
    entries = sum(len(w.entries) for w in content.watchlists.values())
    return (
        f"No problems. {len(content.rules)} rules, {len(content.instruments)} instruments with {items} items, "
        f"{len(content.watchlists)} lists with {entries} entries, {examples} examples; content version {content.version}."
    )


def test_rules(only: str, rules: list[Path]) -> tuple[str, int]:
    """Run the examples; returns what to print and how many failed."""
    from screening.examples import run_examples

    content = load(rules, examples=True)
    outcomes = run_examples(content, only)
    if not outcomes:
        raise UsageError(f"No rule with examples has an id that begins with {only!r}.{_nearest(content, only)}")
    failed = [o for o in outcomes if not o.ok]
    rows = [f"FAILED {o.rule}: {o.example.name}: expected {o.example.expect}, got {o.got} ({o.detail})" for o in failed]
    counts = {kind: sum(o.example.expect == kind for o in outcomes) for kind in ("hit", "clear", "not_judged")}
    told = ", ".join(f"{n} expected {kind}" for kind, n in counts.items())
    count = len({o.rule for o in outcomes})
    rows.append(f"{len(outcomes) - len(failed)} of {len(outcomes)} examples hold ({told}) in {count} rules.")
    return "\n".join(rows), len(failed)


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


def _nearest(content: Content, name: str) -> str:
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


__all__ = ["check_content", "explain", "load", "rule_rows", "source_of", "test_rules"]
