"""What rules/reading/messages.yaml says of one type of message, ready to use.

Content has checked the file; here nothing is checked again.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from itertools import groupby
from typing import TYPE_CHECKING, Any

from screening.manifest.messages.nodes import Found, Path, parse_path
from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from screening.manifest.messages.nodes import Node

_ITSELF = parse_path(".")
_RELEASED = "+:'?"
"""Signs that need a release character before them in most interchanges."""


@record
class Value:
    """Where the text of a column stands, and how it is put together."""

    path: Path
    parts: tuple[Path, ...] = (_ITSELF,)
    """Below each element at ``path``: the texts that make one value."""
    between: str = " "
    """What stands between the parts."""
    join: str = "; "
    """What stands between the values of several elements."""
    unit: Path | None = None
    """Beside the value: its unit or currency."""
    format: Path | None = None
    """Beside the value: the code of a date's format."""
    like: re.Pattern[str] | None = None
    """What a value must look like to count."""
    width: int = 0
    """Characters after which the sender's system broke the text; such parts belong together without a blank."""
    add_up: bool = False
    """Several numbers are added."""
    first: bool = False
    """Of several elements only the first counts."""
    codes: Mapping[str, str] | None = None
    """What its code stands for, or that of the unit beside it."""
    when: Path | None = None
    """What must be there in a storey above."""
    place: str = ""
    """Where it stands, as a header shows it."""


@record
class Party:
    """How a party is written: every part with its alternatives, the address with its lines."""

    name: tuple[Value, ...]
    id: tuple[Value, ...]
    country: tuple[Value, ...]
    address: tuple[Path, ...]


@record
class Level:
    """One storey of a message: the whole, a consignment, a goods item."""

    at: tuple[str, ...]
    """Names on the way from the storey above; of EDI the tag of the segment that opens it."""
    columns: Mapping[str, tuple[Value, ...]]
    """Canonical column, or the name of what is carried through, to the places where it may stand, best first."""
    alone: Mapping[str, tuple[Value, ...]]
    """The same for totals, which are read where one goods item stands alone in this storey."""
    parties: Mapping[str, tuple[Path, ...]]
    """Role, or ``others``, to the elements that may be it, best first."""
    opens: tuple[str, ...] = ()
    """EDI: what the first element of a segment must hold to open another storey of the kind that is open."""
    joins: bool = False
    """EDI: several opening segments in a row open one storey."""
    until: frozenset[str] = frozenset()
    """EDI: tags that belong to the storey above again."""


@record
class Definition:
    """One type of message."""

    name: str
    form: str
    """``xml`` or ``edifact``."""
    roots: tuple[str, ...]
    """Local names of the element, or types in UNH or ST, that are such a message."""
    namespace: str
    """What the namespace of the element must hold."""
    documents: tuple[str, ...]
    """EDI: codes of documents (BGM) by which a message is known that does not name its type."""
    item: str
    """What a goods item is called."""
    levels: tuple[Level, ...]
    party: Party
    aside: tuple[tuple[str, ...], ...]
    """Beginnings or single names of paths that say nothing of the goods."""
    units: tuple[str, ...]
    """Attributes that hold units or currencies."""
    qualifiers: Mapping[str, tuple[str, ...]]
    """EDI: elements that say what a segment is about."""
    dates: Mapping[str, str]
    """Code of a date's format to the pattern of its first characters."""


def read_definitions(table: Mapping[str, Any]) -> list[Definition]:
    """All types of messages of ``rules/reading/messages.yaml``."""
    return [_definition(entry, table) for entry in table["messages"]]


def _definition(entry: Mapping[str, Any], table: Mapping[str, Any]) -> Definition:
    party = table["party_forms"][entry["party"]]
    form = entry["form"]
    edi = table["edifact"] if form == "edifact" else {}
    address = tuple(parse_path(text) for text in party.get("address", ()))
    return Definition(
        name=entry["name"],
        form=form,
        roots=tuple(entry["root"]),
        namespace=entry.get("namespace", ""),
        documents=tuple(entry.get("documents", ())),
        item=entry["item"],
        levels=tuple(_level(level, table) for level in entry["levels"]),
        party=Party(read_values(party["name"]), read_values(party.get("id", ())), read_values(party.get("country", ())), address),
        aside=tuple(tuple(text.split("/")) for text in (*entry.get("aside", ()), *edi.get("aside", ()))),
        units=tuple(entry.get("units", ())),
        qualifiers={tag: tuple(names) for tag, names in edi.get("qualifiers", {}).items()},
        dates=table["dates"],
    )


def _level(entry: Mapping[str, Any], table: Mapping[str, Any]) -> Level:
    codes = table["codes"]
    blocks = [*(table["shared"][name] for name in entry.get("use", ())), entry]
    columns: dict[str, dict[str, tuple[Value, ...]]] = {"columns": {}, "alone": {}}
    parties: dict[str, tuple[Path, ...]] = {}
    for block in blocks:
        for key, into in columns.items():
            into |= {name: read_values(value, codes) for name, value in block.get(key, {}).items()}
        parties |= {role: tuple(parse_path(text) for text in paths) for role, paths in block.get("parties", {}).items()}
    return Level(
        at=tuple(entry.get("at", "").split("/")) if entry.get("at") else (),
        columns=columns["columns"],
        alone=columns["alone"],
        parties=parties,
        opens=tuple(entry.get("opens", ())),
        joins=entry.get("joins", False),
        until=frozenset(entry.get("until", ())),
    )


