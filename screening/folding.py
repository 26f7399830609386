"""One spelling for many: how words of a manifest and words of the content are made comparable before they are looked up."""

from __future__ import annotations

import re
import unicodedata

_NOT_ASCII_WORD = re.compile(r"[^0-9a-z$#%]+")


def fold(text: str) -> str:
    """Reduce ``text`` to the letters, digits and signs that count when a header, unit, country or currency is looked up.

    Width (``ＫＧ``), case, accents, blanks, underscores and punctuation do not count; currency signs, ``#`` and ``%`` do.

    Args:
        text: Any text; Latin, Han or other script.

    Returns:
        The folded text; empty where nothing counts (``"-"``).
    """
    if text.isascii():
        return _NOT_ASCII_WORD.sub("", text.lower())
    wide = unicodedata.normalize("NFKC", text).casefold()
    return "".join(
        char
        for char in unicodedata.normalize("NFKD", wide)
        if char.isalnum() or char in "#%" or unicodedata.category(char) == "Sc"
    )
