"""Messages in XML, streamed: no document type, no entities, bounded depth and size of every part.

An entity bomb and a reference to another file both need a document type, which no trade message has. expat tells when one
begins, before anything in it takes effect, and the reading ends there.
"""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, BinaryIO
from xml.parsers import expat

from screening.manifest.messages.nodes import Node
from screening.manifest.messages.storeys import MessageError, Storeys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from screening.manifest.messages.definitions import Definition
    from screening.manifest.messages.storeys import Item

_BLOCK = 1 << 16
_DEPTH = 100
_LONGEST_PART = 1 << 23
"""Bytes of one tag or comment, characters of one text."""
_DECLARED = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_EXPAT_READS = {"utf-8", "utf-16", "iso8859-1", "ascii"}
_SEPARATOR = " "


def read_xml(stream: BinaryIO, definitions: Sequence[Definition]) -> Iterator[Item]:
    """The goods items of all messages in an XML file, as their messages end.

    Args:
        stream: The file.
        definitions: The types of messages that are known.

    Raises:
        MessageError: The file is damaged, brings a document type, has parts of no sensible size, or no known message.
    """
    reader = _Reader(definitions)
    first = stream.read(_BLOCK)
    decode, encoding = _decoder(first)
    parser = expat.ParserCreate(encoding, namespace_separator=_SEPARATOR)
    parser.buffer_text = True
    reader.attach(parser)
    block, fed = first, 0
    try:
        while block:
            data = decode(block)
            parser.Parse(data, False)
            fed += len(data)
            if fed - parser.CurrentByteIndex > _LONGEST_PART:
                msg = f"line {parser.CurrentLineNumber}: a tag or comment of more than {_LONGEST_PART >> 20} million characters"
                raise MessageError(msg)
            yield from reader.take()
            block = stream.read(_BLOCK)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code)
        msg = f"line {error.lineno}: the XML is damaged or ends early ({why})"
        raise MessageError(msg) from None
    except UnicodeDecodeError as error:
        msg = f"its text is not written in {error.encoding}, as its first line says"
        raise MessageError(msg) from None
    yield from reader.take()
    if not reader.found:
        msg = f"its root element <{reader.root}> is no message that can be read"
        raise MessageError(msg)


def _decoder(first: bytes) -> tuple[Callable[[bytes], bytes], str | None]:
    """How the bytes become something expat reads, and the encoding to tell it; None where it finds out itself."""
    declared = _DECLARED.match(first.removeprefix(codecs.BOM_UTF8))
    if declared is None:
        return lambda block: block, None
    try:
        codec = codecs.lookup(declared[1].decode())
    except LookupError:
        msg = f"its first line names the encoding '{declared[1].decode()}', which is not known"
        raise MessageError(msg) from None
    if codec.name in _EXPAT_READS:
        return lambda block: block, None
    decoder = codec.incrementaldecoder()
    return lambda block: decoder.decode(block).encode(), "utf-8"


class _Reader:
    """Takes what expat finds and hands it to the storeys of the message it stands in."""

    def __init__(self, definitions: Sequence[Definition]) -> None:
        self.found = False
        self.root = ""
        self._known: dict[str, list[Definition]] = {}
        for definition in definitions:
            for root in definition.roots:
                self._known.setdefault(root, []).append(definition)
        self._storeys: Storeys | None = None
        self._way: list[tuple[Node, int]] = []
        """The open elements of the message, each with the number of storeys that were open when it began."""
        self._depth = 0
        self._ready: list[Item] = []
        self._text: list[str] = []
        self._length = 0

    def attach(self, parser: expat.XMLParserType) -> None:
        """Have ``parser`` call this reader."""
        self._parser = parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.StartDoctypeDeclHandler = self._doctype

    def take(self) -> list[Item]:
        """The goods items that are ready."""
        ready, self._ready = self._ready, []
        return ready

    def _doctype(self, *_: object) -> None:
        msg = f"line {self._parser.CurrentLineNumber}: it declares a document type, which no trade message does"
        raise MessageError(msg)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        space, _, tag = name.rpartition(_SEPARATOR)
        line = self._parser.CurrentLineNumber
        self.root = self.root or tag
        self._depth += 1
        if self._depth > _DEPTH:
            msg = f"line {line}: elements stand more than {_DEPTH} deep in each other"
            raise MessageError(msg)
        if self._storeys is None:
            definition = next((one for one in self._known.get(tag, ()) if one.namespace in space), None)
            if definition is None:
                return
            self.found = True
            self._storeys = Storeys(definition)
            self._begin(Node(tag, line))
            return
        self._flush()
        node = Node(tag, line, {key.rpartition(_SEPARATOR)[2]: value for key, value in attributes.items()})
        below = self._storeys.below
        if below and tag == below.at[-1] and self._from_storey(tag) == below.at:
            self._begin(node)
            return
        self._storeys.count()
        self._way[-1][0].children.append(node)
        self._way.append((node, self._storeys.depth))

    def _begin(self, node: Node) -> None:
        assert self._storeys is not None  # noqa: S101 - only called within a message
        self._way.append((node, self._storeys.depth))
        self._storeys.open(node)

    def _from_storey(self, tag: str) -> tuple[str, ...]:
        """The names from the innermost open storey to an element that begins."""
        assert self._storeys is not None  # noqa: S101
        depth = self._storeys.depth
        inside = [node.tag for node, storeys in self._way if storeys >= depth]
        return (*inside, tag)

    def _data(self, text: str) -> None:
        if self._storeys is not None:
            self._length += len(text)
            if self._length > _LONGEST_PART:
                msg = f"line {self._parser.CurrentLineNumber}: a text of more than {_LONGEST_PART >> 20} million characters"
                raise MessageError(msg)
            self._text.append(text)

    def _flush(self) -> None:
        """Give the text that was read to the element it stands in."""
        if self._text:
            node = self._way[-1][0]
            node.text = f"{node.text} {''.join(self._text)}".strip()
            self._text.clear()
            self._length = 0

    def _end(self, _: str) -> None:
        self._depth -= 1
        if self._storeys is None:
            return
        self._flush()
        storeys = self._way.pop()[1]
        if storeys < self._storeys.depth:
            self._storeys.close()
        if not self._way:
            self._ready += self._storeys.done
            self._storeys = None
