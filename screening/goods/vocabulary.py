"""Builds the vocabulary of goods texts from content: which spellings set which facts."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from screening.content.factmodels import Material
    from screening.content.models import Content
    from screening.goods.lexicon import FormedTerms, Terms


_DENIED = 3
"""Ways to form the name of an oxide that are looked for beside words of denial."""


def naming_words(content: Content, kind: str) -> list[str]:
    """What ``naming.yaml`` has under ``kind``, of all languages."""
    return [each for group in content.naming.get(kind, {}).values() for each in group]


def goods_terms(content: Content) -> list[Terms]:
    """The terms of every material, form, product, label and grade."""
    terms: list[Terms] = []
    for ident, material in content.materials.items():
        element = _element(ident, material)
        bare = (*element, f"material:{ident}.unspecified")
        terms.append((bare, _all(material.names, material.name.en, material.name.zh)))
        for name, substance in material.substances.items():
            others = [f"material:{other}" for other in substance.elements if other in content.materials]
            facts = (*element, f"material:{ident}.{name}", f"material:{ident}.{substance.is_}", *others)
            terms.append((tuple(dict.fromkeys(facts)), _all(substance.names) + substance.formulas + substance.cas))
    for kind, table in (("form", content.forms), ("product", content.products), ("label", content.labels)):
        terms.extend(((f"{kind}:{ident}",), _all(entry.terms)) for ident, entry in table.items())
    terms.extend(((f"grade:{ident}",), spellings) for ident, spellings in content.grades.items())
    return terms


def formed_names(content: Content) -> dict[str, list[FormedTerms]]:
    """Element name (as a root) to the names that naming.yaml forms from it: "dysprosium" to "dysprosium oxide" and so on.

    Only elements, which have a chemical symbol, form names.
    """
    rooted: dict[str, list[FormedTerms]] = {}
    for ident, material in content.materials.items():
        if not re.fullmatch(r"[A-Z][a-z]?", material.symbol):
            continue
        element = _element(ident, material)
        for name, substance in material.substances.items():
            facts = tuple(dict.fromkeys((*element, f"material:{ident}.{name}", f"material:{ident}.{substance.is_}")))
            for language, templates in content.naming.get(name, {}).items():
                for root in _names(material, language):
                    rooted.setdefault(root, []).append((facts, partial(_formed, templates, root)))
    return rooted


def misspelt_names(content: Content) -> dict[str, str]:
    """Misspelt English names of elements (``naming.slips``) to the right ones, for which names are formed with them.

    The misspelt name alone names nothing: "galium" is a plant too, "galium metal" is none.
    """
    slips = [each.partition(" > ") for each in naming_words(content, "slips")]
    right = {
        name.lower()
        for material in content.materials.values()
        if re.fullmatch(r"[A-Z][a-z]?", material.symbol) and material.substances
        for name in _names(material, "en")
    }
    wrong = {
        f"{name[: found.start()]}{after}{name[found.end() :]}": name
        for name in sorted(right)
        for before, _, after in slips
        for found in re.finditer(re.escape(before), name)
    }
    return {slip: name for slip, name in wrong.items() if slip not in right}


def _formed(templates: list[str], root: str) -> list[str]:
    return [template.replace("{n}", root) for template in templates if "{n}" in template]


def _element(ident: str, material: Material) -> tuple[str, ...]:
    return (f"material:{ident}", *(f"material:group.{group}" for group in material.groups))


def term_lists(content: Content, names: Iterable[str]) -> list[Terms]:
    """The terms of the word lists ``names``, with the facts ``term:<list>``."""
    return [((f"term:{name}",), _all(content.terms[name].terms)) for name in sorted(set(names))]


def replacements(content: Content) -> dict[str, Callable[[], dict[str, str]]]:
    """Phrases taken out of a text before the search, to what stands in their place; a function for each word they contain.

    A denial ("free of …") leaves the fact ``absent:<element>``; a mask, a street named after an element, and a denial of one
    of its compounds leave nothing. Where the element is still named (``still_named``) its name stays.
    """
    rooted: dict[str, list[tuple[str, str]]] = {}
    compounds: dict[str, list[tuple[str, str]]] = {}
    for ident, material in content.materials.items():
        if not material.substances:  # needed to read shares only
            continue
        for language in {each for kind in ("free_of", "free_of_element", "elsewhere") for each in content.naming.get(kind, {})}:
            for name in _names(material, language):
                rooted.setdefault(name, []).append((language, ident))
        if len(material.symbol) > 1 and not material.symbol_is_word:
            rooted.setdefault(material.symbol, []).append(("", ident))
        for language in content.naming.get("free_of", {}):
            for root, name in _compounds(content.naming, material, language):
                compounds.setdefault(root, []).append((language, name))
        for formula in _formulas(content.naming, material):
            compounds.setdefault(formula, []).append(("", formula))
    formed = {
        root: partial(_phrases, content.naming, root, tuple(rooted.get(root, ())), tuple(compounds.get(root, ())))
        for root in {**rooted, **compounds}
    }
    return {"": partial(_masked, content.masks), **formed}


def _compounds(naming: Mapping[str, Mapping[str, list[str]]], material: Material, language: str) -> Iterable[tuple[str, str]]:
    """The names of the compounds of an element, each with a root that it contains: a name of the element, or all of it."""
    # the first names of oxides and no others: each is multiplied by all words of denial
    roots = _names(material, language)
    for ident, substance in material.substances.items():
        if substance.is_ == "oxide":
            formed = naming.get(ident, {}).get(language, [])[:_DENIED]
            yield from ((root, name) for root in roots[:1] for name in _formed(formed, root))
        if substance.is_ in ("oxide", "compound"):
            for name in substance.names.get(language, [])[:1]:
                within = next((root for root in roots if root.lower() in name.lower()), "" if " " in name else name)
                if within:
                    yield within, name


def _formulas(naming: Mapping[str, Mapping[str, list[str]]], material: Material) -> list[str]:
    """The formulas of its oxides, and of compounds that trade calls by them: no plain salts."""
    return [
        formula
        for ident, substance in material.substances.items()
        if substance.is_ == "oxide" or (substance.is_ == "compound" and ident not in naming)
        for formula in substance.formulas
    ]


def _masked(masks: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(masks, "")


def denials(content: Content) -> list[str]:
    """The facts that :func:`replacements` leaves."""
    return [f"absent:{ident}" for ident, material in content.materials.items() if material.substances]


def _phrases(
    naming: Mapping[str, Mapping[str, list[str]]],
    name: str,
    places: Iterable[tuple[str, str]],
    compounds: Iterable[tuple[str, str]],
) -> dict[str, str]:
    """What ``name`` is taken out with: a name in the templates of its language, a symbol (no language) in those of all.

    ``compounds`` are names that contain it, by language (none for formulas).
    """
    result: dict[str, str] = {}
    for language, compound in compounds:
        result.update(dict.fromkeys(_templates(naming, "free_of", language, compound), ""))
    for language, ident in places:
        for kind, fact in (("elsewhere", ""), ("free_of", f"absent:{ident}"), ("free_of_element", f"absent:{ident}")):
            result.update((phrase, fact) for phrase in _templates(naming, kind, language, name))
        result.update(dict.fromkeys(_templates(naming, "still_named", language, name), name))
    return result


def _templates(naming: Mapping[str, Mapping[str, list[str]]], kind: str, language: str, name: str) -> list[str]:
    """The templates of a kind with ``name`` in its place; where there is no language, those of all that take a symbol."""
    slot = "{n}" if language else "{s}"
    groups = naming.get(kind, {})
    templates = groups.get(language, ()) if language else [each for group in groups.values() for each in group]
    return [template.replace(slot, name) for template in templates if slot in template]


def _names(material: Material, language: str) -> list[str]:
    own = {"en": material.name.en, "zh": material.name.zh}.get(language, "")
    return list(dict.fromkeys(name for name in [own, *material.names.get(language, [])] if name))


def _all(names: dict[str, list[str]], *more: str) -> list[str]:
    return list(dict.fromkeys(name for name in [*more, *(n for group in names.values() for n in group)] if name))
