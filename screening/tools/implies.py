"""Whether one condition follows from another, as far as their shape shows it: sound, and silent where it would have to think."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from screening.content.conditions import And, AtLeast, Atom, Not, Or, Selection

if TYPE_CHECKING:
    from screening.content.conditions import Node

_ONE_OF = ("in", "any_of", "prefix", "terms", "passes", "party")
"""Operators that are met by any of their values."""
_NONE_OF = ("not_in", "none_of", "not_prefix", "all_of")
"""Operators under which more values ask for more."""


def shape(node: Node) -> Any:
    """A condition without the names of its selections: equal shapes are equal conditions."""
    if isinstance(node, Selection):
        inner = shape(node.node)
        return ("exempts", inner) if node.exempts else inner
    if isinstance(node, (And, Or)):
        parts = sorted({repr(shape(part)): shape(part) for part in node.parts}.items())
        return parts[0][1] if len(parts) == 1 else (type(node).__name__, tuple(part for _, part in parts))
    if isinstance(node, AtLeast):
        return ("AtLeast", node.count, tuple(shape(part) for part in node.parts))
    if isinstance(node, Not):
        return ("Not", shape(node.part))
    return (node.field, node.op, node.value)


def implies(given: Node, wanted: Node) -> bool:
    """Whether ``wanted`` is true wherever ``given`` is, told by their shape; False where that does not show it."""
    if isinstance(given, Selection):
        return implies(given.node, wanted)
    if isinstance(wanted, Selection):
        return implies(given, wanted.node)
    if isinstance(given, Or):
        return all(implies(part, wanted) for part in given.parts)
    if isinstance(wanted, And):
        return all(implies(given, part) for part in wanted.parts)
    if shape(given) == shape(wanted):
        return True
    if isinstance(given, And) and any(implies(part, wanted) for part in given.parts):
        return True
    if isinstance(wanted, Or) and any(implies(given, part) for part in wanted.parts):
        return True
    return isinstance(given, Atom) and isinstance(wanted, Atom) and _atoms(given, wanted)


def _atoms(given: Atom, wanted: Atom) -> bool:
    if given.field != wanted.field:
        return False
    if wanted.op == "exists" and wanted.value is True:
        return given.op != "exists"
    low, high = _range(given), _range(wanted)
    if low is not None and high is not None:
        return high[0] <= low[0] and low[1] <= high[1]
    if given.op != wanted.op or not isinstance(given.value, tuple) or not isinstance(wanted.value, tuple):
        return False
    if given.op in _ONE_OF:
        return set(given.value) <= set(wanted.value)
    return given.op in _NONE_OF and set(wanted.value) <= set(given.value)


def _range(item: Atom) -> tuple[tuple[float, int], tuple[float, int]] | None:
    """The numbers that meet a comparison, from and to; the second part of an end says whether the end itself is left out."""
    ends = item.value if isinstance(item.value, tuple) else (item.value,)
    if not all(isinstance(end, (int, float)) and not isinstance(end, bool) for end in ends):
        return None
    least, most = (float("-inf"), 0), (float("inf"), 0)
    first, last = float(ends[0]), float(ends[-1])
    return {
        "gt": ((first, 1), most),
        "gte": ((first, 0), most),
        "lt": (least, (first, -1)),
        "lte": (least, (first, 0)),
        "between": ((first, 0), (last, 0)),
        "is": ((first, 0), (first, 0)),
    }.get(item.op)
