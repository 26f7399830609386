"""Builds the vocabulary of goods texts from content: which spellings set which facts."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from screening.content.models import Content, Material
    from screening.goods.lexicon import FormedTerms, Terms


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


def _formed(templates: list[str], root: str) -> list[str]:
    return [template.replace("{n}", root) for template in templates if "{n}" in template]


def _element(ident: str, material: Material) -> tuple[str, ...]:
    return (f"material:{ident}", *(f"material:group.{group}" for group in material.groups))


def term_lists(content: Content, names: Iterable[str]) -> list[Terms]:
    """The terms of the word lists ``names``, with the facts ``term:<list>``."""
    return [((f"term:{name}",), _all(content.terms[name].terms)) for name in sorted(set(names))]


def replacements(content: Content) -> dict[str, Callable[[], dict[str, str]]]:
    """Phrases taken out of a text before the search, to what stands in their place; a function for each word they contain.

    A denial ("free of …") leaves the fact ``absent:<element>``; a mask, or a street named after an element, leaves nothing.
    """
    rooted: dict[str, list[tuple[str, str]]] = {}
    for ident, material in content.materials.items():
        if not material.substances:  # needed to read shares only
            continue
        for language in {**content.naming.get("free_of", {}), **content.naming.get("elsewhere", {})}:
            for name in _names(material, language):
                rooted.setdefault(name, []).append((language, ident))
        if len(material.symbol) > 1 and not material.symbol_is_word:
            rooted.setdefault(material.symbol, []).append(("", ident))
    formed = {root: partial(_phrases, content.naming, root, tuple(places)) for root, places in rooted.items()}
    return {"": partial(_masked, content.masks), **formed}


def _masked(masks: Iterable[str]) -> dict[str, str]:
    return dict.fromkeys(masks, "")


def denials(content: Content) -> list[str]:
    """The facts that :func:`replacements` leaves."""
    return [f"absent:{ident}" for ident, material in content.materials.items() if material.substances]


def _phrases(naming: Mapping[str, Mapping[str, list[str]]], name: str, places: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What ``name`` is taken out with: a name in the templates of its language, a symbol (no language) in those of all."""
    result: dict[str, str] = {}
    for language, ident in places:
        slot = "{n}" if language else "{s}"
        for kind, fact in (("elsewhere", ""), ("free_of", f"absent:{ident}")):
            groups = naming.get(kind, {})
            templates = groups.get(language, ()) if language else [each for group in groups.values() for each in group]
            result.update((template.replace(slot, name), fact) for template in templates if slot in template)
    return result


def _names(material: Material, language: str) -> list[str]:
    own = {"en": material.name.en, "zh": material.name.zh}.get(language, "")
    return list(dict.fromkeys(name for name in [own, *material.names.get(language, [])] if name))


def _all(names: dict[str, list[str]], *more: str) -> list[str]:
    return list(dict.fromkeys(name for name in [*more, *(n for group in names.values() for n in group)] if name))
