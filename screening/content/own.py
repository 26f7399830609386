"""Completes what a user's own files may leave out. Shipped content writes everything; a folder given with --rules need not.

A text may be a plain one in any language, a rule may go without sources and a next step, a list may be no more than its names.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from typing import Any

from screening.content.factmodels import Words
from screening.content.listmodels import Watchlist
from screening.content.models import Duty, Instrument, NextStep, Rule
from screening.content.snapshot import hints_of
from screening.terms import Text

_SPOKEN = (Text, NextStep, Duty)
_RULE = {"basis": "red_flag", "action": "review", "citations": []}
_LIST = {"publisher": "", "url": "", "licence": "", "official": False, "regime": "OWN", "effect": "informational"}
"""What a list of one's own is unless it says otherwise: it informs, and is no state's measure."""


def completed(model: Any, name: Any, data: Any, texts: dict[str, Text]) -> Any:
    """``data`` of an entry of ``model`` with its short forms written out; what is no short form stays as it is.

    Args:
        model: class of models.py, or of a text.
        name: id of the entry where it is the key of a mapping.
        data: the entry as the file has it, with the names of models.py.
        texts: sentences of the content; ``next_step_review`` is the next step of a rule that names none.
    """
    if model is Words and isinstance(data, list):
        data = {"terms": {"en": data}}
    if not isinstance(data, dict):
        return _spelled(model, data)
    if model is Words:
        data = {"name": name, **data}
    elif model is Rule:
        step = texts.get("next_step_review")
        given = {"next_step": {"en": step.en, "zh": step.zh}} if step else {}
        data = {**_RULE, **given, **({"reason": data["title"]} if "title" in data else {}), **data}
    elif model is Watchlist:
        data = {**_LIST, "title": data.get("id"), **data}
        if isinstance(entries := data.get("entries"), list):
            data["entries"] = [_entry(entry) for entry in entries]
    elif model is Instrument:
        data = {"issuer": [], "number": data.get("id"), "citations": [], **data}
    return _spelled(model, data)


def _entry(entry: Any) -> Any:
    """A listed party given by its name alone, without an id (which is then its name), or with one country."""
    if isinstance(entry, str):
        return {"id": entry, "name": entry}
    if not isinstance(entry, dict) or "name" not in entry:
        return entry
    rest = {key: value for key, value in entry.items() if key != "country"}
    places = {"countries": [entry["country"]]} if entry.get("country") else {}
    return {"id": entry["name"], **places, **rest}


def _spelled(hint: Any, data: Any) -> Any:
    """``data`` with every plain text that stands for one in several languages written out."""
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if hint in _SPOKEN:
        if isinstance(data, str):
            return {"en": data}
        only_chinese = isinstance(data, dict) and "en" not in data and data.get("zh")
        return {"en": data["zh"], **data} if only_chinese else data
    if isinstance(hint, type) and dataclasses.is_dataclass(hint) and isinstance(data, dict):
        hints = hints_of(hint)
        return {key: _spelled(hints[key], value) if key in hints else value for key, value in data.items()}
    if origin is list and isinstance(data, list):
        return [_spelled(inner[0], value) for value in data]
    if origin is dict and isinstance(data, dict):
        return {key: _spelled(inner[1], value) for key, value in data.items()}
    return data
