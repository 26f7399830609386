"""What the words of a name are: legal form, line of business, place, number, small word, or its own.

Made from ``party_words`` and ``party_matching`` of the content, and from the places of rules/reading.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from screening.parties.spelling import Spelling, bare, is_dense, is_foreign, is_han, leaves_vowels_out, romanised
from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from screening.content.models import Content

WordKind = Literal["name", "common", "activity", "place", "number", "particle", "initial", "legal_form"]
GENERIC = frozenset({"activity", "place", "particle", "initial"})
"""Kinds that never carry a match by themselves."""
_TYPED: tuple[WordKind, ...] = ("number", "legal_form", "activity", "place", "common", "particle")
"""Kinds of single words, the first counts."""
_MARKS = ("joint", "cut", "identifier", "branch", "vessel_cut")
"""Groups of words that say where a name ends or another begins."""
_SHORTEST_PLACE = 4
_TELLING = 5
"""Letters of a typed word from which on it is nobody's given or family name."""
_SHORT_REST = 4
"""Letters that must be left of a word beside a legal form written on to it; one less beside a long one."""
_LONG_FORM, _LONG_ACTIVITY = 7, 8
"""Letters of legal forms and of lines of business from which on they are known with one letter wrong."""
_FORM_WORD = 5
"""Letters of a word of legal forms from which on it is known with a letter twice or two in the wrong order."""
_DOUBLED = re.compile(r"(.)\1")
_Known: TypeAlias = "dict[tuple[str, int], dict[str, str]]"


@record
class Word:
    """One word of a name."""

    text: str
    """As compared: small letters, no accents."""
    key: str
    """Words of one key are the same word: the meaning of a typed word, else the text."""
    kind: WordKind
    weight: float
    """What it weighs in the name of a firm, before rarity."""
    person_weight: float
    sound: str = ""
    """How it sounds, roughly; of a word read from a script without vowels, its consonants."""
    bare: str = ""
    """The sound without its vowels."""
    foreign: bool = False
    """Written in another script than Latin."""
    read: bool = False
    """Read from Han, where several words read alike."""
    voiceless: bool = False
    """Read from a script that leaves vowels out."""

    @property
    def letter(self) -> bool:
        """A single Latin letter, which may stand for a name."""
        return len(self.text) == 1 and self.text.isascii() and self.text.isalpha()

    @property
    def typed(self) -> bool:
        """Its kind is known; it is nobody's own word."""
        return self.kind not in ("name", "common", "initial")


