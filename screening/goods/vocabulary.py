"""Builds the vocabulary of goods texts from content: which spellings set which facts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screening.content.models import Content, Material
    from screening.goods.lexicon import Terms


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


def formed_names(content: Content) -> dict[str, list[Terms]]:
    """Element name (as a root) to the names that naming.yaml forms from it: "dysprosium" to "dysprosium oxide" and so on.

    Only elements, which have a chemical symbol, form names.
    """
    rooted: dict[str, list[Terms]] = {}
    for ident, material in content.materials.items():
        if not re.fullmatch(r"[A-Z][a-z]?", material.symbol):
            continue
        element = _element(ident, material)
        for name, substance in material.substances.items():
            facts = tuple(dict.fromkeys((*element, f"material:{ident}.{name}", f"material:{ident}.{substance.is_}")))
            for language, templates in content.naming.get(name, {}).items():
                for root in _names(material, language):
                    rooted.setdefault(root, []).append((facts, [t.replace("{n}", root) for t in templates if "{n}" in t]))
    return rooted


def _element(ident: str, material: Material) -> tuple[str, ...]:
    return (f"material:{ident}", *(f"material:group.{group}" for group in material.groups))


def term_lists(content: Content, names: Iterable[str]) -> list[Terms]:
    """The terms of the word lists ``names``, with the facts ``term:<list>``."""
    return [((f"term:{name}",), _all(content.terms[name].terms)) for name in sorted(set(names))]


def replacements(content: Content) -> dict[str, str]:
    """Phrases taken out of a text before the search: masks, names that are no goods, and denials.

    A denial ("free of …") leaves the fact ``absent:<element>``; a street or a brand named after an element leaves nothing.
    """
    result = dict.fromkeys(content.masks, "")
    for ident, material in content.materials.items():
        if not material.substances:  # needed to read shares only
            continue
        for language, templates in content.naming.get("elsewhere", {}).items():
            result.update((template.replace("{n}", name), "") for template in templates for name in _names(material, language))
        for language, templates in content.naming.get("free_of", {}).items():
            names = _names(material, language)
            symbols = [material.symbol] if len(material.symbol) > 1 and not material.symbol_is_word else []
            for template in templates:
                fillers = symbols if "{s}" in template else names
                result.update((template.replace("{n}", name).replace("{s}", name), f"absent:{ident}") for name in fillers)
    return result


def _names(material: Material, language: str) -> list[str]:
    own = {"en": material.name.en, "zh": material.name.zh}.get(language, "")
    return list(dict.fromkeys(name for name in [own, *material.names.get(language, [])] if name))


def _all(names: dict[str, list[str]], *more: str) -> list[str]:
    return list(dict.fromkeys(name for name in [*more, *(n for group in names.values() for n in group)] if name))
