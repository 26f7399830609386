"""Alters listed names as documents do: one change a name, drawn from a seed."""

from __future__ import annotations

import random
import re
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.names.ofac import Entry

Alteration: TypeAlias = "Callable[[str, random.Random, Entry], str | None]"

_FORMS = {
    "LLC": ["LTD", "LIMITED LIABILITY COMPANY", "FZE", "L.L.C."],
    "LTD": ["LIMITED", "LLC", "CO", "INC"],
    "CO": ["COMPANY", "LTD", "CO LTD"],
    "INC": ["LTD", "CORP", "INCORPORATED"],
    "SA": ["S.A.S.", "LTDA", "S A"],
    "OOO": ["LLC", "LTD", "O.O.O."],
    "JSC": ["AO", "JOINT STOCK COMPANY", "LLC"],
    "OJSC": ["OAO", "PJSC", "JSC"],
    "GMBH": ["AG", "G.M.B.H."],
    "COMPANY": ["CO", "LTD"],
    "LIMITED": ["LTD", "LLC"],
    "CORPORATION": ["CORP", "INC"],
}
_FORM_WORDS = {
    *_FORMS,
    *[
        "AO",
        "OAO",
        "ZAO",
        "PAO",
        "PJSC",
        "CJSC",
        "PLC",
        "LLP",
        "LTDA",
        "FZE",
        "FZCO",
        "FZC",
        "AB",
        "SAS",
        "SRL",
        "SL",
        "CV",
        "DE",
        "RL",
        "PTE",
        "PTY",
        "SDN",
        "BHD",
        "AG",
        "SPA",
        "DOO",
        "AS",
        "SAL",
        "EST",
    ],
    *[
        "JOINT",
        "STOCK",
        "PUBLIC",
        "OPEN",
        "CLOSED",
        "LIABILITY",
        "OBSHCHESTVO",
        "AKTSIONERNOE",
        "OTKRYTOE",
        "ZAKRYTOE",
        "S",
        "OGRANICHENNOI",
        "OTVETSTVENNOSTYU",
    ],
}
"""Words of legal forms, which no alteration but that of the legal form touches."""
_LETTERS = [
    pair.split(">")
    for pair in [
        "kh>h",
        "q>k",
        "ou>u",
        "oo>u",
        "ee>i",
        "ei>ey",
        "iy>y",
        "mohammad>muhammed",
        "mohammed>muhammad",
        "muhammad>mohamed",
        "ahmad>ahmed",
        "hussein>husayn",
        "husayn>hussein",
        "abdul>abdel",
        "al->el-",
        "ks>x",
        "x>ks",
        "yev>ev",
        "ya>ia",
        "yu>iu",
        "sch>sh",
        "dh>d",
        "gh>g",
        "aa>a",
        "ii>i",
        "y>i",
        "j>dj",
        "c>k",
        "ph>f",
        "e>i",
        "u>o",
    ]
]
"""One way to write a sound, and another."""


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[\s,]+", name) if word]


def typo(name: str, draw: random.Random, _: Entry) -> str | None:
    """One letter of a longer word left out, doubled, changed or swapped with the next."""
    words = name.split(" ")
    long = [i for i, w in enumerate(words) if len(re.sub(r"\W", "", w)) > 4]
    if not long:
        return None
    i = draw.choice(long)
    word = words[i]
    places = [k for k in range(1, len(word) - 1) if word[k].isalpha() and word[k + 1].isalpha()]
    if not places:
        return None
    k = draw.choice(places)
    kind = draw.choice(("left out", "doubled", "changed", "swapped"))
    if kind == "left out":
        word = word[:k] + word[k + 1 :]
    elif kind == "doubled":
        word = word[:k] + word[k] + word[k:]
    elif kind == "changed":
        word = word[:k] + draw.choice("AEIOURSTNL") + word[k + 1 :]
    else:
        word = word[:k] + word[k + 1] + word[k] + word[k + 2 :]
    words[i] = word
    changed = " ".join(words)
    return changed if changed != name else None


