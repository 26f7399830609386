"""Checks rules/reading/messages.yaml: the columns it names are canonical, its paths and patterns can be read.

``manifest/messages`` takes the file as it is (`definitions.py` there); what is wrong in it is told here, with its line.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, Any

from screening.terms import COLUMNS, ROLES

if TYPE_CHECKING:
    from screening.content.document import Document, Place

_TOP = {"sources", "dates", "edifact", "codes", "party_forms", "shared", "messages"}
_MESSAGE = {"name", "form", "root", "namespace", "documents", "item", "party", "units", "aside", "levels"}
_LEVEL = {"at", "use", "columns", "alone", "parties", "opens", "joins", "until"}
_VALUE = {"path", "parts", "between", "join", "unit", "format", "like", "width", "add_up", "first", "codes", "when"}
_PATH = re.compile(r"(?:\.|@?[^\[\]/*@!=\s]+)\*?(?:\[!?[^\[\]!=]+(?:=[^\[\]]+)?\])*")
_FORMS = ("xml", "edifact")


def check_messages(document: Document) -> dict[str, Any]:
    """Check the file; its data, or an empty mapping where something in it is wrong."""
    checker = _Checker(document)
    checker.file(document.data)
    return document.data if not document.problems else {}


class _Checker:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._tables: frozenset[str] = frozenset()

    def file(self, data: dict[str, Any]) -> None:
        """The whole file."""
        self._keys(data, _TOP, (), needed=_TOP - {"sources"})
        if self._document.problems:
            return
        for code, pattern in data["dates"].items():
            if not isinstance(pattern, str) or not {"%m", "%d"} <= set(re.findall("%.", pattern)):
                self._problem(("dates", code), "a date format needs a pattern with %m, %d and %y or %Y")
        self._edifact(data["edifact"])
        for name, table in data["codes"].items():
            if not isinstance(table, dict):
                self._problem(("codes", name), "must be a mapping of codes to what they stand for")
                continue
            for code, meant in table.items():
                if not isinstance(meant, str) or not meant:
                    self._problem(("codes", name, code), f"what {code!r} stands for must be a text")
        self._tables = frozenset(data["codes"])
        for name, form in data["party_forms"].items():
            self._keys(form, {"name", "id", "country", "address"}, ("party_forms", name), needed={"name"})
            for part, given in form.items():
                self._values(given, ("party_forms", name, part))
        for name, block in data["shared"].items():
            self._level(block, ("shared", name), data)
        for index, message in enumerate(data["messages"]):
            self._message(message, ("messages", index), data)

    def _edifact(self, data: dict[str, Any]) -> None:
        self._keys(data, {"charsets", "qualifiers", "aside"}, ("edifact",), needed={"charsets", "qualifiers"})
        for name, encoding in data.get("charsets", {}).items():
            try:
                codecs.lookup(str(encoding))
            except LookupError:
                self._problem(("edifact", "charsets", name), f"{encoding!r} is no character set that is known")

    def _message(self, data: Any, place: Place, whole: dict[str, Any]) -> None:
        if not self._keys(data, _MESSAGE, place, needed={"name", "form", "root", "item", "party", "levels"}):
            return
        if data["form"] not in _FORMS:
            self._problem((*place, "form"), f"form must be one of {', '.join(_FORMS)}")
        if data["party"] not in whole["party_forms"]:
            self._problem((*place, "party"), f"{data['party']!r} does not stand under party_forms")
        for key in ("root", "documents", "units", "aside", "levels"):
            if not isinstance(data.get(key, []), list):
                self._problem((*place, key), f"{key!r} must be a list")
                return
        for index, level in enumerate(data["levels"]):
            self._level(level, (*place, "levels", index), whole)
            if index and isinstance(level, dict) and not level.get("at"):
                self._problem((*place, "levels", index), "a level below the first needs 'at', the way to it")

    def _level(self, data: Any, place: Place, whole: dict[str, Any]) -> None:
        if not self._keys(data, _LEVEL, place):
            return
        for index, name in enumerate(data.get("use", ())):
            if name not in whole["shared"]:
                self._problem((*place, "use", index), f"{name!r} does not stand under shared")
        for key in ("columns", "alone"):
            for column, given in data.get(key, {}).items():
                if column not in COLUMNS and " " not in column:
                    self._problem(
                        (*place, key, column), f"{column!r} is no canonical column; what is carried through has two words"
                    )
                self._values(given, (*place, key, column))
        for role, paths in data.get("parties", {}).items():
            if role not in (*ROLES, "others"):
                self._problem((*place, "parties", role), f"{role!r} is no role; known are {', '.join(ROLES)}, others")
            self._values(paths, (*place, "parties", role))

    def _values(self, given: Any, place: Place) -> None:
        """One path, one mapping, or a list of such."""
        if isinstance(given, list):
            for index, one in enumerate(given):
                self._values(one, (*place, index))
        elif isinstance(given, str):
            self._path(given, place)
        elif self._keys(given, _VALUE, place, needed={"path"}):
            for key in ("path", "unit", "format", "when"):
                if key in given:
                    self._path(given[key], (*place, key))
            for index, path in enumerate(given.get("parts", ())):
                self._path(path, (*place, "parts", index))
            if "codes" in given and given["codes"] not in self._tables:
                self._problem((*place, "codes"), f"{given['codes']!r} does not stand under codes")
            try:
                re.compile(given.get("like", ""))
            except re.error as error:
                self._problem((*place, "like"), f"no pattern: {error}")

    def _path(self, text: Any, place: Place) -> None:
        parts = re.split(r"/(?![^\[]*\])", text) if isinstance(text, str) else [""]
        if not all(_PATH.fullmatch(part) for part in parts):
            self._problem(place, f"{text!r} is no path; write Name/Name[Child=text]/Name")

    def _keys(self, data: Any, known: set[str], place: Place, needed: set[str] = frozenset()) -> bool:  # type: ignore[assignment]
        if not isinstance(data, dict):
            self._problem(place, "must be a mapping")
            return False
        for key in data.keys() - known:
            self._problem((*place, key), f"unknown key {key!r}; known here: {', '.join(sorted(known))}")
        for key in sorted(needed - data.keys()):
            self._problem(place, f"{key!r} is missing")
        return needed <= data.keys()

    def _problem(self, place: Place, message: str) -> None:
        self._document.problem(place, message)
