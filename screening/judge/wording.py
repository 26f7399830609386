"""Fills the sentences of the content: what a placeholder stands for on one hit, and how values and names read."""

from __future__ import annotations

import string
from functools import cache
from typing import TYPE_CHECKING, Any

from screening.content.check import PARTY_VALUES
from screening.content.conditions import Ref
from screening.content.fields import INTERVALS
from screening.content.models import Item
from screening.judge import evidence
from screening.judge.rules import plain_code
from screening.judge.status import changes, known_state, state
from screening.terms import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from screening.content.models import Content, Dates
    from screening.judge.rules import Prepared


class Values:
    """What the placeholders of a rule's texts stand for, on one hit after the other."""

    def __init__(self, content: Content, rule: Prepared) -> None:
        self.content = content
        self.rule = rule
        deciding = rule.spec.deciding if isinstance(rule.spec, Item) else ()
        self._deciding = [item for item in rule.atoms if item.selection in deciding]
        self._ready: dict[tuple[str, str], list[tuple[str, str | None, str]]] = {}
        """Templates as ``parts_of`` gives them, with what the rule alone decides filled in, by template and language."""

    def take(self, hit: dict[str, Any], line: dict[str, Any], found: list[str]) -> None:
        """Speak of this hit from now on: of a line, and of the words ``found`` in it."""
        self.hit, self.line, self.found = hit, line, found

    def fill(self, text: Text, language: str) -> str:
        """The text in ``language`` with its placeholders filled."""
        key = text.get(language), language
        if key not in self._ready:
            self._ready[key] = self._of_rule(*key)
        pieces = []
        for before, name, form in self._ready[key]:
            pieces.append(before)
            if name is not None:
                pieces.append(_shown(self.value(name, language), form))
        return "".join(pieces)

    def _of_rule(self, template: str, language: str) -> list[tuple[str, str | None, str]]:
        parts, told = [], ""
        for before, name, form in parts_of(template):
            told += before
            if name is None:
                continue
            if (value := self.fixed(name, language)) is None:
                parts.append((told, name, form))
                told = ""
            else:
                told += _shown(value, form)
        return [*parts, (told, None, "")]

    def fixed(self, name: str, language: str) -> Any:
        """What the placeholder ``name`` stands for on every hit of the rule; None where hits differ, or where it has no value."""
        content, spec = self.content, self.rule.spec
        space, _, rest = name.partition(".")
        if space == "param":
            return content.params[rest].value
        if space == "set":
            return ", ".join(content.sets[rest].members)
        if name == "documents":
            ids = spec.settles if isinstance(spec, Item) else spec.next_step.documents
            return ", ".join(content.documents[d].get(language) for d in ids) or content.texts["any_document"].get(language)
        if isinstance(spec, Item) and self.rule.instrument is not None:
            if name == "instrument":
                return name_of(self.rule.instrument, language)
            return {"code": spec.code, "title": spec.title.get(language), "why": spec.usual_not_listed}.get(name)
        return None

    def value(self, name: str, language: str) -> Any:
        """What a placeholder that ``fixed`` leaves open stands for on this hit; None where the line does not say it."""
        content, line = self.content, self.line
        if name == "found":
            return ", ".join(self.found) or line.get("description")
        if name in ("label", "label.name"):
            labels = [content.labels[ident] for ident in (line.get("label") or "").split("|") if ident]
            return " / ".join(label.name.get(language) for label in labels)
        if name == "regime":
            code = regime_of(content, self.rule, self.hit)
            return content.regimes[code].get(language) if code in content.regimes else code
        if name.startswith("group."):
            return self.hit.get(name, self.hit.get("group.total"))
        if name == "stated":
            return self.stated(language)
        if name == "missing":
            return self.missing(language)
        if self.hit.get("entry") and name in PARTY_VALUES:
            return self.party(name, language)
        if name == "given" and isinstance(self.rule.spec, Item):
            declared = line.get("item_code_plain") == plain_code(self.rule.spec.code)
            return line.get("item_code") if declared else line.get("licence_no")
        if name == "materials":
            return material_names(content, line.get("materials"), language)
        if name.startswith("composition.") or name in INTERVALS:
            low, high = line.get(f"{name}.lo"), line.get(f"{name}.hi")
            return low if low == high or low is None else f"{evidence.number(low)}-{evidence.number(high)}"
        return line.get(name)

    def party(self, name: str, language: str) -> str:
        """What a placeholder of a party rule stands for."""
        hit, content = self.hit, self.content
        if name == "role":
            return content.texts[f"role_{hit['role']}"].get(language)
        if name == "list":
            return content.watchlists[hit["list"]].title.get(language)
        if name == "match":
            said = hit["explanation_zh" if language == "zh" else "explanation"]
            return f"{hit['notice']}; {said}" if language == "en" else f"{hit['notice']}；{said}"
        if name == "note":
            return next(entry.note for entry in content.watchlists[hit["list"]].entries if entry.id == hit["entry"])
        return str(hit[name])

    def stated(self, language: str) -> str:
        """The values of the line that a limit of the item is compared with, each with that limit; empty where there are none."""
        texts = self.content.texts
        told = []
        for item in self._deciding:
            low, high = self.line.get(f"{item.field}.lo"), self.line.get(f"{item.field}.hi")
            if low is None or f"limit_{item.op}" not in texts:
                continue
            value = evidence.number(low) if low == high else f"{evidence.number(low)}-{evidence.number(high)}"
            limit = evidence.threshold(item.value, self.line, self.content) or ""
            if isinstance(item.value, Ref) and item.value.space == "param":  # a number that is not the law's says whose it is
                bound = f"{self.content.params[item.value.name].name.get(language)}: {limit}"
            else:
                bound = texts[f"limit_{item.op}"].get(language).format(limit=limit)
            name = field_name(self.content, item.field, language)
            told.append(f"{name} {value} ({bound})" if language == "en" else f"{name}{value}（{bound}）")
        return ("; " if language == "en" else "；").join(dict.fromkeys(told))

    def missing(self, language: str) -> str:
        """The deciding values that are not stated, in words."""
        spec = self.rule.spec
        if not isinstance(spec, Item):
            return ""
        names = [
            field_name(self.content, item.field, language)
            for selection in spec.deciding
            for item in self.rule.atoms
            if item.selection == selection and self.line.get(f"{item.field}.lo", self.line.get(item.field)) is None
        ]
        return (", " if language == "en" else "、").join(dict.fromkeys(names))


