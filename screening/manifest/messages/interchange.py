"""Messages in EDIFACT: the interchange cut into segments, and segments into elements and components."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, BinaryIO

from screening.manifest.messages.nodes import Node
from screening.manifest.messages.storeys import Item, MessageError, Storeys
from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from screening.manifest.messages.definitions import Definition

_BLOCK = 1 << 16
_HEAD = 2048
_LONGEST_SEGMENT = 1 << 20
"""Characters."""
_TAG = re.compile(r"[A-Z][A-Z0-9]{1,2}")
_UNB = re.compile(r"UNB([^A-Za-z0-9 \t\r\n])[A-Z]{4}([^A-Za-z0-9 \t\r\n])")
_UNUSABLE = "'{text}' begins no segment; what stands before it may lack its release character"


@record
class Syntax:
    """The signs of one interchange."""

    component: str
    element: str
    release: str
    """Empty where the interchange has none."""
    end: str
    charset: str = ""
    """Syntax identifier of EDIFACT, such as UNOC."""


@record
class Segment:
    """One segment."""

    line: int
    tag: str
    elements: tuple[tuple[str, ...], ...]
    """Elements with their components."""

    def text(self, element: int, component: int = 1) -> str:
        """The text at a place, counted from 1; empty where there is none."""
        components = self.elements[element - 1] if element <= len(self.elements) else ()
        return components[component - 1] if component <= len(components) else ""


def edifact_syntax(head: str) -> Syntax | None:
    """The signs of an EDIFACT interchange, from its UNA or the usual ones; None where it does not begin like one."""
    start = head.lstrip("\ufeff \t\r\n")
    component, element, release, end = ":", "+", "?", ""
    if start.startswith("UNA") and len(start) > 8:
        component, element, release, end = start[3], start[4], start[6].strip(), start[8]
        start = start[9:].lstrip(" \t\r\n")
    elif found := _UNB.match(start):
        element, component = found[1], found[2]
    if not start.startswith((f"UNB{element}", f"UNG{element}", f"UNH{element}")):
        return None
    if not end or end in "\r\n":  # the usual sign, else one segment on each line
        first = re.split(r"[\r\n]", start, maxsplit=1)[0]
        end = "\x1c" if "\x1c" in first else "'" if "'" in first else "\n"
    charset = start[4:8] if start.startswith("UNB") else ""
    return Syntax(component, element, release, end, charset)


def segments(texts: Iterator[str], syntax: Syntax) -> Iterator[Segment]:
    """Cut a text into segments. What stands behind the last sign of an end comes as a segment without tag.

    Raises:
        MessageError: No segment ends within a million characters.
    """
    end, release = re.escape(syntax.end), re.escape(syntax.release)
    plain = f"[^{end}{release}]*"
    whole = re.compile(f"{plain}(?:{release}(?s:.){plain})*{end}" if release else f"{plain}{end}")
    rest, line = "", 1
    for text in texts:
        rest += text
        at = 0
        while match := whole.match(rest, at):
            found = match[0]
            at = match.end()
            body = found[: -len(syntax.end)]
            lead = len(body) - len(body.lstrip("\ufeff \t\r\n"))
            begins = line + found[:lead].count("\n")
            line += found.count("\n")
            if body := body[lead:].replace("\r", "").replace("\n", ""):
                yield _segment(begins, body, syntax)
        rest = rest[at:]
        if len(rest) > _LONGEST_SEGMENT:
            msg = (
                f"line {line}: a segment of more than {_LONGEST_SEGMENT:,} characters; the sign that ends segments may be missing"
            )
            raise MessageError(msg)
    if rest.strip("\ufeff \t\r\n\x1a"):
        if syntax.end == "\n":
            yield _segment(line, rest.strip(), syntax)
        else:
            yield Segment(line, "", ((rest.strip(),),))


def _segment(line: int, body: str, syntax: Syntax) -> Segment:
    elements = [
        tuple(_plain(component, syntax.release) for component in _split(element, syntax.component, syntax.release))
        for element in _split(body, syntax.element, syntax.release)
    ]
    return Segment(line, elements[0][0].strip(), tuple(elements[1:]))


def _split(text: str, sign: str, release: str) -> list[str]:
    """The parts between ``sign`` where no release character stands before it; the release characters stay."""
    if not release or release not in text:
        return text.split(sign)
    parts, start, at = [], 0, 0
    while at < len(text):
        if text[at] == release:
            at += 2
            continue
        if text[at] == sign:
            parts.append(text[start:at])
            start = at + 1
        at += 1
    parts.append(text[start:])
    return parts


def _plain(text: str, release: str) -> str:
    """A text without its release characters."""
    return re.sub(f"{re.escape(release)}(.)", r"\1", text) if release and release in text else text


def read_edifact(
    stream: BinaryIO, definitions: Sequence[Definition], charsets: Mapping[str, str], notes: list[str], *, utf8: bool
) -> Iterator[Item]:
    """The goods items of all messages in an EDIFACT file, as their messages end.

    What is missing (segments that the trailer counted, the end of a message, a message of another type) comes as an item
    with its reason.

    Args:
        stream: The file.
        definitions: The types of messages that are known.
        charsets: Syntax identifier to encoding.
        notes: Grows by what was decided.
        utf8: Whether the whole file is valid UTF-8.

    Raises:
        MessageError: The file is no interchange, or holds no known message.
    """
    first = stream.read(_BLOCK)
    head = first[:_HEAD].decode("utf-8", errors="replace")
    syntax = edifact_syntax(head)
    if syntax is None:
        msg = "it does not begin like an EDIFACT interchange (UNA, UNB)"
        raise MessageError(msg)
    encoding = "utf-8" if utf8 else charsets.get(syntax.charset, "latin-1")
    reader = _Interchange(definitions, notes)
    for segment in segments(_texts(first, stream, encoding), syntax):
        reader.take(segment)
        yield from reader.ready()
    reader.finish()
    yield from reader.ready()
    if not reader.known:
        types = ", ".join(sorted(reader.unknown)) or "no message"
        msg = f"it holds {types} and nothing that can be read"
        raise MessageError(msg)


def _texts(first: bytes, stream: BinaryIO, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    block = first
    while block:
        text = decoder.decode(block)
        yield re.sub(r"\AUNA.{6}", "", text.lstrip("\ufeff \t\r\n"), flags=re.DOTALL) if block is first else text
        block = stream.read(_BLOCK)
    yield decoder.decode(b"", final=True)


class _Interchange:
    """Follows the segments of an interchange and opens and closes the storeys of its messages."""

    def __init__(self, definitions: Sequence[Definition], notes: list[str]) -> None:
        self.known = 0
        self.unknown: set[str] = set()
        self._by_type = {root: definition for definition in definitions for root in definition.roots}
        self._by_document = {code: definition for definition in definitions for code in definition.documents}
        self._notes = notes
        self._storeys: Storeys | None = None
        self._loose: list[Item] = []
        self._head: Segment | None = None
        self._segments = 0
        self._messages = 0
        self._line = 1
        self._open_interchange = False

    def ready(self) -> list[Item]:
        """The goods items that are ready."""
        ready, self._loose = self._loose, []
        return ready

    def take(self, segment: Segment) -> None:
        """Follow one segment."""
        self._line = segment.line
        self._segments += 1
        tag = segment.tag
        if not _TAG.fullmatch(tag):
            shown = (tag or segment.text(1))[:40]
            self._reject(segment.line, _UNUSABLE.format(text=shown) if tag else f"the file ends within a segment: '{shown}'")
        elif tag == "UNB":
            self._open_interchange = True
        elif tag == "UNH":
            self._begin(segment)
        elif tag == "UNT":
            self._end(segment)
        elif tag == "UNZ":
            self._open_interchange = False
            said = segment.text(1)
            if _differs(said, self._messages):
                found = f"the interchange says it has {said} messages, and {self._messages} were found"
                self._reject(segment.line, f"{found}; ask for it again")
        else:
            if tag == "BGM" and self._head is not None and not self._head.text(2):
                code = segment.text(1)
                definition = self._by_document.get(code)
                self._open(definition, f"a message without a type, document '{code}',", segment.line)
                if definition:
                    self._notes.append(f"UNH names no type; read as {definition.name}, for the document '{code}' in BGM")
            if self._storeys is not None:
                self._into(self._storeys, segment)

    def finish(self) -> None:
        """The file has ended."""
        if self._head is not None:
            self._reject(
                self._line, "the file ends within a message; what should have followed was not screened. Ask for it again"
            )
            self._leave()
        elif self._open_interchange:
            self._reject(self._line, "the end of the interchange (UNZ) is missing; messages may be missing as well")

    def _reject(self, line: int, reason: str) -> None:
        if self._storeys is not None:
            self._storeys.reject(line, reason)
        else:
            self._loose.append(Item(line, reason=reason))

    def _begin(self, segment: Segment) -> None:
        if self._head is not None:
            self._reject(segment.line, "a message begins before the one above has ended; ask for it again")
            self._leave()
        self._head = segment
        self._segments = 1
        self._messages += 1
        if kind := segment.text(2):  # else the kind of document, in the next segment, tells
            self._open(self._by_type.get(kind), f"'{kind}'", segment.line)

    def _open(self, definition: Definition | None, kind: str, line: int) -> None:
        """Begin the storeys of a message, or say that its type is not known."""
        if definition is None:
            self.unknown.add(kind)
            self._reject(line, f"{kind} is no type of message that can be read; nothing of it was screened")
            return
        self.known += 1
        self._storeys = Storeys(definition)
        self._storeys.open(Node(definition.roots[0], line))

    def _end(self, segment: Segment) -> None:
        said = segment.text(1)
        if self._head is None:
            self._reject(segment.line, "a message ends that has not begun; ask for it again")
            return
        if _differs(said, self._segments):
            self._reject(
                segment.line,
                f"the message says it has {said} segments, and {self._segments} were found: either some "
                "are missing and were not screened, or the count is wrong; ask the sender",
            )
        self._leave()

    def _leave(self) -> None:
        self._head = None
        if self._storeys is not None:
            while self._storeys.depth:
                self._storeys.close()
            self._loose += self._storeys.done
            self._storeys = None

    def _into(self, storeys: Storeys, segment: Segment) -> None:
        """Put a segment into the storey it belongs to, which it may open or close."""
        levels = storeys.definition.levels
        tags = [level.at[-1] if number else "" for number, level in enumerate(levels)]
        opened = next((n for n in range(len(levels) - 1, 0, -1) if segment.tag == tags[n] and _opens(storeys, n, segment)), 0)
        if not opened:
            while segment.tag in levels[storeys.depth - 1].until:
                storeys.close()
        elif not (levels[opened].joins and storeys.depth == opened + 1 and _only(storeys.top, segment.tag)):
            while storeys.depth > opened:
                storeys.close()
            while storeys.depth <= opened:
                storeys.open(Node(tags[storeys.depth], segment.line))
        node = _node(segment)
        storeys.count(1 + len(node.children))
        storeys.top.children.append(node)


def _opens(storeys: Storeys, number: int, segment: Segment) -> bool:
    """Whether a segment with the tag of a storey opens one.

    Goods may stand under less than all storeys; any other opens only below the one above it. Where such a storey is open,
    references of other kinds may belong to it.
    """
    levels = storeys.definition.levels
    if number == len(levels) - 1:
        return True
    return storeys.depth >= number and (
        storeys.depth == number or not levels[number].opens or segment.text(1) in levels[number].opens
    )


def _only(node: Node, tag: str) -> bool:
    return all(child.tag == tag for child in node.children)


def _differs(said: str, found: int) -> bool:
    return said.isdecimal() and (len(said) > 18 or int(said) != found)


def _node(segment: Segment) -> Node:
    """A segment as an element: ``e2`` its second element, ``e2.3`` the third component of that."""
    node = Node(segment.tag, segment.line)
    for number, components in enumerate(segment.elements, start=1):
        for place, text in enumerate(components, start=1):
            if text.strip():
                node.add(f"e{number}" if place == 1 else f"e{number}.{place}", text)
    return node
