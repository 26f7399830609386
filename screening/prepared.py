"""Keeps the shipped content made ready: a start only reads what was worked out before.

That is rules parsed, vocabularies built, listed names taken apart. Each is a pickle, read by a reader that makes objects of this
program and hardly anything else.
"""

from __future__ import annotations

import contextlib
import io
import pickle
from typing import TYPE_CHECKING, Any, TypeVar

from screening.content.folders import keep, worked_out
from screening.content.snapshot import shipped
from screening.goods import vocabulary
from screening.judge.plan import Plan
from screening.parties.match import made_ready
from screening.parties.ready import Ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_T = TypeVar("_T")
_PLAN, _NAMES = "plan.pickle", "names.pickle"
_BESIDES = {("builtins", "frozenset"), ("builtins", "set"), ("datetime", "date"), ("functools", "partial")}
"""What is made besides objects of this program."""


def shipped_plan() -> Plan:
    """The shipped rules, compiled, with their content as ``plan.content``.

    Raises:
        ContentError: the shipped files are damaged.
    """
    return _kept(_PLAN, Plan, _made)


def shipped_names() -> Ready:
    """The names of the shipped lists, taken apart. Each call gives them anew: who takes them over may change them.

    Raises:
        ContentError: the shipped files are damaged.
    """
    return _kept(_NAMES, Ready, _made_names)


def write_prepared(folder: Path) -> list[Path]:
    """Prepare the shipped content and write it to files in ``folder`` (used when the wheel is built). Raises ContentError."""
    made = {_PLAN: _made(), _NAMES: _made_names()}
    for name, value in made.items():
        (folder / name).write_bytes(pickle.dumps(value, protocol=5))
    return [folder / name for name in made]


def _kept(name: str, kind: type[_T], make: Callable[[], _T]) -> _T:
    # a file cut short or written by another version is made anew
    with contextlib.suppress(OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError):
        found = _Reader(io.BytesIO(worked_out(name).read_bytes())).load()
        if isinstance(found, kind):
            return found
    value = make()
    keep(name, pickle.dumps(value, protocol=5))
    return value


def _made_names() -> Ready:
    return made_ready(shipped())


def _made() -> Plan:
    plan = Plan(shipped())
    for rule in plan.rules:
        rule.work_out()
    return plan


class _Reader(pickle.Unpickler):
    """Makes objects of this program and names functions that form vocabulary: a file that asks for more is not ours."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _BESIDES:
            return super().find_class(module, name)
        if module.partition(".")[0] == "screening" and "." not in name:
            found = super().find_class(module, name)
            own = getattr(found, "__module__", "") == module  # and nothing that the module only uses
            if own and (isinstance(found, type) or module == vocabulary.__name__):
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of prepared content")