@cache
def parts_of(template: str) -> tuple[tuple[str, str | None, str], ...]:
    """A template as (text, name of the placeholder after it, its format)."""
    return tuple((text, name, form or "") for text, name, form, _ in string.Formatter().parse(template))


def fill(template: str, values: Mapping[str, Any]) -> str:
    """Fill a template; a value that is not there is a dash, and numbers without a format are made readable."""
    pieces: list[str] = []
    for text, name, form in parts_of(template):
        pieces.append(text)
        if name is not None:
            pieces.append(_shown(values[name], form))
    return "".join(pieces)


def _shown(value: Any, form: str) -> str:
    if value is None or value == "":
        return "—"
    if form and isinstance(value, (int, float)):
        return format(value, form)
    if isinstance(value, float):
        return evidence.number(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def sentences(parts: Iterable[str], gap: str = " ") -> str:
    """Sentences one after the other; Chinese ones without a gap."""
    return gap.join(part for part in parts if part)


def name_of(instrument: Any, language: str) -> str:
    """An instrument as a sentence names it."""
    if language == "zh" and instrument.title.zh:
        return f"《{instrument.title.zh}》（{instrument.number}）"
    return f"{' and '.join(instrument.issuer)} {instrument.number}"


def regime_of(content: Content, rule: Prepared, hit: Mapping[str, Any]) -> str:
    """Whose measure a hit rests on: the rule's or its law's, else that of the list that names the party; empty for none."""
    return rule.regime or (content.watchlists[hit["list"]].regime if hit.get("list") else "")


def state_note(content: Content, dates: Dates, day: dt.date, named: Text, verified: dt.date | None, what: Text | None) -> Text:
    """The state of a legal text on ``day`` in a sentence, what to check where it is not confirmed, and a change that is near.

    Args:
        content: for the sentences (``texts.status_*``) and the names of instruments that suspend.
        dates: of the text.
        day: the day meant.
        named: the text's name in both languages.
        verified: when somebody last looked for later acts.
        what: what to look up, and where; the general sentence if None.
    """
    now, texts = state(dates, day), content.texts
    key = f"status_{now.status}"
    if now.status == "in_force" and now.until:
        key = "status_in_force_until"
    if now.status == "suspended" and now.until is None:
        key = "status_suspended_open"
    if now.confirmed:
        key = "status_confirmed"
    by = content.instruments.get(now.by)
    last = max((s for s in dates.suspensions if s.until and s.until < day), key=lambda s: s.until or day, default=None)
    coming = changes(dates, day, int(content.decision["status_change_notice_days"]))
    notes = []
    for language in ("en", "zh"):
        values = {
            **(now.confirmed.told() if now.confirmed else {}),
            "instrument": named.get(language),
            "then": texts[f"state_{now.status}"].get(language),
            "was": texts[f"state_{known_state(dates, day).status}"].get(language),
            "from": dates.in_force if now.status == "not_yet" else now.since,
            "until": last.until if now.status == "unconfirmed" and last else now.until,
            "by": name_of(by, language) if by else now.by,
            "verified_on": verified,
            "what_to_check": (what or texts["what_to_check"]).get(language),
        }
        told = [fill(texts[key].get(language), values)]
        if coming:
            then = texts[f"state_{coming[1].status}"].get(language)
            told.append(fill(texts["status_changes_soon"].get(language), {**values, "from": coming[0], "then": then}))
        notes.append(sentences(told, gap=" " if language == "en" else ""))
    return Text(*notes)


def field_name(content: Content, field: str, language: str) -> str:
    """A field as a sentence names it: ``texts`` has ``field.<name>`` where the plain name would not do."""
    text = content.texts.get(f"field.{field.partition('.')[0]}")
    name = text.get(language) if text else field.replace("_", " ")
    elements = [
        content.materials[e].symbol or e if e in content.materials else e for e in field.partition(".")[2].split("+") if e
    ]
    return f"{name} {'+'.join(elements)}" if elements else name


def material_names(content: Content, ids: str | None, language: str) -> str:
    """Substances by name, from ids joined by ``|``."""
    names = []
    for ident in (ids or "").split("|"):
        element, _, substance = ident.partition(".")
        material = content.materials.get(element)
        if material is None:
            continue
        own = material.substances.get(substance)
        spelled = own.names.get(language) if own else None
        names.append(spelled[0] if spelled else f"{material.name.get(language)} {substance}".replace(" unspecified", ""))
    return ", ".join(names)
