"""Reads a file that a user writes beside the rules: one list of entries, such as confirmations of law or waivers."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from screening.errors import ContentError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from screening.content.document import Document

_Entry = TypeVar("_Entry")


def read_entries(
    path: Path, key: str, kind: type[_Entry], called: str, with_keys: str, check: Callable[[Document, list[_Entry]], None]
) -> list[_Entry]:
    """The entries of a file, checked.

    Args:
        path: the file, YAML.
        key: the name of its list.
        kind: the record that an entry is.
        called: what an entry is called, with its article.
        with_keys: the first keys of an entry, for who wrote none.
        check: told the document and its entries; reports what is wrong with them to the document.

    Raises:
        ContentError: with every problem of the file, each with its line.
    """
    from screening.content.document import read_document  # noqa: PLC0415 - YAML and a validator only where a file is given

    document = read_document(path)
    found = _parsed(document, key, kind, called, with_keys) if not document.problems else []
    if not document.problems:
        check(document, found)
    if document.problems:
        raise ContentError(document.problems)
    return found


def _parsed(document: Document, name: str, kind: type[_Entry], called: str, with_keys: str) -> list[_Entry]:
    from pydantic import TypeAdapter, ValidationError  # noqa: PLC0415

    for key in document.data:
        if key != name:
            document.problem((key,), f"there is no key {key!r} here; the file holds a list `{name}`")
    entries = document.data.get(name)
    if not isinstance(entries, list):
        document.problem((name,), f"the file holds a list `{name}`, each entry with {with_keys} and so on")
        return []
    adapter, found = TypeAdapter(kind), []
    # `from` is a word of Python: the field of a record is from_
    fields = {"from": "from_"} if hasattr(kind, "from_") else {}
    for index, entry in enumerate(entries):
        renamed = {fields.get(key, key): value for key, value in entry.items()} if isinstance(entry, dict) else entry
        try:
            found.append(adapter.validate_python(renamed))
        except ValidationError as error:
            for detail in error.errors():
                key = str(detail["loc"][0]) if detail["loc"] else ""
                key = "from" if key == "from_" else key
                known = detail["type"] != "unexpected_keyword_argument"
                text = detail["msg"] if known else f"is not a key of {called}"
                document.problem((name, index, *((key,) if key else ())), f"{key}: {text}" if key else text)
    return found