class Words:
    """The words of the content, ready to be looked up. The content writes them plainly, as Spelling.plain would."""

    def __init__(self, content: Content) -> None:
        groups = content.party_words
        self.settings: Mapping[str, float] = content.party_matching
        self.spelling = Spelling(content.characters, groups.get("sound", {}))
        kinds = ("name", "common", "activity", "place", "number", "particle", "initial", "title", "legal_form")
        self._weights: dict[str, float] = {kind: self.settings.get(f"weight_{kind}", 0.0) for kind in kinds}
        self.known: dict[str, Word] = {}
        """Words that were looked up before."""
        self._glued: dict[str, tuple[str, ...]] = {}
        self._seen: set[str] = set()
        self._countries: Mapping[str, str] = content.reading.get("countries", {})
        self._ports: Mapping[str, str] = content.reading.get("ports", {})
        self.phrases: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
        """First word to phrases of several words that begin with it, longest first: rest of the words, group, meaning."""
        self._meanings: dict[str, dict[str, str]] = {kind: self._singles(kind, groups.get(kind, {})) for kind in _TYPED}
        self.marks: dict[str, tuple[str, str]] = {}
        """Word to the group of words that mark where a name ends, and its meaning."""
        for group in _MARKS:
            for text, meaning in self._singles(group, groups.get(group, {})).items():
                self.marks.setdefault(text, (group, meaning))
        marked = (word for word, found in self.phrases.items() if any(group in _MARKS for _, group, _ in found))
        self.ends = {*self.marks, *marked}
        """First words of all such marks."""
        for found in self.phrases.values():
            if len(found) > 1:
                found.sort(key=lambda phrase: (-len(phrase[0]), phrase))
        self.labels = _all(groups.get("role", {}))
        self.leads = sorted(_all(groups.get("lead", {})), key=lambda lead: (-len(lead), lead))
        self.nobody = _all(groups.get("nobody", {}))
        self.honorifics = _all(groups.get("honorific", {}))
        self.vessel_words = _all(groups.get("vessel_word", {}))
        self.leading = _all(groups.get("leading_form", {}))
        self.glued = sorted(_all(groups.get("glued_form", {})), key=lambda form: (-len(form), form))
        letters = groups.get("letter", {})
        self._letters = str.maketrans({char: latin for latin, chars in letters.items() for char in chars})
        self._articles = sorted(_all(groups.get("article", {})))
        self.glued_front = _all(groups.get("glued_front", {}))
        self.same_form = {form: frozenset(others) for form, others in groups.get("same_form", {}).items()}
        self._longest: dict[str, int] = {}
        """First character to the length of the longest word of a dense script that begins with it."""
        for known in (*self._meanings.values(), self._countries, self._ports):
            for text in known:
                if not text.isascii() and len(text) > self._longest.get(text[0], 0):
                    self._longest[text[0]] = len(text)
        self._long_forms = _by_beginning(self._meanings["legal_form"], _LONG_FORM)
        self._long_activities = _by_beginning(self._meanings["activity"], _LONG_ACTIVITY)
        in_forms = {
            word
            for first, found in self.phrases.items()
            for rest, group, _ in found
            if group == "legal_form"
            for word in (first, *rest)
        }
        self._form_words = _by_beginning(dict.fromkeys(in_forms, ""), _FORM_WORD)
        self._branches = tuple(word for word, (group, _) in self.marks.items() if group == "branch" and len(word) >= _TELLING)

    def _singles(self, group: str, meanings: Mapping[str, list[str]]) -> dict[str, str]:
        """Single words of a group to their meaning; its phrases are kept apart."""
        singles: dict[str, str] = {}
        phrases = self.phrases
        for meaning, spellings in meanings.items():
            for spelling in spellings:
                if " " not in spelling:
                    text = spelling.replace("/", "_")
                    singles.setdefault(text, text if meaning == "any" else meaning)
                    continue
                words = spelling.replace("/", "_").split()
                if group == "place":
                    singles.setdefault("".join(words), meaning)
                for spelled in [words, *_glued(words)] if group == "legal_form" else [words]:
                    phrases.setdefault(spelled[0], []).append((tuple(spelled[1:]), group, meaning))
        return singles

    def place(self, text: str) -> str:
        """What a country or a port is called in rules/reading, its name written without blanks; empty where it is none."""
        if len(text) < (_SHORTEST_PLACE if text.isascii() else 2):
            return ""
        return self._countries.get(text, "").lower() or (text if text in self._ports else "")

    def places(self) -> Iterator[str]:
        """All names that :meth:`place` knows."""
        yield from self._countries
        yield from self._ports

    def particles(self) -> list[Word]:
        """All small words."""
        return [self.word(text) for text in self._meanings["particle"]]

    def word(self, text: str) -> Word:
        """The word that a text of one script without blanks is."""
        word = self.known.get(text)
        if word is None:
            word = self.known[text] = self._classified(text)
        return word

    def of_kind(self, text: str, kind: WordKind, meaning: str) -> Word:
        """A word or phrase whose kind is known."""
        weights = self._weights
        if kind == "common":
            return self._typed(text, kind, meaning)
        return Word(text, f"{kind}:{meaning}", kind, weights[kind], weights["name"], *self._sounds(text))

    def _sounds(self, text: str) -> tuple[str, str]:
        sound = self.spelling.sound(text)
        return sound, bare(sound)

    def _classified(self, text: str) -> Word:
        if text.isdigit():
            number = text.lstrip("0") or "0"
            return Word(text, f"number:{number}", "number", self._weights["number"], self._weights["number"])
        for kind in _TYPED:
            meaning = self._meanings[kind].get(text)
            if meaning is not None:
                return self._typed(text, kind, meaning)
        weights = self._weights
        if form := _misspelled(text, self._long_forms, _LONG_FORM):
            return self._typed(text, "legal_form", form[1])
        if activity := _misspelled(text, self._long_activities, _LONG_ACTIVITY):
            return self._typed(text, "activity", activity[1])
        if place := self.place(text):
            return Word(text, f"place:{place}", "place", weights["place"], weights["name"], *self._sounds(text))
        if len(text) == 1 and text.isascii():
            return Word(text, text, "initial", weights["initial"], weights["initial"])
        person = weights["title"] if text in self.honorifics else weights["name"]
        return Word(text, text, "name", weights["name"], person, *self._sounds(text), is_foreign(text))

    def _typed(self, text: str, kind: WordKind, meaning: str) -> Word:
        weights = self._weights
        short = weights["initial"] if len(text) == 1 else weights["particle"]
        person = short if kind == "particle" else weights["title"] if text in self.honorifics else weights["name"]
        key = text if kind == "common" else f"{kind}:{meaning}"
        return Word(text, key, kind, weights[kind], person, *self._sounds(text), is_foreign(text))

    def dense(self, run: str) -> list[Word]:
        """A run of characters of a script that joins words, cut into known words and what stands between them."""
        words: list[Word] = []
        start = index = 0
        while index < len(run):
            for length in range(min(self._longest.get(run[index], 0), len(run) - index), 0, -1):
                found = self._known_run(run[index : index + length])
                # a single character is a word of its own only at an end
                if found and (length > 1 or (index + length == len(run) and found[0] == "legal_form")):
                    if index > start:
                        words.append(self.word(run[start:index]))
                    kind, meaning = found
                    words.append(self.of_kind(run[index : index + length], kind, meaning))
                    start = index = index + length
                    break
            else:
                index += 1
        if start < len(run):
            words.append(self.word(run[start:]))
        return words

    def _known_run(self, text: str) -> tuple[WordKind, str] | None:
        for kind in _TYPED:
            if meaning := self._meanings[kind].get(text):
                return kind, meaning
        place = self.place(text)
        return ("place", place) if place else None

    def reading_of(self, word: Word) -> Word:
        """A word of another script read in Latin letters; typed words keep their meaning."""
        if word.typed or not word.foreign:
            return word
        article = next((a for a in self._articles if word.text.startswith(a) and len(word.text) > len(a) + 2), "")
        written = word.text.removeprefix(article).translate(self._letters)
        text = romanised(written)
        found = self._meanings["place"].get(text)
        if not text or found:
            return self.word(text) if text else word
        voiceless = leaves_vowels_out(word.text)
        sounds = self._sounds(text)
        if voiceless:  # letter by letter: two of them never make one sound
            spelled = "".join(self.spelling.sound(romanised(char)) for char in written)
            spelled = spelled[:-1] if len(spelled) > 2 and spelled.endswith("h") else spelled
            sounds = spelled, bare(spelled)
        return Word(text, text, "name", word.weight, word.person_weight, *sounds, read=is_han(word.text), voiceless=voiceless)

    def tells_firm(self, token: str) -> bool:
        """Whether a word shows that its bearer is no person: a legal form or a line of business that is not short."""
        word = self.word(token)
        return word.kind in ("activity", "legal_form") and (len(token) >= _TELLING or token in self.glued or is_dense(token))

    def has_glued(self, tokens: list[str]) -> bool:
        """Whether one of ``tokens`` is a long word with a legal form written on to it."""
        if not self._seen.issuperset(tokens):
            for text in tokens:
                if text not in self._seen and (pieces := self._apart(text)):
                    self._glued[text] = pieces
            self._seen.update(tokens)
        return not self._glued.keys().isdisjoint(tokens)

    def unglued(self, tokens: list[str]) -> list[str]:
        """The tokens with such words taken apart."""
        return [piece for token in tokens for piece in self._glued.get(token, (token,))]

    def _apart(self, text: str) -> tuple[str, ...]:
        if text not in self._form_words.get((text[0], len(text)), ()) and (
            spelled := _misspelled(text, self._form_words, _LONG_FORM)
        ):
            return (spelled[0],)
        if self.word(text).typed:
            return ()
        if branch := next((word for word in self._branches if text.endswith(word) and self.place(text[: -len(word)])), ""):
            return text[: -len(branch)], branch
        fit = [
            form for form in self.glued if len(text) >= len(form) + (_SHORT_REST if len(form) < _LONG_FORM else _SHORT_REST - 1)
        ]
        if form := next((f for f in fit if text.endswith(f)), ""):
            return text[: -len(form)], form
        form = next((f for f in fit if f in self.glued_front and text.startswith(f)), "")
        return (form, text[len(form) :]) if form else ()


