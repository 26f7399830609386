"""Takes names apart as documents write them: labels and residue away, other parties and former names alone, legal forms aside."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from screening.parties.spelling import is_dense, is_foreign

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.parties.words import Word, Words

PartyKind = Literal["company", "person", "vessel", "unknown"]
PARTY_KINDS: tuple[PartyKind, ...] = ("company", "person", "vessel", "unknown")

LONGEST_NAME = 400
"""Characters of a name that are looked at."""
_PIECES = re.compile(r"[\n\r;|\\]| / | // ")
_BRACKETS = re.compile(r"[(\[{<«（【](.*?)(?:[)\]}>»）】]|$)")
_IMO = re.compile(r"\bimo\W{0,3}(?:no|number|nr)?\W{0,3}(\d{7})\b")
_SIMPLE = re.compile(r"[\w .,&-]*", re.ASCII)
"""Names that have nothing to take apart, unless a word or a comma says so."""
_MOST_PARTS = 8
NAME_PHRASES = ("legal_form", "activity", "place", "number", "common", "particle")
"""Groups whose phrases of several words are one word of a name."""
_OWN = ("name", "common", "number")
_NET = ("www", "com", "http", "https")
_NEAR = 4
"""Words after ``tel`` or ``address`` among which a number or an address must begin."""
_LONG_FORM = 3
"""Letters from which on a legal form counts wherever it stands; shorter ones only at an end of the name."""
_LONG_RUN = 4
"""Han characters that may be a name beside one in Latin letters."""


@dataclass(slots=True)
class Part:
    """One name within a text: most texts hold one."""

    words: tuple[Word, ...]
    """Without legal form and residue."""
    text: str = ""
    """All its words as written, plain."""
    forms: frozenset[str] = frozenset()
    """Kinds of its legal form."""
    how: str = ""
    """What stood before it: ``care_of``, ``former`` …; ``bracket``, ``piece`` for a name beside another one."""
    read: bool = False
    """Read from another script."""
    firm: bool = False
    """A legal form or a line of business shows that it is no person."""
    glued: tuple[tuple[str, int], ...] = ()
    """How a word reads with the legal form beside it written on to it, or the first word of a phrase; with the word's place."""
    cut: bool = False
    """What followed the legal form was left out as an address, though it names something like a plant."""


@dataclass(slots=True)
class Analysed:
    """A text that names parties."""

    given: str
    parts: list[Part] = field(default_factory=list)
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    """Kind (``tax``, ``registration``, ``imo``) and number, letters and digits only."""


