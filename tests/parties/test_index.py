"""The search for candidates loses nothing against comparing every name with every listed one."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.content.listmodels import PartyEntry
from screening.content.snapshot import shipped
from screening.parties import Parties
from screening.parties.index import Index

SYLLABLES = ["ka", "lin", "da", "mo", "ham", "med", "mu", "ha", "mad", "ros", "ov", "sky", "tra", "din", "g", "ali", "has", "san"]
WORDS = [
    "trading",
    "trdg",
    "international",
    "bank",
    "iran",
    "of",
    "al",
    "star",
    "delta",
    "2",
    "ii",
    "601",
    "j",
    "a",
    "ltd",
    "gmbh",
    "ooo",
]
WORD = st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=4).map("".join) | st.sampled_from(WORDS)
NAME = st.lists(WORD, min_size=1, max_size=5).map(" ".join) | st.sampled_from(
    ["卡林达金属有限公司", "Калинда Трейдинг", "محمد علي"]
)
KINDS = ["company", "person", "vessel"]


@pytest.fixture(scope="session")
def parties_of(own_list, content):
    """The parties of a list of names."""

    def made(names, kind):
        entries = [PartyEntry(id=str(number), name=name, kind=kind) for number, name in enumerate(names)]
        return Parties(replace(content, watchlists={"own": own_list(entries)}))

    return made


@pytest.fixture(scope="session")
def content():
    return shipped()


def every_match(parties, name, kind):
    """Entries found when every listed name is compared."""
    view = {"company": "firm", "person": "person", "vessel": "vessel"}[kind]
    index = parties._indexes[view]
    analysed = parties.names.analyse(name, kind)
    parts = [*analysed.parts, *filter(None, map(parties.names.readings, analysed.parts))]
    return {
        (part.text, part.read, listed.entry, listed.name, listed.nth): (found.level, found.similarity)
        for part in parts
        for number, listed in enumerate(index.listed)
        if (found := index.comparer.compare(part, index.taken(number).part, view, index.rarity)).level != "none"
    }


def searched(parties, name, kind):
    """Entries found by searching."""
    view = {"company": "firm", "person": "person", "vessel": "vessel"}[kind]
    index = parties._indexes[view]
    analysed = parties.names.analyse(name, kind)
    parts = [*analysed.parts, *filter(None, map(parties.names.readings, analysed.parts))]
    index.prepare(parts)
    return {
        (part.text, part.read, listed.entry, listed.name, listed.nth): (found.level, found.similarity)
        for part in parts
        for listed, found in index.search(part)
    }


@settings(deadline=None)
@given(st.lists(NAME, min_size=1, max_size=25), st.lists(NAME, min_size=1, max_size=4), st.sampled_from(KINDS))
def test_search_finds_what_comparing_everything_finds(parties_of, listed, names, kind):
    parties = parties_of(listed, kind)
    for name in [*names, *listed[:3]]:
        assert searched(parties, name, kind) == every_match(parties, name, kind)


def changed(name):
    """Ways in which documents write a name."""
    words = name.split()
    yield name
    yield " ".join(reversed(words))
    yield "".join(words)
    yield " ".join(words[:1] + words[2:])
    yield name.replace("e", "i", 1)
    yield name[: len(name) // 2] + name[len(name) // 2 + 1 :]
    yield f"{words[0][0]}. {' '.join(words[1:])}"
    yield f"{name[:3]} {name[3:]}"


@pytest.mark.slow
def test_search_on_the_shipped_lists(content):
    parties = Parties(content)
    names = {entry.name for watchlist in content.watchlists.values() for entry in watchlist.entries}
    asked = [name for known in sorted(names)[::6] for name in changed(known) if name.strip()]
    assert sum(searched(parties, name, "company") != every_match(parties, name, "company") for name in asked) == 0


@given(st.lists(NAME, max_size=30), st.lists(NAME, max_size=10))
def test_many_and_few_words_are_searched_alike(parties_of, listed, names):
    """With numpy and without, the same spellings are found."""
    parties = parties_of(listed, "company")
    index = parties._indexes["firm"]
    queries = sorted({word for name in names for word in name.split() if word.isalpha() and len(word) > 2})
    choices = sorted({word for words in index._by_length.values() for word in words})
    for typos in (1, 2, 3):
        few = sorted(Index._within(queries, choices, typos, many=False)) if queries and choices else []
        many = sorted(Index._within(queries, choices, typos, many=True)) if queries and choices else []
        assert few == many


GIVEN = st.lists(
    WORD
    | st.sampled_from(
        [
            "c/o",
            "(",
            ")",
            ",",
            "S.A.",
            "A. B.",
            "u.s.",
            "tel",
            "branch",
            "hong",
            "kong",
            "new",
            "york",
            "co",
            "joint",
            "stock",
            "имп",
            "imo 9074729",
        ]
    ),
    min_size=1,
    max_size=6,
).flatmap(lambda words: st.sampled_from([" ", "", "-", ". "]).map(lambda glue: words[0] + glue + " ".join(words[1:])))


@settings(deadline=None)
@given(
    st.lists(NAME | GIVEN, min_size=1, max_size=20),
    st.lists(NAME | GIVEN, min_size=1, max_size=8),
    st.sampled_from([*KINDS, "unknown"]),
)
def test_sieve_lets_every_match_through(parties_of, listed, names, kind):
    """Of many names only those are taken apart that may match; with few names all are."""
    parties = parties_of(listed, "company" if kind == "unknown" else kind)
    asked = sorted({*names, *listed, *(change for name in listed[:3] for change in changed(name) if change.strip())})
    few = parties.match(asked, kind)
    assert set(few["name"]) <= set(parties.possible(asked, kind))


def test_sieve_on_the_shipped_lists(content):
    parties = Parties(content)
    known = sorted(
        {name for watchlist in content.watchlists.values() for entry in watchlist.entries for name, _ in entry.names()}
    )
    asked = sorted({change for name in known[::3] for change in changed(name) if change.strip()})
    found = pl.concat(parties.match(asked[start : start + 100]) for start in range(0, len(asked), 100))
    assert set(found["name"]) <= set(parties.possible(asked))
    assert parties.match(asked).equals(found.sort("name", "list", "entry"))
