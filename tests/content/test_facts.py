"""What must hold of the facts and lists as shipped: numbers that prove themselves, words that mean one thing, ids that exist."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import pycountry
import pytest

from screening.content.folders import bundled
from screening.content.load import load
from screening.goods.text import Characters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.content.factmodels import Band, Substance
    from screening.content.models import Content

HAN = re.compile(r"[\u3400-\u9fff]")


@pytest.fixture(scope="module")
def content() -> Content:
    return load([bundled("rules"), bundled("watchlists")])


def substances(content: Content) -> Iterator[tuple[str, Substance]]:
    for ident, material in content.materials.items():
        for name, substance in material.substances.items():
            yield f"{ident}.{name}", substance


def bands(content: Content) -> Iterator[tuple[str, Band]]:
    entries = [*substances(content), *content.labels.items()]
    for ident, entry in entries:
        for field in ("price_usd_kg", "density_t_m3", "kg_per_package"):
            band = getattr(entry, field, None)
            if band is not None:
                yield f"{ident} {field}", band


def chinese_words(content: Content) -> Iterator[str]:
    for material in content.materials.values():
        yield material.name.zh
        yield from material.names.get("zh", [])
        for substance in material.substances.values():
            yield from substance.names.get("zh", [])
    for templates in content.naming.values():
        yield from templates.get("zh", [])
    for table in (content.forms, content.products, content.terms, content.labels):
        for entry in table.values():
            yield entry.name.zh
            yield from entry.terms.get("zh", [])


def meanings(spellings: Iterator[tuple[str, str]], content: Content) -> dict[str, set[str]]:
    """Spellings, as a text is searched for them, that stand for more than one thing."""
    found: dict[str, set[str]] = defaultdict(set)
    told = list(spellings)
    patterns = Characters(content.characters).patterns(spelling for spelling, _ in told)
    for pattern, (_, meaning) in zip(patterns, told, strict=True):
        found[pattern].add(meaning)
    return {spelling: ids for spelling, ids in found.items() if len(ids) > 1}


def test_check_digit_of_every_cas_number(content: Content) -> None:
    for ident, substance in substances(content):
        for cas in substance.cas:
            assert re.fullmatch(r"\d{2,7}-\d{2}-\d", cas), (ident, cas)
            digits = cas.replace("-", "")[:-1]
            assert sum(int(d) * weight for weight, d in enumerate(reversed(digits), 1)) % 10 == int(cas[-1]), (ident, cas)


def test_customs_codes_are_digits_of_a_heading_or_longer(content: Content) -> None:
    for ident, substance in substances(content):
        assert all(re.fullmatch(r"\d{4,10}", code) for code in substance.hs), (ident, substance.hs)
    for ident, label in content.labels.items():
        assert all(re.fullmatch(r"\d{4}", code) for code in label.hs4), (ident, label.hs4)
        assert label.hs4, ident


def test_bands_run_upwards_and_name_where_they_are_from(content: Content) -> None:
    for ident, band in bands(content):
        assert band.low is not None, ident
        assert band.high is not None, ident
        assert 0 < band.low <= band.high, ident
        assert band.source in content.sources, (ident, band.source)
        if band.source == "own-estimate":
            assert band.certainty == "uncertain", ident


def test_every_source_named_in_a_fact_exists(content: Content) -> None:
    tables = (content.materials, content.forms, content.products, content.terms, content.labels, content.sets, content.params)
    for table in tables:
        for ident, entry in table.items():
            assert not entry.source or entry.source in content.sources, (ident, entry.source)


def test_no_spelling_names_two_labels(content: Content) -> None:
    spellings = ((term, ident) for ident, label in content.labels.items() for group in label.terms.values() for term in group)
    assert meanings(spellings, content) == {}


def test_no_spelling_names_two_substances_or_two_elements(content: Content) -> None:
    own = (
        (spelling, ident)
        for ident, s in substances(content)
        for spelling in [*(n for group in s.names.values() for n in group), *s.formulas, *s.cas]
    )
    assert meanings(own, content) == {}
    elements = ((n, ident) for ident, m in content.materials.items() for group in m.names.values() for n in group)
    assert meanings(elements, content) == {}


def test_every_grade_spelling_has_one_class(content: Content) -> None:
    assert meanings(((s, cls) for cls, spellings in content.grades.items() for s in spellings), content) == {}
    assert {"plain", "m", "h", "sh", "uh", "eh", "ah"} <= set(content.grades)


def test_each_label_looks_like_something(content: Content) -> None:
    packages, modes = set(content.reading["packages"].values()), set(content.reading["modes"].values())
    for ident, label in content.labels.items():
        assert label.price_usd_kg is not None, ident
        assert label.density_t_m3 is not None, ident
        assert set(label.packaging) <= packages, (ident, set(label.packaging) - packages)
        assert set(label.modes) <= modes, (ident, set(label.modes) - modes)
        assert label.packaging, ident
        assert label.modes, ident


def test_documented_covers_name_what_was_found(content: Content) -> None:
    known = {ident for ident, _ in substances(content)}
    covers = {ident: label for ident, label in content.labels.items() if label.covers}
    assert len(covers) >= 20
    for ident, label in covers.items():
        assert label.suspects, ident
        assert set(label.suspects) <= known, ident


def test_naming_templates_have_a_place_for_the_name(content: Content) -> None:
    symbols = {material.symbol for material in content.materials.values()}
    for ident, languages in content.naming.items():
        for language, templates in languages.items():
            if ident in ("symbol_row_beside", "not_denying", "number_word"):
                continue  # words, not templates
            if ident == "slips":
                assert all(re.fullmatch(r"[a-z]+ > [a-z0-9]+", t) for t in templates), language
                continue
            known = symbols if ident in ("symbol_begins_phrase", "symbol_row") else ()
            assert all("{n}" in t or "{s}" in t or t in known for t in templates), (ident, language)


def test_characters_are_single_and_end_where_they_lead(content: Content) -> None:
    for odd, plain in content.characters.items():
        assert len(odd) == 1
        assert odd != plain
        assert not set(plain) & set(content.characters), odd


def test_chinese_words_are_written_in_simplified_characters(content: Content) -> None:
    odd = {word for word in chinese_words(content) if any(c in content.characters for c in word if HAN.match(c))}
    assert odd == set()


@pytest.mark.parametrize(
    ("written", "element"),
    [("鋱", "tb"), ("鏑", "dy"), ("釔", "y"), ("鐿", "yb"), ("銩", "tm"), ("釤", "sm"), ("釓", "gd"), ("鈧", "sc"), ("鑥", "lu"),
     ("鎵", "ga"), ("鍺", "ge"), ("銻", "sb"), ("鎢", "w"), ("鉍", "bi"), ("鉬", "mo"), ("銦", "in"), ("釹", "nd"), ("鈦", "ti"),
     ("鈹", "be")],
)  # fmt: skip
def test_traditional_characters_of_elements_lead_to_the_right_one(content: Content, written: str, element: str) -> None:
    plain = content.characters[written]
    named = {ident for ident, m in content.materials.items() if plain in (m.name.zh, *m.names.get("zh", []))}
    assert named == {element}


def test_country_sets_hold_countries(content: Content) -> None:
    known = {country.alpha_2 for country in pycountry.countries}
    for ident, entry in content.sets.items():
        assert set(entry.countries) <= known, ident
        assert len(set(entry.countries)) == len(entry.countries), ident


def test_listings_count_as_published(content: Content) -> None:
    lists = {ident: w for ident, w in content.watchlists.items() if w.official}
    assert {ident: len(w.entries) for ident, w in lists.items()} == {
        "cn-control-list": 153,
        "cn-watch-list": 40,
        "cn-unreliable-entities": 72,
        "cn-countermeasures": 14,
    }
    per_notice = Counter(entry.instrument for w in lists.values() for entry in w.entries)
    assert per_notice["cn-mofcom-2025-1"] == 28
    assert per_notice["cn-mofcom-2026-23"] == 10
    for watchlist in lists.values():
        assert set(watchlist.notices) == {entry.instrument for entry in watchlist.entries}
        assert all(notice.dates.in_force <= watchlist.date for notice in watchlist.notices.values())


def test_a_party_is_lifted_on_one_notice_and_alive_on_another(content: Content) -> None:
    control, unreliable = content.watchlists["cn-control-list"], content.watchlists["cn-unreliable-entities"]
    alive = next(e for e in control.entries if e.name.startswith("Huntington Ingalls"))
    lifted = next(e for e in unreliable.entries if e.name.startswith("Huntington Ingalls"))
    assert control.notices[alive.instrument].dates.ended is None
    assert unreliable.notices[lifted.instrument].dates.ended is not None


def test_parties_of_cases_are_named_without_blame(content: Content) -> None:
    watchlist = content.watchlists["named-in-cases"]
    assert not watchlist.official
    assert watchlist.effect == "informational"
    assert all("no offence is asserted" in " ".join(entry.note.split()) for entry in watchlist.entries)