class Names:
    """Takes names apart by the words of the content."""

    def __init__(self, words: Words) -> None:
        self.words = words
        self._starts = tuple(sorted({spelling.split()[0].replace("_", "/") for spelling in (*words.leads, *words.nobody)}))

    def analyse(self, given: str, kind: PartyKind = "unknown") -> Analysed:
        """The names in a text, with identifiers that stand beside them."""
        found = Analysed(given)
        plain = self.words.spelling.plain(given[:LONGEST_NAME])
        if "imo" in plain and (imo := _IMO.search(plain)):
            found.identifiers.append(("imo", imo.group(1)))
            plain = plain[: imo.start()] + " " + plain[imo.end() :]
        if _SIMPLE.fullmatch(plain) and (tokens := self._whole(plain)):
            part = self._part(tokens, "", kind)
            found.parts = [part] if part.words else []
            return found
        plain = self._without_label(plain)
        for text, how in self._pieces(plain):
            for part in self._parts(text, how, kind, found):
                if part.words and not any(part.words == p.words and part.forms == p.forms for p in found.parts):
                    found.parts.append(part)
            if len(found.parts) >= _MOST_PARTS:
                break
        return found

    def whole(self, text: str) -> Part:
        """All words of a text as one part, such as those of an address."""
        return self._part(self._tokens(self.words.spelling.plain(text[:LONGEST_NAME])), "", "unknown")

    def abbreviated(self, text: str) -> list[str] | None:
        """The words of a text with those written with dots joined, before and after its commas go; None if it is not simple."""
        plain = self.words.spelling.plain(text[:LONGEST_NAME])
        if not _SIMPLE.fullmatch(plain):
            return None
        return self._tokens(plain) + (self._tokens(plain.replace(",", " ")) if "," in plain else [])

    def readings(self, part: Part) -> Part | None:
        """The part read in Latin letters; None where it is written in them."""
        if not any(word.foreign for word in part.words):
            return None
        read = self.words.reading_of
        return replace(part, words=tuple(map(read, part.words)), read=True)

    def _whole(self, plain: str) -> list[str]:
        """The tokens of a name that is one name from end to end; nothing where it may not be."""
        if plain.startswith(self._starts):
            return []
        head, comma, tail = plain.partition(",")
        if comma and any(self.words.word(token).kind != "legal_form" for token in self._tokens(tail)):
            return []
        tokens = self._tokens(f"{head} {tail}" if comma else head)
        return tokens if self.words.ends.isdisjoint(tokens) else []

    def _without_label(self, plain: str) -> str:
        spaced = " ".join(self.words.spelling.words(plain))
        if spaced in self.words.nobody:
            return ""
        if lead := next((lead for lead in self.words.leads if spaced.startswith(f"{lead} ")), ""):
            return spaced.removeprefix(lead)
        while ":" in plain:
            head, _, rest = plain.partition(":")
            if not rest.strip() or " ".join(self.words.spelling.words(head)) not in self.words.labels:
                break
            plain = rest
        return plain

    def _pieces(self, plain: str) -> Iterator[tuple[str, str]]:
        pieces = [piece for piece in _PIECES.split(plain) if piece.strip()] if _PIECES.search(plain) else [plain]
        for number, piece in enumerate(pieces):
            # of several lines the first is the name; of the others only what bears a legal form can be one
            if number and not self._has_form(piece):
                continue
            how = "piece" if number else ""
            brackets = [inside for inside in _BRACKETS.findall(piece) if inside.strip()]
            own = [b for b in brackets if any(w.kind == "name" for w in self._typed(b))]
            if not own:
                yield piece, how
                continue
            outside = _BRACKETS.sub(lambda m: " " if m.group(1) in own else m.group(), piece)  # noqa: B023 - used at once
            yield outside, how
            yield from ((inside, "bracket") for inside in own)
            yield piece, how

    def _has_form(self, text: str) -> bool:
        return any(w.kind == "legal_form" for w in self._typed(text))

    def _typed(self, text: str) -> list[Word]:
        typed: list[Word] = []
        for token in self._tokens(text):
            typed += self.words.dense(token) if is_dense(token) else [self.words.word(token)]
        return typed

    def _tokens(self, plain: str) -> list[str]:
        for dotted in self.words.spelling.dotted(plain):
            letters = "".join(c for c in dotted if c.isalnum())
            if len(letters) > 2 or self.words.word(letters).kind in ("legal_form", "place"):
                plain = plain.replace(dotted, f"{letters} ", 1)
        tokens = self.words.spelling.words(plain)
        return self.words.unglued(tokens) if self.words.has_glued(tokens) else tokens

    def _parts(self, text: str, how: str, kind: PartyKind, found: Analysed) -> Iterator[Part]:
        cut, whole = "", ""
        if "," in text and kind != "person":
            whole = " ".join(self._tokens(text))
            text, cut = self._address_away(text)
        for tokens, role in self._split(self._tokens(text), found, kind):
            part = self._part(tokens, role or how, kind)
            if cut:
                part.cut = any(w.kind == "activity" for w in self._typed(cut))
                part.text = whole
            yield part
            yield from self._by_script(part)

    def _address_away(self, text: str) -> tuple[str, str]:
        """Cut what follows a legal form and a comma, unless that is the rest of the legal form."""
        segments = text.split(",")
        for number in range(len(segments) - 1):
            words = self._typed(segments[number])
            following = self._typed(segments[number + 1])
            own = any(w.kind in _OWN for s in segments[: number + 1] for w in self._typed(s))
            if words and words[-1].kind == "legal_form" and own and following and following[0].kind != "legal_form":
                rest = ",".join(segments[number + 1 :])
                if any(mark in self._marked(rest) for mark in ("joint", "identifier", "branch")):
                    return text, ""
                return ",".join(segments[: number + 1]), rest
        return text, ""

    def _marked(self, text: str) -> set[str]:
        tokens = self._tokens(text)
        groups: set[str] = set()
        for place in range(len(tokens)):
            if mark := self._mark(tokens, place):
                groups.add(mark[0])
        return groups

    def _mark(self, tokens: list[str], place: int) -> tuple[str, str, int] | None:
        for rest, group, meaning in self.words.phrases.get(tokens[place], ()):
            if tuple(tokens[place + 1 : place + 1 + len(rest)]) == rest:
                return group, meaning, 1 + len(rest)
        mark = self.words.marks.get(tokens[place])
        return (*mark, 1) if mark else None

    def _split(self, tokens: list[str], found: Analysed, kind: PartyKind) -> Iterator[tuple[list[str], str]]:
        """The names that words like ``c/o`` and ``formerly`` part, without what belongs to none."""
        own: list[str] = []
        how = ""
        place = 0
        if self.words.ends.isdisjoint(tokens):
            yield tokens, ""
            return
        while place < len(tokens):
            mark = self._mark(tokens, place)
            group = mark[0] if mark else ""
            if (
                mark is None
                or (place == 0 and group != "identifier")
                or group not in ("joint", "cut", "identifier", "vessel_cut")
            ):
                length = mark[2] if mark and group not in ("branch",) else 1
                own += tokens[place : place + length]
                place += length
                continue
            _, meaning, length = mark
            if group == "identifier":
                number, used = _number(tokens[place + length :])
                if number:
                    found.identifiers.append((meaning, number))
                    place += length + used
                else:
                    own += tokens[place : place + length]
                    place += length
            elif group == "joint":
                yield own, how
                own, how = [], meaning
                place += length
            elif kind == "vessel" or (group == "cut" and _leads_on(tokens[place + length :])):
                break
            else:
                own += tokens[place : place + length]
                place += length
        yield own, how

    def _part(self, tokens: list[str], how: str, kind: PartyKind) -> Part:
        words: list[Word] = []
        forms: set[str] = set()
        if kind == "person":  # nothing in the name of a person is a legal form or a line of business
            persons = [self.words.word(token) for token in tokens]
            return Part(tuple(self.own(w) if w.kind == "legal_form" else w for w in persons), " ".join(tokens), how=how)
        if kind == "vessel":
            tokens = self._without_vessel_words(tokens)
        place = 0
        stand: list[tuple[int, int]] = []
        while place < len(tokens):
            found, length = self._next(tokens, place)
            for word in found:
                if word is None:  # a branch, with the place before it
                    while words and words[-1].kind == "place":
                        words.pop()
                        stand.pop()
                elif word.kind != "legal_form":
                    words.append(word)
                    stand.append((place, place + length))
                elif len(found) > 1 or (forms and not words) or self._stands(word, tokens, place, length):
                    forms.add(word.key.partition(":")[2])
                else:
                    words.append(self.own(word))
                    stand.append((place, place + length))
            place += length
        # PAO, SAN and the like are names of persons as well
        firm = any(self.words.tells_firm(token) for token in tokens)
        return Part(tuple(words), " ".join(tokens), frozenset(forms), how, firm=firm, glued=_glued(words, stand, tokens))

    def _next(self, tokens: list[str], place: int) -> tuple[list[Word] | list[None], int]:
        """The word at ``place`` (several of a script that joins them; None for a branch) and how many tokens it takes."""
        token = tokens[place]
        words = self.words
        if token in words.phrases or token in words.marks:
            group, meaning, length = self._mark(tokens, place) or ("", "", 1)
            if group == "branch" and place:
                return [None], length
            if length > 1 and group in NAME_PHRASES:
                return [self.words.of_kind("".join(tokens[place : place + length]), group, meaning)], length  # type: ignore[arg-type]
        word = words.known.get(token) or words.word(token)
        if word.foreign and is_dense(token):
            return words.dense(token), 1
        if word.kind == "name" and place + 1 < len(tokens):
            joined = token + tokens[place + 1]
            if found := self.words.place(joined):
                return [self.words.of_kind(joined, "place", found)], 2
        return [word], 1

    def own(self, word: Word) -> Word:
        """A legal form that stands where it is part of the name."""
        weights = self.words.settings
        return replace(word, key=word.text, kind="name", weight=weights["weight_name"], person_weight=weights["weight_name"])

    def _stands(self, word: Word, tokens: list[str], place: int, length: int) -> bool:
        """Whether a legal form stands where one may: at the end; if it is long, anywhere; some at the beginning."""
        end = place + length
        if place == 0:
            return end < len(tokens) and (len(word.text) >= _LONG_FORM or word.text in self.words.leading)
        rest_is_form = all(self.words.word(t).kind in ("legal_form", "particle") or len(t) == 1 for t in tokens[end:])
        return rest_is_form or (len(word.text) >= _LONG_FORM)

    def _without_vessel_words(self, tokens: list[str]) -> list[str]:
        for length in (2, 1):
            while len(tokens) > length and " ".join(tokens[:length]) in self.words.vessel_words:
                tokens = tokens[length:]
            while len(tokens) > length and " ".join(tokens[-length:]) in self.words.vessel_words:
                tokens = tokens[:-length]
        return tokens

    @staticmethod
    def _by_script(part: Part) -> Iterator[Part]:
        """Where one name stands in two scripts, each on its own."""
        other = [w for w in part.words if w.foreign or is_foreign(w.text)]
        latin = [w for w in part.words if not (w.foreign or is_foreign(w.text))]
        letters = [sum(len(word.text) for word in words) for words in (other, latin)]
        long_enough = letters[0] >= _LONG_RUN and (len(latin) > 1 or letters[1] > _LONG_RUN)
        if other and latin and long_enough and any(w.kind == "name" for w in other) and any(w.kind in _OWN for w in latin):
            yield replace(part, words=tuple(other), how=part.how or "script", glued=())
            yield replace(part, words=tuple(latin), how=part.how or "script", glued=())