def read_values(given: Any, codes: Mapping[str, Mapping[str, str]] | None = None) -> tuple[Value, ...]:
    """The places of one column: a path, a mapping, or a list of such; ``codes`` are the tables it may name.

    Raises:
        ValueError: A path or pattern is none.
    """
    if isinstance(given, list | tuple):
        return tuple(value for one in given for value in read_values(one, codes))
    if isinstance(given, str):
        return (Value(parse_path(given), place=given),)
    parts = tuple(parse_path(text) for text in given.get("parts", (".",)))
    named = [part.text for part in parts if part.steps != _ITSELF.steps]
    paths = {key: parse_path(given[key]) for key in ("unit", "format", "when") if key in given}
    return (
        Value(
            path=parse_path(given["path"]),
            parts=parts,
            between=given.get("between", " "),
            join=given.get("join", "; "),
            unit=paths.get("unit"),
            format=paths.get("format"),
            like=re.compile(given["like"]) if "like" in given else None,
            width=given.get("width", 0),
            add_up=given.get("add_up", False),
            first=given.get("first", False),
            codes=codes[given["codes"]] if codes and "codes" in given else None,
            when=paths.get("when"),
            place=f"{given['path']}({', '.join(named)})" if named else given["path"],
        ),
    )


def text_at(node: Node, values: Sequence[Value], definition: Definition) -> tuple[str, str]:
    """The text of the first of ``values`` that is there, and its place; empty where none is. What was read counts as used."""
    for value in values:
        if text := _text(node, value, definition):
            return text, value.place
    return "", ""


def _text(node: Node, value: Value, definition: Definition) -> str:
    texts = []
    for _, group in groupby(value.path.find(node), key=lambda found: id(found.above)):
        together = list(group)
        if value.width:
            texts.append(stitched([found.node.text for found in together], value.width))
            _use(together)
            continue
        texts += [text for found in together if (text := _single(found, value, definition))]
    texts = list(dict.fromkeys(text for text in texts if text)) if not value.add_up else texts
    if value.first:
        texts = texts[:1]
    return _sum(texts) if value.add_up and len(texts) > 1 else value.join.join(texts)


def _single(found: Found, value: Value, definition: Definition) -> str:
    """The text of one element: its parts, with unit or as a date."""
    leaves = [leaf for part in value.parts for leaf in part.find(found.node) if leaf.node.text]
    text = value.between.join(dict.fromkeys(with_unit(leaf.node, definition) for leaf in leaves))
    if not text or (value.like and not value.like.fullmatch(text)):
        return ""
    if value.codes and not value.unit and not (text := _decoded(text, value.codes)):
        return ""
    _use(leaves)
    _use([Found(found.above, leaves[0].node, found.by)])
    if value.unit:
        unit = _beside(found.above, value.unit, found.node, value.codes)
        text = f"{text.replace(',', '.')} {unit}".strip()  # EDI has no thousands, and either sign for decimals
    if value.format:
        text = _day(text, definition.dates.get(_beside(found.above, value.format, found.node)))
    return text


def _decoded(code: str, codes: Mapping[str, str] | None) -> str:
    """What a code stands for; digits that stand for nothing known are not read, a word is itself."""
    return code if codes is None else codes.get(code, "" if code.isdecimal() else code)


def _beside(above: Node, path: Path, node: Node, codes: Mapping[str, str] | None = None) -> str:
    name = path.steps[-1][0]
    if name.startswith("@"):
        return node.attributes.get(name[1:], "")
    found = path.find(above)
    text = _decoded(found[0].node.text, codes) if found else ""
    _use(found if text else ())
    return text


def _use(found: Iterable[Found]) -> None:
    for one in found:
        one.use()


def with_unit(node: Node, definition: Definition) -> str:
    """The text of an element with the unit or currency in its attributes, without needless blanks; lines stay lines."""
    unit = next((node.attributes[name] for name in definition.units if name in node.attributes), "")
    return "\n".join(" ".join(line.split()) for line in f"{node.text} {unit}".splitlines() if line.strip())


def stitched(parts: Sequence[str], width: int) -> str:
    """Parts of a text that a system cut after ``width`` characters, some of them within a word."""
    text = ""
    for index, part in enumerate(parts):
        text += part if index == 0 or _cut(parts[index - 1], width) else f" {part}"
    return " ".join(text.split())


def _cut(part: str, width: int) -> bool:
    """Whether a part is as long as the sender's system makes them; some count the release characters, some do not."""
    return width in (len(part), len(part) + sum(map(part.count, _RELEASED)))


def _day(text: str, pattern: str | None) -> str:
    """A date by its pattern as ISO 8601; the text itself where it is none."""
    if pattern is None:
        return text
    try:
        return dt.datetime.strptime(text[: 8 if "%Y" in pattern else 6], pattern).date().isoformat()
    except ValueError:
        return text


def _sum(texts: Sequence[str]) -> str:
    try:
        total = sum((Decimal(text) for text in texts), Decimal(0))
    except InvalidOperation:
        return "; ".join(texts)
    return f"{total:f}" if total.is_finite() else "; ".join(texts)
