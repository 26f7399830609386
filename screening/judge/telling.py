"""What a rule needs to be told of, worked out once when its first hit comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.content.conditions import Ref, atoms_of
from screening.content.fields import GOODS, NEEDS, FieldType, field_type
from screening.content.models import Rule
from screening.judge import evidence, wording
from screening.plaindata import record
from screening.terms import COLUMNS, RAW, ROLES

if TYPE_CHECKING:
    from screening.content.conditions import Atom
    from screening.content.models import Content
    from screening.judge.evidence import Teller
    from screening.judge.plan import Plan
    from screening.judge.rules import Prepared

_ALWAYS = (
    *("position", "line", "line_date", "description", GOODS, "materials", "label", "hs_code", "item_code", "item_code_plain"),
    *("licence_no", "leaves_from", "leaves_from_source", "export_country", "loading_port", "value_usd_source"),
    *(f"{role}_country" for role in ROLES),
)
"""Columns that any hit may tell."""


@record
class Told:
    """A rule made ready to be told of."""

    rule: Prepared
    asked: list[Atom]
    """What the rule asks of words."""
    tellers: list[Teller]
    columns: frozenset[str]
    """The columns of a line that its texts and its evidence can speak of, whether a line has them or not."""
    texts: frozenset[str]
    """The text columns in which it looks for words."""
    worded: bool
    """Whether words of a line are told at all."""


class Telling:
    """The rules of a plan made ready to be told of; one serves many runs."""

    def __init__(self, content: Content, plan: Plan) -> None:
        self.content = content
        self.plan = plan
        self._told: dict[int, Told] = {}
        self._vague: list[Teller] | None = None

    def of(self, index: int) -> Told:
        """The rule with that index."""
        found = self._told.get(index)
        if found is None:
            found = self._told[index] = self._make(self.plan.rules[index])
        return found

    def vague(self) -> list[Teller]:
        """What tells that a text is no description."""
        if self._vague is None:
            undescribed = self.plan.undescribed
            self._vague = evidence.tellers(atoms_of(undescribed), self.plan.scope) if undescribed is not None else []
        return self._vague

    def _make(self, rule: Prepared) -> Told:
        texts = {a.field for a in rule.atoms if a.op == "terms"} & COLUMNS.keys()
        asked = [item for item in rule.atoms if _asks_for_words(item)]
        worded = any(item.op == "terms" or field_type(item.field) is FieldType.FACTS for item in rule.atoms)
        tellers = evidence.tellers(rule.atoms, self.plan.scope)
        return Told(rule, asked, tellers, self._columns(rule), frozenset(texts), worded)

    def _columns(self, rule: Prepared) -> frozenset[str]:
        spec = rule.spec
        texts = (
            [spec.reason] if isinstance(spec, Rule) else [*self.content.texts.values(), *filter(None, [spec.reason, spec.note])]
        )
        wanted = {name for text in texts for sentence in (text.en, text.zh) for _, name, _ in wording.parts_of(sentence) if name}
        wanted.update(_ALWAYS)
        for item in rule.atoms:
            values = item.value if isinstance(item.value, tuple) else (item.value,)
            wanted.add(item.field)
            wanted.update(
                ref.name if ref.space == "line" else f"{ref.space}.{ref.name}" for ref in values if isinstance(ref, Ref)
            )
        wanted |= {need for name in list(wanted) for need in NEEDS.get(name, ())}
        wanted |= {f"{name}{end}" for name in list(wanted) for end in (".lo", ".hi")} | {f"{RAW}{name}" for name in list(wanted)}
        return frozenset(wanted)


def _asks_for_words(item: Atom) -> bool:
    return item.op == "terms" or (item.op in ("any_of", "all_of", "exists") and field_type(item.field) is FieldType.FACTS)
