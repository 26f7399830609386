"""Compares two names word by word and says how alike they are, on what strength of evidence, and what was agreed.

The score is symmetric. What ``similarity`` and ``strength`` are made of stands in docs/names.md; the numbers in party_matching.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from screening.parties.align import GLUED, SAME, View, align, key_of, likeness, weight_of
from screening.parties.words import GENERIC

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from screening.parties.names import Part
    from screening.parties.words import Word, Words

Level = Literal["hit", "review", "none"]

_OTHER_FORM = 0.95
"""Factor to the likeness of names whose legal forms differ."""
_NEARLY_FROM, _NEARLY_ALONE = 5, 6
"""Letters of a word from which on a name may differ by one of them, of several words and of one."""
_NEARLY_WHOLE = 0.9
"""Likeness from which on names may match on little evidence: nothing but small words is left."""
_GENERIC_SAYS = 0.5
"""Part of its weight that a generic word adds to the strength of evidence."""
_GENERIC_WORDS = 2
"""Ordinary words that must agree, and all of them, where nothing else does."""
_ROUNDED = 1e-4
"""What a similarity may gain by being rounded."""
_GENERIC_SHARE = 0.5
"""Part of what differs that is counted: as in Dice's coefficient."""


@dataclass(slots=True)
class Pair:
    """Words of both names that were taken for the same."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    likeness: float
    how: Literal["same", "meaning", "glued", "spelling", "sound", "initial"]


@dataclass(slots=True)
class Comparison:
    """What comparing two names came to."""

    level: Level
    similarity: float
    """0 to 1: what agrees against what does not."""
    strength: float
    """How much the agreement says, in words as good as unique."""
    pairs: list[Pair] = field(default_factory=list)
    left_only: list[str] = field(default_factory=list)
    right_only: list[str] = field(default_factory=list)
    forms: str = ""
    """``missing``: one name states no legal form; ``other``: they state forms that stand for one another."""
    cautions: list[str] = field(default_factory=list)
    """Why it is no hit: ``legal_form, number, words, initial, generic, read, address, weak``."""


NOTHING = Comparison("none", 0.0, 0.0)


def _length_counts(words: Sequence[Word]) -> float:
    """Short words say less: two letters half of what five say."""
    letters = sum(len(w.text) for w in words)
    return 1.0 if letters > 4 or words[0].foreign or words[0].voiceless else (letters + 1) / 6


class Comparer:
    """Compares the parts of two names."""

    def __init__(self, words: Words) -> None:
        from rapidfuzz.distance import OSA  # noqa: PLC0415 - some milliseconds, wanted when the first name is compared

        self.distance = OSA.distance
        self.words = words
        self.settings: Mapping[str, float] = words.settings
        self.hit = self.settings["hit"]
        self.review = self.settings["review"]

    @property
    def least_share(self) -> float:
        """The share of a name's weight that must agree for any match at all: it follows from the formula of the similarity."""
        least = self.review - _ROUNDED
        needed = least * _GENERIC_SHARE / (1 - least)
        return needed / (1 + needed)

    @property
    def most_apart(self) -> float:
        """How much weight of both names together may be apart for every weight that agrees, in any match."""
        least = self.review - _ROUNDED
        return (1 - least) / (least * _GENERIC_SHARE)

    def compare(self, left: Part, right: Part, view: View, rarity: Callable[[str], float]) -> Comparison:
        """Compare two parts.

        Args:
            left: one name.
            right: the other.
            view: how their words are weighed.
            rarity: word to a factor from 0 to 1, 1 for a word that is as good as unique.
        """
        firm = view == "firm"
        ours, theirs = left.words, right.words
        if not ours or not theirs or (left.read and right.read):  # two readings say less than what was written
            return NOTHING
        weights = [[weight_of(w, view) * rarity(key_of(w, view)) for w in words] for words in (ours, theirs)]
        pairs, rest = align(left, right, weights, view, self.distance)
        agreed = soft = strength = carried = 0.0
        for mine, other, alike, how in pairs:
            weight = min(sum(weights[0][i] for i in mine), sum(weights[1][i] for i in other))
            agreed += alike * weight
            soft += (1 - alike) * weight
            said = alike**2 * weight * min(_length_counts([ours[i] for i in mine]), _length_counts([theirs[i] for i in other]))
            if firm and self._generic([ours[i] for i in mine], [theirs[i] for i in other]):
                said *= _GENERIC_SAYS
            elif how != "initial":
                carried += said
            strength += said
        if firm and left.forms & right.forms and not (rest[0] or rest[1]):
            strength += self.settings["form_says"]
        initials = sum(how == "initial" for *_, how in pairs)
        if not agreed or initials == len(pairs) or (firm and initials and not carried):
            return NOTHING
        gone = [sum(weights[side][i] for i in rest[side]) for side in (0, 1)]
        own = [
            sum(weights[side][i] for i in rest[side] if not firm or words[i].kind not in GENERIC)
            for side, words in enumerate((ours, theirs))
        ]
        similarity = agreed / (agreed + soft + _GENERIC_SHARE * (sum(gone) + min(own)))
        result = Comparison(
            "none",
            round(similarity, 4),
            round(strength, 3),
            [Pair(tuple(ours[i].text for i in m), tuple(theirs[i].text for i in o), a, h) for m, o, a, h in pairs],  # type: ignore[arg-type]
            [ours[i].text for i in rest[0]],
            [theirs[i].text for i in rest[1]],
        )
        self._judge(result, left, right, (ours, theirs), rest, carried, view)
        return result

    def possible(
        self, ours: float, our_whole: float, theirs: float, their_whole: float, view: View, *, generic: bool = False
    ) -> bool:
        """Whether two names may match of whose weight no more than ``ours`` and ``theirs`` can agree.

        ``generic``: enough words of the name are generic to match by themselves, whatever they say (:meth:`may_be_generic`).
        """
        agreed = min(ours, theirs)
        similarity = agreed / (agreed + _GENERIC_SHARE * (our_whole - ours + their_whole - theirs)) if agreed else 0.0
        if similarity < self.review - _ROUNDED:
            return False
        besides = self.settings["form_says"] if view == "firm" else 0.0
        return generic or similarity >= _NEARLY_WHOLE or agreed + besides >= self._needed(similarity, view) - 1e-9

    @staticmethod
    def may_be_generic(words: Sequence[Word], view: View) -> bool:
        """Whether a name has the generic words that a match without a word of its own takes."""
        return view == "firm" and sum(word.kind in GENERIC for word in words) >= _GENERIC_WORDS

    def _needed(self, similarity: float, view: View) -> float:
        """The strength of evidence from which on a match of this likeness is worth a look."""
        kind = "" if view == "firm" else "_person"
        return self.settings[f"review_strength{kind}"] + self.settings[f"review_strength_slope{kind}"] * (1 - similarity)

    def _judge(
        self,
        result: Comparison,
        left: Part,
        right: Part,
        names: tuple[Sequence[Word], Sequence[Word]],
        rest: tuple[list[int], list[int]],
        carried: float,
        view: View,
    ) -> None:
        """Set the level, and why it is not higher."""
        small = self.settings["weight_title"]
        unmatched = [[names[side][i] for i in rest[side] if weight_of(names[side][i], view) > small] for side in (0, 1)]
        self._caution(result, left, right, names, [*unmatched[0], *unmatched[1]], view)
        if view == "firm" and not carried:
            result.cautions.append("generic")
        if view == "vessel" and "number" in result.cautions:
            return
        if view == "firm" and not carried:
            agreeing = sum(max(len(pair.left), len(pair.right)) for pair in result.pairs)
            alike = result.similarity >= (GLUED if agreeing == _GENERIC_WORDS else self.review)
            longer = agreeing > _GENERIC_WORDS and all(pair.how == "same" for pair in result.pairs) and not all(unmatched)
            over = len(unmatched[0]) + len(unmatched[1])
            likely = alike and agreeing >= _GENERIC_WORDS and (not over or (over == 1 and longer))
        else:
            whole = result.similarity >= GLUED and len(result.pairs) > 1 and not (rest[0] or rest[1])
            needed = self._needed(result.similarity, view)
            if view == "firm" and unmatched[0] and unmatched[1]:
                needed = max(needed, self.settings["sister_strength"])
            likely = result.similarity >= self.review and (whole or result.strength >= needed)
        if not (likely or (view == "firm" and self._nearly(left, right))):
            return
        least = self.settings["hit_strength" if view == "firm" else "hit_strength_person"]
        enough = result.similarity >= self.hit and carried >= least
        if view != "person" and (len(names[0]) > 1 or carried) and self._complete(result, left, right, names):
            enough = True
            result.cautions[:] = [caution for caution in result.cautions if caution == "legal_form"]
        result.level = "hit" if enough and not result.cautions else "review"
        if "legal_form" in result.cautions:
            result.similarity = round(result.similarity * _OTHER_FORM, 4)

    def _caution(
        self,
        result: Comparison,
        left: Part,
        right: Part,
        names: tuple[Sequence[Word], Sequence[Word]],
        unmatched: Sequence[Word],
        view: View,
    ) -> None:
        """Note what keeps a match from being a hit."""
        cautions = result.cautions
        if any(word.kind == "number" or not word.text.isalpha() for word in unmatched):
            cautions.append("number")
        elif unmatched:
            cautions.append("words")
        if view == "firm" and not self._forms_agree(left.forms, right.forms):
            cautions.append("legal_form")
        elif view == "firm" and left.forms != right.forms:
            result.forms = "other" if left.forms and right.forms else "missing"
        if any(pair.how == "initial" for pair in result.pairs):
            cautions.append("initial")
        if any(word.read for words in names for word in words):
            cautions.append("read")
        if left.cut or right.cut:
            cautions.append("address")

    @staticmethod
    def _complete(result: Comparison, left: Part, right: Part, names: tuple[Sequence[Word], Sequence[Word]]) -> bool:
        """Whether the names are the same from the first word to the last, so that even ordinary words are this party's name."""
        if left.text == right.text:
            return True
        if len(names[0]) == 1 or result.left_only or result.right_only:
            return False
        return all(pair.likeness == SAME for pair in result.pairs) and [w.key for w in names[0]] == [w.key for w in names[1]]

    def _nearly(self, left: Part, right: Part) -> bool:
        """Whether two names would be the same from the first word to the last but for one letter or sound of one word.

        A name of a single word must state a legal form as well.
        """
        ours, theirs = left.words, right.words
        if len(ours) != len(theirs) or left.forms != right.forms or (len(ours) == 1 and not left.forms):
            return False
        different = [(a, b) for a, b in zip(ours, theirs, strict=True) if a.key != b.key]
        if len(different) != 1:
            return False
        a, b = different[0]
        if max(len(a.text), len(b.text)) < (_NEARLY_FROM if len(ours) > 1 else _NEARLY_ALONE):
            return False
        return bool(likeness(a, b, self.distance)[0]) and (
            self.distance(a.text, b.text) == 1 or (bool(a.sound) and a.sound == b.sound)
        )

    def _forms_agree(self, left: frozenset[str], right: frozenset[str]) -> bool:
        if not left or not right or left & right:
            return True
        same = self.words.same_form
        return any(y in same.get(x, ()) or x in same.get(y, ()) for x in left for y in right)

    @staticmethod
    def _generic(*sides: Sequence[Word]) -> bool:
        return any(all(word.kind in GENERIC for word in side) for side in sides)
