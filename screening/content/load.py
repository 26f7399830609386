"""Loads content folders into one checked ``Content``: files come in, either content or all their problems go out.

A file is known by its keys, not by its name: ``rules:`` holds rules, ``regime`` makes it an instrument and ``entries`` a list,
``materials:``, ``labels:`` and so on are facts, which may stand in any file. ``reading/`` folders are read by reading.py.
"""

from __future__ import annotations

import copy
import hashlib
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter, ValidationError

from screening.content import check
from screening.content.document import Document, Place, read_document
from screening.content.factmodels import Label, Material, MeasurePattern, MemberSet, Param, Words
from screening.content.listmodels import ListSource, Watchlist
from screening.content.models import Content, Instrument, Rule, Source
from screening.content.own import completed
from screening.content.reading import load_reading, to_data
from screening.errors import ContentError, Problem
from screening.terms import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_FACTS: dict[str, Any] = {
    "sources": Source,
    "documents": Text,
    "distinctions": Text,
    "materials": Material,
    "forms": Words,
    "products": Words,
    "terms": Words,
    "labels": Label,
    "sets": MemberSet,
    "params": Param,
    "regimes": Text,
    "list_sources": ListSource,
    "texts": Text,
}
"""Facts that are mappings of id to one model."""

_MODELS: dict[str, Any] = {**_FACTS, "instruments": Instrument, "watchlists": Watchlist}
_ADAPTERS: dict[str, TypeAdapter[Any]] = {kind: TypeAdapter(model) for kind, model in _MODELS.items()}

_PLAIN: dict[str, TypeAdapter[Any]] = {
    "naming": TypeAdapter(dict[str, dict[str, list[str]]]),
    "grades": TypeAdapter(dict[str, list[str]]),
    "measures": TypeAdapter(dict[str, list[MeasurePattern]]),
    "coordinates": TypeAdapter(dict[str, list[float]]),
    "relations": TypeAdapter(dict[str, list[str]]),
    "characters": TypeAdapter(dict[str, str]),
    "list_columns": TypeAdapter(dict[str, list[str]]),
    "ownership_columns": TypeAdapter(dict[str, list[str]]),
    "list_kinds": TypeAdapter(dict[str, list[str]]),
    "list_countries": TypeAdapter(dict[str, str]),
    "masks": TypeAdapter(list[str]),
    "placeholders": TypeAdapter(list[str]),
    "decision": TypeAdapter(dict[str, Any]),
    "party_words": TypeAdapter(dict[str, dict[str, list[str]]]),
    "party_matching": TypeAdapter(dict[str, float]),
}
_RULES: TypeAdapter[Any] = TypeAdapter(list[Rule])


def content_files(folders: Iterable[Path]) -> list[tuple[Path, str]]:
    """Every YAML file below ``folders`` with the name problems use for it, in the same order everywhere."""
    found: list[tuple[Path, str]] = []
    for folder in folders:
        paths = [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.suffix in (".yaml", ".yml"))
        base = folder.parent
        found.extend((path, path.relative_to(base).as_posix()) for path in paths)
    return found


def load(folders: Iterable[Path], base: Content | None = None, *, own: bool | None = None) -> Content:
    """Read and check all content below ``folders``, added to ``base`` (which is not changed).

    Content of its own, without a base, must be complete. What is added to a base is the user's and may leave out what only others
    need (Chinese texts, sources, examples): that is told in ``Content.advice``. ``own`` says whose it is where the base does not.

    Raises:
        ContentError: with every problem of every file.
    """
    loader = _Loader(base, own=base is not None if own is None else own)
    for folder in folders:
        if not folder.exists():
            loader.problems.append(Problem(str(folder), 0, "does not exist; name a folder or file of rules or lists"))
        elif not content_files([folder]):
            loader.problems.append(Problem(str(folder), 0, "holds no .yaml file; name a folder or file of rules or lists"))
    loader.read([folder for folder in folders if folder.exists()])
    content = loader.content
    if not loader.problems:
        problems, content.advice = check.check(content, loader.documents, own=loader.own)
        loader.problems.extend(problems)
    if loader.problems:
        raise ContentError(loader.problems)
    return content


