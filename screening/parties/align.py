"""Lays the words of two names side by side: which word of the one is which of the other, and how alike they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from screening.parties.names import Part
    from screening.parties.words import Word

View = Literal["firm", "person", "vessel"]
"""How the words of a name are weighed: those of a firm by what they are, those of persons and ships all alike."""
Placed = tuple[tuple[int, ...], tuple[int, ...], float, str]
"""Places of words in one name and in the other, their likeness, and by what they are alike (compare.Pair)."""

SAME, GLUED, _READ_ALIKE, _MEANING = 1.0, 0.98, 0.95, 0.9
_TYPO_FROM = 4
"""Letters from which on one letter may differ; another one for every four more."""
_TYPO_STEP = 4
_MOST_TYPOS = 3
_SWAPPED = 0.5
"""What two letters in the wrong order count, as part of a wrong letter."""
_SOUND_FROM = 3
_HEARD = (0.94, 0.88, 0.82)
"""Likeness of words with the same consonants, by the number of vowels that sound different."""
_VOWELS_APART = 4
"""Letters of a sound for every vowel that may sound different."""
_VOICELESS = 0.85
"""Likeness where one of them was written without vowels."""
LONGEST_GLUE = 3
"""Words that may stand glued together."""


def allowed_typos(length: int) -> int:
    """Letters that may differ between words, the longer of which has ``length``."""
    return min(length // _TYPO_STEP, _MOST_TYPOS) if length >= _TYPO_FROM else 0


def likeness(left: Word, right: Word, distance: Callable[..., int]) -> tuple[float, str]:
    """How alike two different words are, from 0, and by what: ``spelling`` or ``sound``. Words with digits are not alike."""
    if left.typed and right.typed:
        return 0.0, ""
    x, y = left.text, right.text
    longest = max(len(x), len(y))
    if longest < _SOUND_FROM or not (x.isalpha() and y.isalpha()) or left.kind == "number" or right.kind == "number":
        return 0.0, ""
    away = distance(x, y)
    best = 1 - away / longest if away <= allowed_typos(longest) else 0.0
    if best and away == 1 and len(x) == len(y) and sorted(x) == sorted(y):
        best = 1 - _SWAPPED / longest
    how = "spelling" if best else ""
    if left.bare and left.bare == right.bare:
        sounds = heard(left, right.sound, right.voiceless, distance)
        if sounds > best:
            best, how = sounds, how or "sound"
    return best, how


def heard(word: Word, sound: str, voiceless: bool, distance: Callable[..., int]) -> float:
    """How alike a word sounds to another one of the same consonants, from 0."""
    if word.voiceless or voiceless:
        return _VOICELESS if len(word.bare) > 1 else 0.0
    apart = distance(word.sound, sound)
    return _HEARD[apart] if apart < len(_HEARD) and apart * _VOWELS_APART <= max(len(word.sound), len(sound)) else 0.0


def _short_for(one: Word, other: Word) -> bool:
    """Whether words of one meaning are spellings of one word, or of two scripts."""
    return one.text[0] == other.text[0] or one.text.isascii() != other.text.isascii()


def key_of(word: Word, view: View) -> str:
    """What makes two words the same: in firms what they mean, in persons and ships how they are written; numbers are numbers."""
    return word.key if view == "firm" or (view == "vessel" and word.kind == "number") else word.text


def weight_of(word: Word, view: View) -> float:
    """What a word weighs before rarity."""
    return word.weight if view == "firm" else word.person_weight


def align(
    left: Part, right: Part, weights: list[list[float]], view: View, distance: Callable[..., int]
) -> tuple[list[Placed], tuple[list[int], list[int]]]:
    """Pair the words of two names, the surest first; what is left stands alone.

    Args:
        left: one name.
        right: the other.
        weights: what the words of each weigh.
        view: what makes two words the same.
        distance: counts letters by which two words differ.
    """
    ours, theirs = left.words, right.words
    pairs: list[Placed] = []
    alone, free = list(range(len(ours))), list(range(len(theirs)))
    keys = [{key_of(word, view) for word in words} for words in (ours, theirs)]
    if keys[0] != keys[1]:  # before a part of what is glued is taken for the same word elsewhere
        lone = [i for i in alone if key_of(ours[i], view) not in keys[1]]
        _glued(ours, theirs, lone, free, pairs, turned=False)
        alone = [i for i in alone if not any(i in mine for mine, *_ in pairs)]
        lone = [j for j in free if key_of(theirs[j], view) not in keys[0]]
        _glued(theirs, ours, lone, alone, pairs, turned=True)
        free = [j for j in free if not any(j in other for _, other, *_ in pairs)]
    unpaired, alone = alone, []
    for i in unpaired:
        word = ours[i]
        key = key_of(word, view)
        for j in free:
            other = theirs[j]
            if key == key_of(other, view):
                free.remove(j)
                same = word.text == other.text
                alike = _READ_ALIKE if word.read or other.read else SAME if same or _short_for(word, other) else _MEANING
                pairs.append(((i,), (j,), alike, "same" if same else "meaning"))
                break
        else:
            alone.append(i)
    if alone and free:
        _with_form(ours, right.glued, alone, free, pairs, turned=False)
        _with_form(theirs, left.glued, free, alone, pairs, turned=True)
    if alone and free:
        _alike(ours, theirs, alone, free, pairs, weights, distance)
    if alone and free:
        _initials(ours, theirs, alone, free, pairs)
    return pairs, (alone, free)


def _glued(
    ones: Sequence[Word],
    others: Sequence[Word],
    alone: list[int],
    free: list[int],
    pairs: list[Placed],
    *,
    turned: bool,
) -> None:
    """Find one word of ``ones`` in two or three of ``others`` that stand together."""
    joined: dict[str, tuple[int, ...]] = {}
    for length in range(2, LONGEST_GLUE + 1):
        for j in free:
            places = tuple(range(j, j + length))
            if places[-1] < len(others) and all(place in free for place in places):
                joined.setdefault("".join(others[place].text for place in places), places)
    for i in list(alone) if joined else ():
        found = joined.get(ones[i].text)
        if found and all(j in free for j in found):
            alone.remove(i)
            for j in found:
                free.remove(j)
            pairs.append((found, (i,), GLUED, "glued") if turned else ((i,), found, GLUED, "glued"))


def _with_form(
    ones: Sequence[Word],
    glued: Sequence[tuple[str, int]],
    alone: list[int],
    free: list[int],
    pairs: list[Placed],
    *,
    turned: bool,
) -> None:
    """Find a word of ``ones`` that is one of the others with the legal form beside it written on to it."""
    for text, j in glued:
        i = next((i for i in alone if ones[i].text == text), None) if j in free else None
        if i is not None:
            alone.remove(i)
            free.remove(j)
            pairs.append(((j,), (i,), GLUED, "glued") if turned else ((i,), (j,), GLUED, "glued"))


def _alike(
    ours: Sequence[Word],
    theirs: Sequence[Word],
    alone: list[int],
    free: list[int],
    pairs: list[Placed],
    weights: list[list[float]],
    distance: Callable[..., int],
) -> None:
    found = []
    for i in alone:
        for j in free:
            alike, how = likeness(ours[i], theirs[j], distance)
            if alike:
                texts = sorted((ours[i].text, theirs[j].text))
                found.append((-alike * min(weights[0][i], weights[1][j]), texts, i, j, alike, how))
    for _, _, i, j, alike, how in sorted(found):
        if i in alone and j in free:
            alone.remove(i)
            free.remove(j)
            pairs.append(((i,), (j,), alike, how))


def _initials(
    ours: Sequence[Word],
    theirs: Sequence[Word],
    alone: list[int],
    free: list[int],
    pairs: list[Placed],
) -> None:
    for ones, others, mine, rest, turned in ((ours, theirs, alone, free, False), (theirs, ours, free, alone, True)):
        for i in list(mine):
            if not ones[i].letter:
                continue
            j = next((j for j in rest if not others[j].letter and others[j].text.startswith(ones[i].text)), None)
            if j is not None:
                mine.remove(i)
                rest.remove(j)
                pairs.append(((j,), (i,), 0.9, "initial") if turned else ((i,), (j,), 0.9, "initial"))
