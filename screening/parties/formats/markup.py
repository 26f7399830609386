"""Reads list files in XML, element by element, and refuses documents that bring definitions of their own.

No list is published with a document type; entity bombs and references to other files all need one. So expat is asked
whether one stands before the root element. If not, nothing later can define an entity, and the fast parser is safe.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING
from xml.parsers import expat

from screening.errors import ListError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.parties.formats.raw import RawFile

Element = ET.Element
_STEP = 1 << 16
_DEPTH = 60
"""Elements within elements; the deepest published list has some 12."""


class _RootFoundError(Exception):
    pass


def root_of(raw: RawFile) -> tuple[str, dict[str, str]] | None:
    """Local name and attributes of the root element; None for a file that does not begin like XML.

    Raises:
        ListError: the document declares a document type.
    """
    head = raw.data[:400].lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")
    if not head.startswith(b"<"):
        return None
    found: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((name.rpartition(":")[2], attributes))
        raise _RootFoundError

    def doctype(*_: object) -> None:
        raise ListError(f"{raw.name} declares a document type, which no published list does; it was not read further.")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = doctype
    try:
        for begin in range(0, len(raw.data), _STEP):
            parser.Parse(raw.data[begin : begin + _STEP], begin + _STEP >= len(raw.data))
    except _RootFoundError:
        return found[0]
    except expat.ExpatError:
        return None
    return None


def stream(raw: RawFile, tags: set[str]) -> Iterator[Element]:
    """Elements named in ``tags`` as they end, without namespaces; each is emptied when the next is asked for.

    Elements of ``tags`` within others of ``tags`` come first.

    Raises:
        ListError: the document is damaged, ends early, nests too deeply or declares a document type.
    """
    if root_of(raw) is None:
        raise ListError(f"{raw.name} is no XML that can be read.")
    depth = 0
    inside = 0
    try:
        for event, element in ET.iterparse(io.BytesIO(raw.data), events=("start", "end")):  # noqa: S314 - see `root_of`
            if event == "start":
                element.tag = element.tag.rpartition("}")[2]
                depth += 1
                inside += element.tag in tags
                if depth > _DEPTH:
                    raise ListError(f"{raw.name} nests elements {_DEPTH} deep, which no published list does.")
                continue
            depth -= 1
            if element.tag in tags:
                inside -= 1
                yield element
            if not inside:
                element.clear()
    except ET.ParseError as error:
        line = error.position[0]
        raise ListError(f"{raw.name} is damaged or ends early (line {line}: {error.msg}); fetch it again.") from None


def text_of(element: Element, path: str) -> str:
    """Text at ``path`` below ``element``, trimmed; empty where there is none."""
    return (element.findtext(path) or "").strip()


def texts_of(element: Element, path: str) -> list[str]:
    """All texts at ``path`` that are not empty."""
    return [text for found in element.iterfind(path) if (text := (found.text or "").strip())]
