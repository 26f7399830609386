"""Tells a trade message by how it begins; what reads it is loaded for messages alone."""

from __future__ import annotations

import codecs
import re

ARCHIVES = frozenset({".zip"})
MESSAGES = frozenset({".xml", ".edi"})
HEAD = 4096
"""Bytes that are enough to tell."""

_MARKUP = re.compile(rb"<(?:\?xml|!|[A-Za-z_][\w.:-]*[\s/>])")


def form_of(head: bytes) -> str:
    """``xml`` or ``edifact`` by how a file begins, ``x12`` for what is known and not read; empty where it is none of them."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            head = head[: len(head) // 2 * 2].decode(encoding, errors="ignore").encode()
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if _MARKUP.match(start):
        return "xml"
    if start.startswith((b"UNA", b"UNB", b"UNG", b"UNH")):
        from screening.manifest.messages.interchange import edifact_syntax  # noqa: PLC0415 - only for these

        return "edifact" if edifact_syntax(start.decode("latin-1")) else ""
    return "x12" if re.match(rb"ISA([^A-Za-z0-9\s])[^\r\n]{2}\1", start) else ""