class _Loader:
    def __init__(self, base: Content | None, *, own: bool) -> None:
        self.own = own
        self.content = _copy(base) if base else Content(version="")
        self.documents: dict[str, Document] = {}
        self.problems: list[Problem] = []

    def read(self, folders: list[Path]) -> None:
        reading: set[Path] = set()
        for path, name in content_files(folders):
            self.content.hashes[name] = hashlib.sha256(path.read_bytes()).hexdigest()
            if path.parent.name == "reading":
                reading.add(path.parent)
                continue
            document = read_document(path, name)
            self.problems.extend(document.problems)
            if not document.problems:
                self.take(document)
        for folder in sorted(reading):
            words, problems = load_reading(folder)
            self.problems.extend(problems)
            self.content.reading = to_data(words)

    def take(self, document: Document) -> None:
        """Put one file's entries where they belong."""
        data = _renamed(document.data)
        self.documents[document.path] = document
        kind = "watchlists" if "entries" in data else "instruments" if "regime" in data else ""
        facts = {key: value for key, value in data.items() if not kind or key in (*_FACTS, *_PLAIN, "rules")}
        self.take_facts(document, facts)
        if kind:
            rest = {key: value for key, value in data.items() if key not in facts}
            self.add(kind, data.get("id"), rest, document, ())

    def take_facts(self, document: Document, data: dict[str, Any]) -> None:
        for key, value in data.items():
            if key == "version":
                self.content.version = str(value)
            elif key == "rules":
                if self.own and isinstance(value, list):
                    value = [completed(Rule, None, entry, self.content.texts) for entry in value]  # noqa: PLW2901
                rules = self.validated(_RULES, value, document, (key,))
                for index, rule in enumerate(rules or []):
                    self.put("rules", rule.id, rule, document, (key, index))
            elif key in _FACTS:
                if not isinstance(value, dict):
                    document.problem((key,), f"{key} is a mapping of ids")
                    continue
                for name, entry in value.items():
                    self.add(key, name, entry, document, (key, name))
            elif key in _PLAIN:
                self.extend(key, self.validated(_PLAIN[key], value, document, (key,)), document)
            else:
                document.problem((key,), f"the key {key!r} is not known; see docs/rule-language.md")
        self.problems.extend(problem for problem in document.problems if problem not in self.problems)

    def add(self, kind: str, name: Any, data: Any, document: Document, place: Place) -> None:
        model = _MODELS[kind]
        if self.own:
            data = completed(model, name, data, self.content.texts)
        entry = self.validated(_ADAPTERS[kind], data, document, place)
        if isinstance(entry, Watchlist):
            entry = _with_kinds(entry)
        if entry is not None:
            self.put(kind, str(name), entry, document, place)

    def put(self, kind: str, name: str, entry: Any, document: Document, place: Place) -> None:
        table: dict[str, Any] = getattr(self.content, kind)
        if name in table:
            first = self.content.places.get(f"{kind}:{name}")
            where = f" (first in {first[0]}:{first[1]})" if first else ""
            self.problems.append(Problem(document.path, document.line(place), f"the id {name!r} stands twice{where}"))
            return
        table[name] = entry
        self.content.places[f"{kind}:{name}"] = (document.path, document.line(place))

    def extend(self, kind: str, value: Any, document: Document) -> None:
        if value is None:
            return
        present = getattr(self.content, kind)
        if isinstance(present, list):
            present.extend(value)
            return
        for name in value:
            if name in present:
                self.problems.append(Problem(document.path, document.line((kind, name)), f"{kind}: {name!r} stands twice"))
        present.update(value)

    def validated(self, adapter: TypeAdapter[Any], data: Any, document: Document, place: Place) -> Any:
        try:
            return adapter.validate_python(data)
        except ValidationError as error:
            for detail in error.errors():
                where = (*place, *detail["loc"])
                key = _named(data, detail["loc"]) or document.path
                text = "is not a key of this entry" if detail["type"] == "unexpected_keyword_argument" else detail["msg"]
                self.problems.append(Problem(document.path, document.line(where), f"{key}: {text}"))
            return None


def _with_kinds(watchlist: Watchlist) -> Watchlist:
    """The list with its own kind given to the entries that name none."""
    entries = [replace(e, kind=watchlist.kind) if e.kind == "unknown" else e for e in watchlist.entries]
    return replace(watchlist, entries=entries)


def _named(data: Any, loc: tuple[Any, ...]) -> str:
    """The place of a mistake with entries called by their id or code instead of their number."""
    names = []
    for part in loc:
        known = data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ()
        data = data[part] if part in known else None
        ident = data.get("id") or data.get("code") or data.get("name") if isinstance(data, dict) else None
        names.append(str(ident) if isinstance(part, int) and isinstance(ident, str) else str(part).rstrip("_"))
    return ".".join(names)


def _renamed(data: Any, parent: str = "") -> Any:
    """``from`` and ``is`` are Python keywords; the models call them ``from_`` and ``is_``."""
    if isinstance(data, dict):
        keys = {"from": "from_"} if parent == "suspensions" else {"is": "is_"} if parent == "substance" else {}
        inner = {"suspensions": "suspensions", "substances": "substances"}
        return {
            keys.get(key, key): _renamed(value, "substance" if parent == "substances" else inner.get(key, ""))
            for key, value in data.items()
        }
    if isinstance(data, list):
        return [_renamed(value, parent) for value in data]
    return data


def _copy(content: Content) -> Content:
    copied = copy.copy(content)
    for field in fields(content):
        setattr(copied, field.name, copy.copy(getattr(content, field.name)))
    return copied
