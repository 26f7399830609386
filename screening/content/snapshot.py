"""Stores checked content as JSON and restores it, so that a run needs neither YAML nor a validator.

Examples are left out: they serve ``rules test``, which reads the files.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import types
import typing
from functools import cache
from typing import TYPE_CHECKING, Any

from screening.content import factmodels, listmodels, models
from screening.content.folders import bundled, checkout, keep, worked_out
from screening.content.models import Content

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_NAME = "snapshot.json"
_SHIPPED_LAW = ("instruments", "rules", "watchlists")


def shipped(*, examples: bool = False, law: bool = True) -> Content:
    """The shipped content.

    Args:
        examples: with the examples of every rule (reads the files, takes a second).
        law: False leaves instruments, rules and lists out and keeps the facts (``--no-shipped``).

    Raises:
        ContentError: the shipped files are damaged.
    """
    content = _from_files() if examples else _from_snapshot()
    if not law:
        for kind in _SHIPPED_LAW:
            setattr(content, kind, {})
    return content


def write_snapshot(path: Path) -> None:
    """Check the shipped content and write it to ``path`` (used when the wheel is built). Raises ContentError."""
    path.write_text(_dump(_from_files()), encoding="utf-8")


def _from_files() -> Content:
    from screening.content.load import load  # noqa: PLC0415 - pydantic and YAML only where files are read

    return load([bundled("rules"), bundled("watchlists")])


def _from_snapshot() -> Content:
    try:
        return _restore(worked_out(_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError, TypeError, KeyError):
        if checkout() is None:
            raise
        text = _dump(_from_files())
    keep(_NAME, text.encode())
    return _restore(text)  # the same content whether or not a snapshot was there


def _dump(content: Content) -> str:
    return json.dumps(to_plain(content), ensure_ascii=False, separators=(",", ":"))


def to_plain(value: Any) -> Any:
    """JSON form: only what differs from a field's default, so that restoring is quick."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        data = {}
        for field in dataclasses.fields(value):
            item = getattr(value, field.name)
            default = field.default_factory() if field.default_factory is not dataclasses.MISSING else field.default
            if field.name != "examples" and item != default:
                data[field.name] = to_plain(item)
        return data
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def _restore(text: str) -> Content:
    content: Content = restorer(Content)(json.loads(text))
    return content


@cache
def hints_of(model: Any) -> dict[str, Any]:
    """The types of a model's fields; what a model names for type checkers only is found too."""
    return typing.get_type_hints(model, {**vars(factmodels), **vars(models), **vars(listmodels)})


@cache
def restorer(kind: Any) -> Callable[[Any], Any]:
    """A function that rebuilds a value of the type ``kind`` from its JSON form."""
    origin = typing.get_origin(kind)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        builders = {name: restorer(hint) for name, hint in hints_of(kind).items()}
        return lambda data: kind(**{name: builders[name](item) for name, item in data.items()})
    if kind is dt.date:
        return dt.date.fromisoformat
    if origin in (typing.Union, types.UnionType):
        inner = restorer(next(part for part in typing.get_args(kind) if part is not type(None)))
        return lambda data: None if data is None else inner(data)
    if origin is tuple:
        return tuple
    if origin in (list, dict):
        inner = restorer(typing.get_args(kind)[-1])
        if inner is _same:
            return _same
        if origin is list:
            return lambda data: [inner(item) for item in data]
        return lambda data: {key: inner(item) for key, item in data.items()}
    return _same


def _same(value: Any) -> Any:
    return value
