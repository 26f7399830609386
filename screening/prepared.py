"""Keeps the shipped content made ready: rules parsed, vocabularies built, so that a start only reads what was worked out before.

It is a pickle, read by a reader that makes objects of this program and hardly anything else.
"""

from __future__ import annotations

import contextlib
import io
import pickle
from typing import TYPE_CHECKING, Any

from screening.content.folders import keep, worked_out
from screening.content.snapshot import shipped
from screening.goods import vocabulary
from screening.judge.plan import Plan

if TYPE_CHECKING:
    from pathlib import Path

_NAME = "plan.pickle"
_BESIDES = {("builtins", "frozenset"), ("builtins", "set"), ("datetime", "date"), ("functools", "partial")}
"""What is made besides objects of this program."""


def shipped_plan() -> Plan:
    """The shipped rules, compiled, with their content as ``plan.content``.

    Raises:
        ContentError: the shipped files are damaged.
    """
    # a file cut short or written by another version is made anew
    with contextlib.suppress(OSError, EOFError, pickle.UnpicklingError, AttributeError, ImportError, TypeError, ValueError):
        found = _Reader(io.BytesIO(worked_out(_NAME).read_bytes())).load()
        if isinstance(found, Plan):
            return found
    plan = _made()
    keep(_NAME, pickle.dumps(plan, protocol=5))
    return plan


def write_plan(path: Path) -> None:
    """Prepare the shipped content and write it to ``path`` (used when the wheel is built). Raises ContentError."""
    path.write_bytes(pickle.dumps(_made(), protocol=5))


def _made() -> Plan:
    plan = Plan(shipped())
    for rule in plan.rules:
        rule.work_out()
    return plan


class _Reader(pickle.Unpickler):
    """Makes objects of this program and names functions that form vocabulary: a file that asks for more is not ours."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in _BESIDES or (module.partition(".")[0] == "screening" and "." not in name):
            found = super().find_class(module, name)
            if isinstance(found, type) or module == vocabulary.__name__:
                return found
        raise pickle.UnpicklingError(f"{module}.{name} is no part of prepared content")
