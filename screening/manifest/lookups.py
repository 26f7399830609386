"""What single texts mean: countries, routes, modes of transport, kinds of packages, currencies."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from screening.folding import fold
from screening.manifest.numbers import currency_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from screening.terms import ReadingWords

_PARTS = re.compile(r"[()\[\]/|:;]|\s[-–]\s|(?<=[A-Z])-(?=[A-Z][A-Z]+\b)")
_CODES = re.compile(r"[A-Z]{2}(?:-[A-Z]{2})+")
_LOCODE = re.compile(r"([A-Z]{2})\s?[A-Z2-9]{3}")
OPEN = "?"
"""A currency that is one of several."""
_COUNTED = re.compile(r"^\W*\d+\s*(?:x\s*)?", re.IGNORECASE)


class Lookups:
    """The value tables of the reading words, each with the ways in which its texts may be dressed."""

    def __init__(self, words: ReadingWords) -> None:
        options = cast("Mapping[str, Any]", words.options)
        self.words = words
        self._numbers: Mapping[str, str] = options.get("country_numbers", {})
        self._modes: Mapping[str, Mapping[str, str]] = options.get("mode_codes", {})
        separators = sorted(options.get("route_separators", ()), key=len, reverse=True)
        self._route = re.compile("|".join(map(re.escape, separators)) or r"\Z(?!\Z)", re.IGNORECASE)
        self._before = tuple(sorted(options.get("before_a_country", ()), key=len, reverse=True))
        self._silent = frozenset(options.get("beside_a_value", ()))
        self._shared: Mapping[str, Sequence[str]] = options.get("shared_signs", {})
        self._around = currency_reader(words.currencies, self._silent)

    def country(self, *, numbers: bool = True) -> Callable[[str], str | None]:
        """A reader of one country: a name or code, alone or beside each other (``CN - China``, ``China (CHN)``).

        Args:
            numbers: Whether ISO 3166-1 numeric codes count. Under a Chinese header they do not: the customs there has
                numbers of its own, in which 116 is Japan and not Cambodia.
        """

        def read(text: str) -> str | None:
            if found := self.words.countries.get(fold(text)):
                return found
            if (key := fold(text)).startswith(self._before) and (found := self.words.countries.get(self._bare(key))):
                return found
            if text.isdigit():
                return self._numbers.get(text.zfill(3)) if numbers else None
            name, comma, rest = text.partition(",")
            if comma and (found := self.words.countries.get(fold(rest + name))):
                return found  # "Korea, Republic of"
            parts = [part for part in _PARTS.split(text) if part.strip()]
            if len(parts) < 2 and comma:
                parts = [text.rsplit(",", 1)[1]]  # "Shanghai, China": the country comes last
            known = {code for part in parts if (code := self.words.countries.get(fold(part)))}
            return known.pop() if len(known) == 1 else None

        return read

    def _bare(self, key: str) -> str:
        """A folded country without what stands before its name ("made in")."""
        return next((key.removeprefix(word) for word in self._before if key.startswith(word)), key)

    def route(self, text: str) -> list[str]:
        """The countries of a route in the order given; ports on the way stand for their countries."""
        read = self.country()
        whole = read(text)
        stops = text.split("-") if _CODES.fullmatch(text) else self._route.split(f" {text} ")
        found = [whole] if whole else [self._stop(part, read) for part in stops]
        return list(dict.fromkeys(code for code in found if code))

    def _stop(self, text: str, read: Callable[[str], str | None]) -> str | None:
        text = text.strip()
        key = fold(text)
        if found := self.words.countries.get(key) or self.words.ports.get(key):
            return found
        if (match := _LOCODE.fullmatch(text)) and fold(match[1]) in self.words.countries:
            return match[1]
        return read(text)

    def mode(self, *, eastern: bool = False) -> Callable[[str], str | None]:
        """A reader of modes of transport; codes are read by the Chinese customs table under a Chinese header."""
        codes = self._modes.get("zh" if eastern else "default", {})

        def read(text: str) -> str | None:
            if found := self.words.modes.get(fold(text)) or codes.get(text.strip().upper().removesuffix(".0")):
                return found
            parts = [part for part in re.split(r"[()/\-,:]", text) if part.strip()]
            known = {mode for part in parts if (mode := self.words.modes.get(fold(part)))}
            return known.pop() if len(parts) > 1 and len(known) == 1 else None

        return read

    def package(self, text: str) -> str | None:
        """A kind of package: the word of the content where it is known, else the text in lower case."""
        packages = self.words.packages
        bare = _COUNTED.sub("", text)
        for form in (text, bare):
            key = fold(form)
            for spelling in (key, key.removesuffix("s"), key.removesuffix("es")):
                if spelling in packages:
                    return packages[spelling]
        inside = {packages[word] for part in _PARTS.split(bare) if (word := fold(part).removesuffix("s")) in packages}
        if len(inside) == 1:
            return inside.pop()
        key = fold(text)
        return text.strip().lower() if key and key not in self.words.placeholders else None

    def currency_around(self, header: str) -> Callable[[str], str | None]:
        """A reader of what stands around an amount: a currency, ``""`` where that says nothing of it, None where it is unknown.

        Args:
            header: The currency that the header names. Of a shared sign (``¥``) it decides; where it cannot, that is `OPEN`.
        """

        def read(text: str) -> str | None:
            words = [word for part in text.split() if (word := fold(part)) and word not in self._silent]
            if not words:
                return ""
            if len(words) == 1 and (meant := self._shared.get(words[0])):
                return header if header in meant else OPEN
            return cast("str | None", self._around(text))

        return read

    def currency(self, text: str) -> str | None:
        """An ISO 4217 code from a code, sign or name."""
        if found := self.words.currencies.get(fold(text)):
            return found
        known = {code for part in re.split(r"[\s()/\-]", text) if (code := self.words.currencies.get(fold(part)))}
        return known.pop() if len(known) == 1 else None
