"""What is controlled about a material on a day, from one country to another: the items that concern it, and what they ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.content.conditions import Ref, parse_detect
from screening.content.fields import FieldType, field_type
from screening.content.models import Item
from screening.errors import UsageError
from screening.folding import fold
from screening.judge.binding import binding
from screening.judge.compile import certainly_false
from screening.judge.decide import Decision
from screening.judge.plan import Plan
from screening.judge.rules import MET
from screening.judge.status import state
from screening.plaindata import record

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from screening.content.conditions import Atom
    from screening.content.models import Content
    from screening.judge.rules import Prepared
    from screening.terms import Status

_FROM = ("leaves_from", "export_country")
_TO = ("destination_country",)
_PARTIES = ("consignee_country", "buyer_country", "end_user_country", "notify_country")


@record
class Route:
    """Where goods go, as far as it is asked; None for anywhere."""

    day: dt.date
    leaves_from: str | None = None
    destination: str | None = None


@record
class Control:
    """A rule that concerns a material, and what it comes to on a route."""

    rule: Prepared
    status: Status | None
    """State of its law on the day; None for a red flag."""
    applies: bool
    """Whether it may speak on the route."""
    action: str
    """What a line that meets it and states no licence is given: ``hold``, ``review``, ``note`` or ``nothing``."""
    elsewhere: bool = False
    """It applies only if a consignee, buyer or end user sits in another country than the destination."""


def controls(content: Content, material: str, route: Route, bound_by: str | None = None) -> tuple[list[Control], list[Control]]:
    """The items that list ``material``, and the rules that build on listed items and may join them on the route; each by id.

    Args:
        content: checked content.
        material: id of a material, such as ``dy``.
        route: the day and the countries asked about.
        bound_by: whose law binds, as for Screener.
    """
    plan = Plan(content)
    decision = Decision(content, plan, binding(content, bound_by))

    def control(rule: Prepared, listed: set[str]) -> Control:
        nodes = [*rule.applies, *([rule.detect.condition] if rule.detect else [])]
        applies, there = (
            not any(certainly_false(node, _possible(content, route, listed, to)) for node in nodes)
            for to in (_TO, _TO + _PARTIES)
        )
        status = state(rule.dates, route.day).status if rule.dates else None
        return Control(rule, status, applies, _asked(decision, rule, route.day), applies and not there)

    items = [rule for rule in plan.rules if isinstance(rule.spec, Item) and not rule.late]
    direct = [control(rule, set()) for rule in items if material in materials_of(rule.spec, content)]  # type: ignore[arg-type]
    counting = [c.rule for c in direct if c.applies and c.status in ("in_force", "unconfirmed")]
    listed = {fact.removeprefix("item:") for rule in counting for fact in rule.listed_facts}
    late = [control(rule, listed) for rule in plan.rules if _builds_on(rule, listed)]
    return direct, [c for c in late if c.applies and c.action != "nothing"]


def materials_of(item: Item, content: Content) -> set[str]:
    """The materials that the item's selections ask for, by name or by group."""
    found: set[str] = set()
    for atom in parse_detect(item.detect).atoms() if item.detect else ():
        if atom.field.startswith("composition."):
            found.update(atom.field.removeprefix("composition.").lower().split("+"))
        elif atom.field == "material" and atom.op in ("any_of", "all_of") and isinstance(atom.value, tuple):
            groups = {name.removeprefix("group.") for name in atom.value if name.startswith("group.")}
            found.update(name.split(".")[0] for name in atom.value if not name.startswith("group."))
            found.update(ident for ident, material in content.materials.items() if groups & set(material.groups))
    return found


def country(content: Content, name: str) -> str:
    """The alpha-2 code of a country given by code or name, in any language the manifests are read in.

    Raises:
        UsageError: there is no such country.
    """
    known = content.reading["countries"]
    code = known.get(fold(name))
    if code is None:
        raise UsageError(f"{name!r} is no country that is known; give its name or its code of two letters, such as CN.")
    return str(code)


def _builds_on(rule: Prepared, listed: set[str]) -> bool:
    """Whether a law, or a red flag about routes, asks for listed items, those ``listed`` among them."""
    if not (isinstance(rule.spec, Item) or rule.family == "route"):
        return False
    asked = [item for item in rule.atoms if item.field == "listed_item"]
    return bool(listed) and any(item.op == "exists" or listed & set(item.value) for item in asked)


def _possible(content: Content, route: Route, listed: set[str], to: tuple[str, ...]) -> Callable[[Atom], bool]:
    """A test whether goods of the material on the route could meet a comparison; True when it does not say."""

    def possible(item: Atom) -> bool:
        here = route.leaves_from if item.field in _FROM else route.destination if item.field in to else None
        if here is not None and item.op in ("in", "not_in", "is", "is_not"):
            return (here in _members(item, content)) == (item.op in ("in", "is"))
        if field_type(item.field) is FieldType.ITEM and item.op == "any_of":
            return bool(listed & set(item.value))
        return True

    return possible


def _members(item: Atom, content: Content) -> set[str]:
    found: set[str] = set()
    for value in item.value if isinstance(item.value, tuple) else (item.value,):
        found.update(content.sets[value.name].members if isinstance(value, Ref) and value.space == "set" else [str(value)])
    return found


def _asked(decision: Decision, rule: Prepared, day: dt.date) -> str:
    """What a hit of the rule asks for where it is met and no licence is stated."""
    _, action, _, _ = decision.of_hit(rule.index, MET, day)
    return "nothing" if action == "none" else action