def _glued(words: list[Word], stand: list[tuple[int, int]], tokens: list[str]) -> tuple[tuple[str, int], ...]:
    """Words with a neighbour written on to them that is no word of its own: the others are joined when names are compared."""
    if len(words) == len(tokens):
        return ()
    alone = {start for start, end in stand if end - start == 1}
    found = []
    for place, (word, (start, end)) in enumerate(zip(words, stand, strict=True)):
        if word.text.isascii():
            if end < len(tokens) and end not in alone:
                found.append((word.text + tokens[end], place))
            if start and start - 1 not in alone:
                found.append((tokens[start - 1] + word.text, place))
    return tuple(found)


def _leads_on(tokens: list[str]) -> bool:
    """Whether what follows a word like ``tel`` is a number or an address, so that the word is no part of a name."""
    return any(not token.isascii() or any(c.isdigit() for c in token) or token in _NET for token in tokens[:_NEAR])


def _number(tokens: list[str]) -> tuple[str, int]:
    """The number at the beginning of ``tokens``, written in up to four pieces, and how many it takes."""
    pieces: list[str] = []
    skipped = 1 if tokens and tokens[0] in ("no", "nr", "number") else 0
    for token in tokens[skipped : skipped + 4]:
        if not any(c.isdigit() for c in token) and (pieces or len(token) > 2):
            break
        pieces.append(token)
    text = "".join(pieces)
    return (text, skipped + len(pieces)) if sum(c.isdigit() for c in text) >= 5 else ("", 0)
