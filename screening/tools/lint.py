"""Lints: what is allowed in content and yet most likely not meant. They are warnings, and change no exit status."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from screening.content.conditions import Ref, atoms_of, parse_detect, parse_selection
from screening.content.reading import from_data
from screening.errors import Problem
from screening.judge import frame as frames
from screening.judge.compile import expression
from screening.judge.plan import Plan
from screening.manifest import ReadOptions, read_manifest
from screening.parties.match import MATCHES
from screening.terms import ACTIONS
from screening.tools.implies import implies, shape

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from screening.content.conditions import Atom
    from screening.content.models import Content, Rule
    from screening.judge.rules import Prepared

_LEAST = 20
"""Lines a rule must have judged before being true of all of them says anything."""
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


def lint(content: Content, day: dt.date | None = None) -> list[Problem]:
    """Warnings on ``content`` (loaded with examples), by place.

    Args:
        content: checked content; its examples are the lines on which rules are tried.
        day: tell what was last verified too long before this day; nothing is told without a day.
    """
    found = [*_terms(content), *_unused(content), *_subsumed(content), *_tried(content)]
    if day is not None:
        found += _old(content, day)
    return sorted(found, key=lambda p: (p.path, p.line, p.message))


def _at(content: Content, kind: str, name: str, message: str) -> Problem:
    path, line = content.places.get(f"{kind}:{name}", ("", 0))
    return Problem(path, line, f"{name}: {message}")


# ---- words


def _terms(content: Content) -> Iterator[Problem]:
    """Words too short to be found safely, and words that two labels share."""
    for kind in ("products", "terms", "labels"):  # a form counts only beside a material
        for name, entry in getattr(content, kind).items():
            for term in sorted({t for group in entry.terms.values() for t in group}):
                if len(term) == 1 and _HAN.match(term):
                    yield _at(content, kind, name, f"the term {term!r} is one character and is found inside any word")
    owners: dict[str, list[str]] = {}
    for name, label in content.labels.items():
        for term in {t.casefold() for group in label.terms.values() for t in group}:
            owners.setdefault(term, []).append(name)
    for term, names in sorted(owners.items()):
        if len(names) > 1:
            yield _at(content, "labels", names[-1], f"the term {term!r} also stands in the label {names[0]!r}")


# ---- references


def _unused(content: Content) -> Iterator[Problem]:
    """Word lists, params and sets that nothing asks for."""
    lists: set[str] = set()
    refs: set[str] = {f"param.{frames.RATE_AGE}"}
    for item in _comparisons(content):
        values = item.value if isinstance(item.value, tuple) else (item.value,)
        if item.op == "terms":
            lists.update(values)
        refs.update(name for value in values if isinstance(value, Ref) for name in _references(value))
    said = " ".join(_texts(content))
    for name in content.terms.keys() - lists - _asked_by_program(content):
        yield _at(content, "terms", name, "no rule asks for this word list")
    for space, table in (("param", content.params), ("set", content.sets)):
        for name in table:
            if f"{space}.{name}" not in refs and f"{space}.{name}" not in said:
                yield _at(content, f"{space}s", name, f"no rule asks for this {space}")


def _references(value: Ref) -> Iterator[str]:
    yield f"{value.space}.{value.name}"
    if isinstance(value.times, Ref):
        yield from _references(value.times)


def _comparisons(content: Content) -> Iterator[Atom]:
    for rule in content.rules.values():
        yield from parse_detect(rule.detect).atoms()
    for instrument in content.instruments.values():
        selections = [instrument.applies, *(item.applies for item in instrument.items)]
        for selection in selections:
            if selection:
                yield from atoms_of(parse_selection("applies", selection))
        for item in instrument.items:
            if item.detect:
                yield from parse_detect(item.detect).atoms()


def _texts(content: Content) -> Iterator[str]:
    for rule in content.rules.values():
        yield from (rule.reason.en, rule.reason.zh)
    for instrument in content.instruments.values():
        for item in instrument.items:
            yield from (text for part in (item.reason, item.note) if part for text in (part.en, part.zh))


def _asked_by_program(content: Content) -> set[str]:
    """Word lists that decision.yaml asks for."""
    said = repr(content.decision)
    return {name for name in content.terms if re.search(rf"'{re.escape(name)}'", said)}


# ---- rules that follow from others


def _subsumed(content: Content) -> Iterator[Problem]:
    """Red flags that speak only where another of their family, asking for no less, speaks as well."""
    plain = [r for r in content.rules.values() if r.group is None and not r.parties and r.status != "retired"]
    conditions = {rule.id: parse_detect(rule.detect).condition for rule in plain}
    for rule in plain:
        for other in plain:
            if rule is other or not _may_replace(other, rule) or not implies(conditions[rule.id], conditions[other.id]):
                continue
            same = shape(conditions[rule.id]) == shape(conditions[other.id])
            if same and (rule.action != other.action or other.id < rule.id):
                yield _at(content, "rules", rule.id, f"asks for the same as {other.id}")
            elif not same:
                yield _at(content, "rules", rule.id, f"speaks only where {other.id} speaks, which asks for no less")


def _may_replace(other: Rule, rule: Rule) -> bool:
    return rule.family == other.family and rule.regime == other.regime and _rank(rule) <= _rank(other)


def _rank(rule: Rule) -> int:
    return ACTIONS.index(rule.action)


# ---- rules tried on every example


def _tried(content: Content) -> Iterator[Problem]:
    """Rules that are true of no line, or of every line, of all the examples, and selections that are true of none."""
    lines = [{k: v for k, v in line.items() if v is not None} for line in _lines(content)]
    if not lines:
        return
    plan, words = Plan(content), from_data(content.reading)
    true, unknown, selected = Counter[int](), Counter[int](), Counter[tuple[int, str]]()
    for chunk in read_manifest(lines, words, ReadOptions()).chunks():
        understood = frames.derive(chunk.lines, plan, words.ports, None, dt.date.today())
        frame = frames.prepare(understood, plan, pl.DataFrame(schema=MATCHES))
        for rule in plan.rules:
            selections = rule.detect.selections if rule.detect and _of_the_line(rule) else {}
            counts = frame.select(expression(s, plan.scope).sum().alias(name) for name, s in selections.items())
            selected.update({(rule.index, name): counts[name][0] or 0 for name in selections})
        evaluated = plan.evaluate(frame)
        true.update(evaluated.hits["rule"].to_list())
        unknown.update(evaluated.unjudged.lines())
    for (index, selection), lines_met in selected.items():
        if not lines_met:
            rule = plan.rules[index]
            yield _at(
                content,
                *_place(rule),
                f"the selection {selection!r} of {rule.id} is true of none of {len(lines):,} example lines",
            )
    for rule in plan.rules:
        if rule.group is not None or any(item.op == "party" for item in rule.atoms):
            continue
        if rule.detect is None and not rule.hs_codes:  # there to be explained: nothing on a line speaks for it
            continue
        kind, name = _place(rule)
        judged = len(lines) - unknown[rule.index]
        if not true[rule.index]:
            yield _at(content, kind, name, f"{rule.id} is true of none of {len(lines):,} example lines")
        elif true[rule.index] >= judged >= _LEAST:
            yield _at(content, kind, name, f"{rule.id} is true of every line it could judge ({judged:,})")


def _of_the_line(rule: Prepared) -> bool:
    """Whether a line alone says if a selection is met: no list and no other item has to be asked."""
    return not rule.late and all(item.op != "party" for item in rule.atoms)


def _place(rule: Prepared) -> tuple[str, str]:
    return ("instruments", rule.instrument.id) if rule.instrument else ("rules", rule.id)


def _lines(content: Content) -> Iterator[dict[str, object]]:
    for rule in content.rules.values():
        for example in rule.examples:
            yield from example.lines or [example.line]
    for instrument in content.instruments.values():
        for item in instrument.items:
            for example in item.examples:
                yield from ({**instrument.example_line, **line} for line in example.lines or [example.line])


# ---- age


def _old(content: Content, day: dt.date) -> Iterator[Problem]:
    """Laws, items and lists that were last verified longer ago than decision.yaml allows without a warning."""
    limit = int(content.decision["verification_warning_days"])
    dated: Iterable[tuple[str, str, str, dt.date | None]] = [
        *(("instruments", i.id, i.id, i.verified_on) for i in content.instruments.values()),
        *(
            ("instruments", i.id, f"{i.id}/{item.code}", item.verified_on)
            for i in content.instruments.values()
            for item in i.items
        ),
        *(("watchlists", w.id, w.id, w.verified_on) for w in content.watchlists.values()),
    ]
    for kind, name, ident, verified in dated:
        if verified is not None and (day - verified).days > limit:
            yield _at(content, kind, name, f"{ident} was last verified on {verified}, {(day - verified).days} days before {day}")