def _by_beginning(meanings: Mapping[str, str], least: int) -> _Known:
    """First letter and length to the words of Latin letters, not shorter than ``least``, with their meanings."""
    found: _Known = {}
    for text, meaning in meanings.items():
        if len(text) >= least and text.isascii():
            found.setdefault((text[0], len(text)), {})[text] = meaning
    return found


def _misspelled(text: str, known: _Known, long: int) -> tuple[str, str] | None:
    """The known word that ``text`` is but for one letter, with its meaning; if it is not ``long``, for one twice or swapped."""
    near = [known.get((text[0], length)) for length in (len(text) - 1, len(text), len(text) + 1)]
    if not any(near):
        return None
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - some milliseconds, wanted when the first name is read

    distance = OSA.distance
    for words in filter(None, near):
        for word, meaning in words.items():
            if distance(text, word, score_cutoff=1) == 1 and (
                len(word) >= long or sorted(text) == sorted(word) or _DOUBLED.sub(r"\1", text) == word
            ):
                return word, meaning
    return None


def _all(meanings: Mapping[str, list[str]]) -> frozenset[str]:
    return frozenset(spelling.replace("/", "_") for spellings in meanings.values() for spelling in spellings)


def _glued(words: list[str]) -> list[list[str]]:
    """The ways to write two neighbours of several words as one."""
    if len(words) < 3 or len(words[0]) == 1:
        return []
    return [[*words[:i], words[i] + words[i + 1], *words[i + 2 :]] for i in range(len(words) - 1)]
