"""What a header cell means."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise
from typing import TYPE_CHECKING, Any, cast

from screening.folding import fold
from screening.plaindata import record
from screening.terms import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.terms import ReadingWords

_LONGEST_HEADER = 90
"""Characters; a longer cell is a sentence."""
BRACKETS = re.compile(r"[(\[{<]([^)\]}>]*)[)\]}>]?")
_EDGES = re.compile(
    r"(?<=[a-z])(?=[A-Z])|(?<=[\u3040-\u9fff\uac00-\ud7af])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[\u3040-\u9fff\uac00-\ud7af])"
)
_TOKEN = re.compile(r"[^\W_]*[$£¥฿\u20a0-\u20cf]+|[^\W_]+|[^\w\s]")
_COUNT_BEHIND = re.compile(r"\s*=\s*[\d.,]+$")  # "No. of pkgs= 79": the sum stands in the header
_BOX = re.compile(r"(?:box\s*)?\d{1,2}[a-z]?\s*[.):/]\s*(?=[^\W\d_])", re.IGNORECASE)  # "33. Commodity Code", as on a form
_SHORTEST_SLIP, _LONG = 8, 10
"""Letters of a header in which one may be missing, too many or in its neighbour's place, and in which one may be another."""
_SWAPPED = 2
"""Words of a header that may stand the other way round."""
_MEASURES = {"net_kg": "mass", "gross_kg": "mass", "volume_m3": "volume"}


@record
class Target:
    """One thing a header may mean."""

    field: str
    columns: tuple[str, ...]
    """Canonical columns in order of preference; empty where the field fills none."""
    rank: int
    reason: str = ""
    """Why the field fills no column."""
    unsure: bool = False


@record
class Meaning:
    """What one header says."""

    targets: tuple[Target, ...]
    """Usually one; several where the values must decide."""
    factor: float | None = None
    """Kilograms or cubic metres (of a value: currency units) per unit named in the header."""
    unit: str = ""
    currency: str = ""