def swapped(name: str, draw: random.Random, _: Entry) -> str | None:
    """The words in another order, the legal form last."""
    words = _words(name)
    last = [w for w in words if re.sub(r"\W", "", w).upper() in _FORM_WORDS]
    own = [w for w in words if w not in last]
    if len(own) < 2:
        return None
    mixed = own[1:] + own[:1] if draw.random() < 0.5 else own[::-1]
    return " ".join([*mixed, *last])


def missing(name: str, _: random.Random, __: Entry) -> str | None:
    """A word in the middle left out, of four or more."""
    return _without_middle(name, 4)


def one_of_three(name: str, _: random.Random, __: Entry) -> str | None:
    """The word in the middle of three left out: often the only one that says who it is."""
    return _without_middle(name, 3) if _without_middle(name, 4) is None else None


def _without_middle(name: str, least: int) -> str | None:
    words = _words(name)
    own = [w for w in words if re.sub(r"\W", "", w).upper() not in _FORM_WORDS]
    if len(own) < least:
        return None
    words.remove(own[len(own) // 2])
    return " ".join(words)


def other_form(name: str, draw: random.Random, entry: Entry) -> str | None:
    """Another legal form; one added where there is none."""
    if entry.kind != "company":
        return None
    words = _words(name)
    for i, word in enumerate(words):
        plain = re.sub(r"\W", "", word).upper()
        if plain in _FORMS and i:
            return " ".join([*words[:i], draw.choice(_FORMS[plain]), *words[i + 1 :]])
    return f"{name} {draw.choice(('LTD', 'CO., LTD.', 'LLC', 'INC.'))}"


def glued(name: str, draw: random.Random, _: Entry) -> str | None:
    """Two neighbouring words written as one."""
    words = name.replace(",", "").split(" ")
    places = [i for i in range(len(words) - 1) if words[i].isalpha() and words[i + 1].isalpha()]
    if not places:
        return None
    i = draw.choice(places)
    return " ".join([*words[:i], words[i] + words[i + 1], *words[i + 2 :]])


def initials(name: str, _: random.Random, entry: Entry) -> str | None:
    """The given names of a person shortened to their first one's initial, of firms a word beyond the second."""
    if entry.kind == "person" and "," in name:
        family, given = name.split(",", 1)
        words = given.split()
        if not words or not family.strip():
            return None
        rest = words[1:]
        return f"{words[0][0]}. {' '.join([*rest, family.strip()])}"
    return None


def spelled(name: str, draw: random.Random, _: Entry) -> str | None:
    """Another way to write one or two sounds."""
    words = name.lower().split(" ")
    own = [i for i, w in enumerate(words) if len(re.sub(r"\W", "", w)) > 4 and re.sub(r"\W", "", w).upper() not in _FORM_WORDS]
    possible = [(i, a, b) for i in own for a, b in _LETTERS if a in words[i][1:]]
    if not possible:
        return None
    for i, a, b in draw.sample(possible, min(2, len(possible))):
        words[i] = words[i][0] + words[i][1:].replace(a, b, 1)
    changed = " ".join(words).upper()
    return changed if changed != name.upper() else None


KINDS: dict[str, Alteration] = {
    "typo": typo,
    "swapped words": swapped,
    "missing middle word": missing,
    "other legal form": other_form,
    "glued words": glued,
    "initials": initials,
    "other transliteration": spelled,
}


HARD = {"one of three words left out": one_of_three}
"""Told apart: what is left may be anybody's."""


def altered(entries: list[Entry], count: int, seed: int, kinds: dict[str, Alteration] = KINDS) -> list[tuple[str, str, Entry]]:
    """``count`` names with one change each: kind of change, altered name, entry. Every kind about as often."""
    draw = random.Random(seed)  # noqa: S311 - the same changes every time
    found: list[tuple[str, str, Entry]] = []
    names = list(kinds)
    while len(found) < count:
        entry = draw.choice(entries)
        kind = names[len(found) % len(names)]
        changed = kinds[kind](entry.name, draw, entry)
        if changed:
            found.append((kind, changed, entry))
    return found