class Lexicon:
    """The header vocabulary, ready to look up."""

    def __init__(self, words: ReadingWords) -> None:
        options = cast("Mapping[str, Any]", words.options)
        self.words = words
        self.weak = frozenset(options.get("weak", ()))
        self.above_table = frozenset(options.get("above_table", ()))
        self._noise = frozenset(options.get("noise", ()))
        self._changes = frozenset(options.get("changes_meaning", ()))
        self._not_in_headers = frozenset(options.get("not_in_headers", ()))
        columns, left, unsure = (options.get(key, {}) for key in ("columns", "left", "unsure"))
        self._targets = {
            name: Target(
                name,
                tuple(columns.get(name, ())),
                options.get("ranks", {}).get(name, 1),
                left.get(name) or unsure.get(name, ""),
                name in unsure,
            )
            for name in (*columns, *left, *unsure)
        }
        # "Value (USD)" is the value, in dollars; only the exact name value_usd means an amount that was converted
        self._canonical = {fold(column): Target(column, (column,), 1) for column in COLUMNS if column != "value_usd"}
        self._abbreviations: Mapping[str, str] = options.get("abbreviations", {})
        self.hints = frozenset(options.get("hints", ()))
        """Folded texts below the headers of a form that say whether a column must be filled."""
        self.no_manifest = frozenset(options.get("no_manifest", ()))
        self.ditto = frozenset(way(sign) for sign in options.get("ditto", ()) for way in (str.lower, str.upper, str.capitalize))
        """Texts that stand for the cell above."""
        self._known: dict[str, Meaning | None] = {}
        self._similar: dict[str, tuple[Meaning, str] | None] = {}

    @property
    def size(self) -> int:
        """How many headers are remembered."""
        return len(self._known) + len(self._similar)

    def meaning(self, text: str) -> Meaning | None:
        """What the header ``text`` means; None where it says nothing this vocabulary knows."""
        if text not in self._known:
            self._known[text] = self._read(text) if 0 < len(text) <= _LONGEST_HEADER else None
        return self._known[text]

    def knows(self, text: str) -> bool:
        """Whether ``text`` as a whole is a known header; quicker than `meaning`, for telling headers from goods."""
        key = fold(text)
        return key in self.words.headers or key in self._canonical

    def similar(self, text: str) -> tuple[Meaning, str] | None:
        """What a header with one slip means ("Qauntity", "Desciption").

        The first and the last letter must be right, and in short headers another letter is another word: "Shipped" is not
        "Shipper", "Carbon" not "Carton".

        Returns:
            The meaning and the spelling it was taken for; None where there is none, or several that differ in meaning.
        """
        if text not in self._similar:
            self._similar[text] = self._find_similar(text)
        return self._similar[text]

    def _find_similar(self, text: str) -> tuple[Meaning, str] | None:
        key = fold(" ".join(word for word in _tokens(BRACKETS.sub(" ", text)) if not self._is_unit(fold(word))))
        if not (_SHORTEST_SLIP <= len(key) <= _LONGEST_HEADER and key.isascii() and key.isalpha()):
            return None
        from rapidfuzz import distance, process  # noqa: PLC0415 - only for headers that are not known

        found = process.extract_iter(key, self.words.headers.keys(), scorer=distance.OSA.distance, score_cutoff=1)
        near = [spelling for spelling, *_ in found if (spelling[0], spelling[-1]) == (key[0], key[-1])]
        if len(key) < _LONG:
            near = [spelling for spelling in near if len(spelling) != len(key) or sorted(spelling) == sorted(key)]
        fields = {name for spelling in near for name in self.words.headers[spelling]}
        if len({self._targets[name].columns or (name,) for name in fields}) != 1:
            return None
        spelling = near[0]
        return self._measured(tuple(self._targets[name] for name in self.words.headers[spelling]), text), spelling

    def _whole(self, text: str) -> tuple[Target, ...] | None:
        if not (key := fold(text)):
            return None
        if key in self.words.headers:
            return tuple(self._targets[name] for name in self.words.headers[key])
        return (self._canonical[key],) if key in self._canonical else None

    def _read(self, text: str) -> Meaning | None:
        if text in COLUMNS:
            return self._measured((Target(text, (text,), 0),), text)
        text = _COUNT_BEHIND.sub("", " ".join(unicodedata.normalize("NFKC", text).split()))
        targets = self._readings(text) or self._readings(self._spelled_out(text))
        if not targets and (box := _BOX.match(text)):
            targets = self._readings(text[box.end() :])
        return self._measured(targets, text) if targets else None

    def _readings(self, text: str) -> tuple[Target, ...] | None:
        return self._whole(text) or self._without_brackets(text) or self._without_noise(text) or self._bilingual(text)

    def _spelled_out(self, text: str) -> str:
        """The header with its abbreviations written out; empty where it has none."""
        words = _tokens(text)
        full = [self._abbreviations.get(fold(word), word) for word in words]
        return " ".join(full) if full != words else ""

    def _without_brackets(self, text: str) -> tuple[Target, ...] | None:
        inside = " ".join(BRACKETS.findall(text))
        if not inside or self._changes & {fold(word) for word in _tokens(inside)}:
            return None
        bare = BRACKETS.sub(" ", text).strip()
        if not bare:
            return None
        # "Weight (net)": what stands in brackets may be what matters
        said = None if all(self._is_unit(fold(word)) for word in _tokens(inside)) else self._whole(f"{inside} {bare}")
        return said or self._whole(bare) or self._without_noise(bare)

    def _without_noise(self, text: str) -> tuple[Target, ...] | None:
        """The header without units, currencies and words that add nothing."""
        words = [fold(token) for token in _tokens(text)]
        if self._changes.intersection(words):
            return None
        plain = [word for word in words if word and not self._is_unit(word)]
        ends = [index for index, word in enumerate(plain) if word not in self._noise]
        trimmed = plain[ends[0] : ends[-1] + 1] if ends else []
        bare = [word for word in plain if word not in self._noise]
        for kept in (plain, trimmed, bare, bare[::-1] if len(bare) == _SWAPPED else []):  # "Weight net"
            if kept and (found := self._whole(" ".join(kept))):
                return found
        return None

    def _bilingual(self, text: str) -> tuple[Target, ...] | None:
        """A header that says the same in two languages, or has its halves on two lines or around a slash."""
        halves = [half.strip(" /|-:：") for half in re.split(r"[/|]", text)]
        if len(halves) == 1 and is_eastern(text):
            halves = [" ".join(re.findall(_EAST, text)), " ".join(re.sub(_EAST, " ", text).split()).strip(" /|-:")]
        halves = [half for half in halves if half]
        if len(halves) == 2 and " " not in halves[0] and " " in halves[1]:  # "Commodity/Tariff Code"
            shared = [f"{halves[0]} {halves[1].rsplit(' ', 1)[1]}", halves[1]]
            both = [self._whole(half) for half in shared]
            if both[0] and both[1] and both[0][0].columns[:1] == both[1][0].columns[:1]:
                return both[1]
        found = [self._whole(half) or self._without_brackets(half) or self._without_noise(half) for half in halves]
        known = [targets for targets in found if targets]
        if len(halves) < 2 or not known:
            return None
        if len(known) == len(halves) and len({targets[0].columns[:1] for targets in known}) == 1:
            return known[0]
        scripts = {is_eastern(half) for half in halves}
        return known[0] if len(known) == 1 and len(scripts) == 2 and len(halves) == 2 else None

    def is_unit(self, text: str) -> bool:
        """Whether a text is a unit of mass or volume, or a currency."""
        key = fold(text)
        return any(key in table for table in (self.words.mass_units, self.words.volume_units, self.words.currencies))

    def _is_unit(self, word: str) -> bool:
        words = self.words
        return (
            word in words.mass_units
            or word in words.volume_units
            or word in ("in", "1000")
            or (word in words.currencies and word not in self._not_in_headers)
        )

    def _measured(self, targets: tuple[Target, ...], text: str) -> Meaning:
        """Add the unit or currency that stands beside the meaning."""
        column = next((columns[0] for columns in (target.columns for target in targets) if columns), "")
        kind = _MEASURES.get(column) or ("mass" if any(target.unsure for target in targets) else "")
        tokens = [word for token in _tokens(text) if (word := fold(token))]
        pairs = [first + second for first, second in pairwise(tokens)]
        if kind:
            units = self.words.volume_units if kind == "volume" else self.words.mass_units
            # the last word is the unit: "G.W. (KGS)" is cut into G, W and KGS, and G alone would be grams
            for word in [fold(text), *reversed(pairs), *reversed(tokens[1:])]:
                if word in units and (len(word) > 1 or word == tokens[-1]):
                    return Meaning(targets, units[word], word)
        elif column in ("value", "value_usd"):
            inside = [fold(token) for part in BRACKETS.findall(text) for token in [part, *_tokens(part)]]
            named = [word for word in tokens if word not in self._not_in_headers] + inside + pairs
            currency = next((self.words.currencies[word] for word in reversed(named) if word in self.words.currencies), "")
            return Meaning(targets, 1000.0 if "1000" in tokens else None, currency=currency)
        return Meaning(targets)


_EAST = r"[\u3040-\u9fff\uac00-\ud7af]+"
"""Made ready when it is first needed: so wide a class takes a millisecond."""


def is_eastern(text: str) -> bool:
    """Whether a text has Chinese, Japanese or Korean characters."""
    return not text.isascii() and re.search(_EAST, text) is not None


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_EDGES.sub(" ", text).replace("_", " "))


_MOST_KNOWN = 10_000
"""Headers that are remembered with their meaning."""
_last: list[tuple[ReadingWords, Lexicon]] = []


def lexicon_of(words: ReadingWords) -> Lexicon:
    """The vocabulary of ``words``, made once for the lines that a screener answers one by one."""
    for known, lexicon in _last:
        if known is words and lexicon.size < _MOST_KNOWN:
            return lexicon
    made = Lexicon(words)
    _last[:] = [(words, made)]
    return made
