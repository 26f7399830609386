"""The fields a selection may name, their types, and the operators each type takes."""

from __future__ import annotations

from enum import StrEnum

from screening.terms import COLUMNS, ROLES, Kind


class FieldType(StrEnum):
    """What a selection compares."""

    TEXT = "text"
    NUMBER = "number"
    INTERVAL = "interval"
    """A number read from the goods text, known as a range: ``99.5-99.9 %``."""
    DATE = "date"
    CODE = "code"
    """A customs code: text whose beginning counts."""
    COUNTRY = "country"
    COUNTRIES = "countries"
    FACTS = "facts"
    """A set of facts read from the goods text: empty where nothing was found, unknown only without a text."""
    PARTY = "party"
    ITEM = "item"


_OF_KIND = {
    Kind.TEXT: FieldType.TEXT,
    Kind.NUMBER: FieldType.NUMBER,
    Kind.DATE: FieldType.DATE,
    Kind.COUNTRY: FieldType.COUNTRY,
    Kind.COUNTRIES: FieldType.COUNTRIES,
    Kind.HS: FieldType.CODE,
    Kind.MODE: FieldType.TEXT,
    Kind.PACKAGE: FieldType.TEXT,
    Kind.CURRENCY: FieldType.TEXT,
}

FACT_KINDS = ("material", "form", "product", "label", "grade")
"""Kinds of facts that goods/ reads from the text of a line."""

GOODS = "goods"
"""The text of the goods: description, declaration elements, brand, model and marks together."""

GOODS_COLUMNS = ("description", "declaration_elements", "brand", "model", "marks")

INTERVALS = (
    *("purity", "particle_um", "energy_wh_kg", "density_stated", "diameter_mm", "length_mm", "bore_mm", "wall_mm"),
    *("flexural_mpa", "pressure_gpa", "power_kw", "frequency_mhz", "capacity_mah_g", "transmission_percent", "dislocations_cm2"),
    *("volume_m3", "throughput_m3_day"),
)
"""Measures that goods/ reads from the text, besides ``composition.<element>``."""

FIELDS: dict[str, FieldType] = {
    **{name: _OF_KIND[kind] for name, kind in COLUMNS.items()},
    **dict.fromkeys(FACT_KINDS, FieldType.FACTS),
    **dict.fromkeys(INTERVALS, FieldType.INTERVAL),
    GOODS: FieldType.TEXT,
    "line_date": FieldType.DATE,
    "own_day": FieldType.DATE,
    "leaves_from": FieldType.COUNTRY,
    "hs4": FieldType.CODE,
    "hs6": FieldType.CODE,
    "unit_price_usd_kg": FieldType.NUMBER,
    "density_t_m3": FieldType.NUMBER,
    "kg_per_package": FieldType.NUMBER,
    "tare_ratio": FieldType.NUMBER,
    "detour_ratio": FieldType.NUMBER,
    "days_to_shipment": FieldType.NUMBER,
    "any_party": FieldType.PARTY,
    **dict.fromkeys(ROLES, FieldType.PARTY),
    "listed_item": FieldType.ITEM,
}
"""Every field but ``composition.<element>[+<element>…]``."""

OPERATORS: dict[FieldType, frozenset[str]] = {
    FieldType.TEXT: frozenset({"is", "is_not", "in", "not_in", "prefix", "matches", "terms", "exists"}),
    FieldType.NUMBER: frozenset({"gt", "gte", "lt", "lte", "between", "is", "exists"}),
    FieldType.INTERVAL: frozenset({"gt", "gte", "lt", "lte", "between", "exists"}),
    FieldType.DATE: frozenset({"gt", "gte", "lt", "lte", "between", "exists"}),
    FieldType.CODE: frozenset({"is", "is_not", "in", "not_in", "prefix", "not_prefix", "exists"}),
    FieldType.COUNTRY: frozenset({"is", "is_not", "in", "not_in", "exists"}),
    FieldType.COUNTRIES: frozenset({"passes", "exists"}),
    FieldType.FACTS: frozenset({"any_of", "all_of", "none_of", "exists"}),
    FieldType.PARTY: frozenset({"party"}),
    FieldType.ITEM: frozenset({"any_of", "exists"}),
}

DEFAULT_OPERATOR: dict[FieldType, str] = {
    FieldType.TEXT: "in",
    FieldType.CODE: "prefix",
    FieldType.COUNTRY: "in",
    FieldType.COUNTRIES: "passes",
    FieldType.FACTS: "any_of",
    FieldType.PARTY: "party",
    FieldType.ITEM: "any_of",
}
"""Operator meant where a selection gives only a value or a list."""

REFERENCES: dict[str, tuple[str, ...] | None] = {
    "label": ("price_low", "price_high", "density_low", "density_high", "kg_low", "kg_high", "hs4", "packaging", "modes"),
    "material": ("price_low", "price_high", "density_low", "density_high"),
    "line": None,
    "param": None,
    "set": None,
}
"""Namespaces a value may refer to, with their names; None: checked against columns, params or sets."""

NEEDS: dict[str, tuple[str, ...]] = {
    "line_date": ("declaration_date",),
    "leaves_from": ("export_country",),
    "hs4": ("hs_code",),
    "hs6": ("hs_code",),
    "unit_price_usd_kg": ("value", "currency", "net_kg"),
    "density_t_m3": ("net_kg", "volume_m3"),
    "kg_per_package": ("net_kg", "packages"),
    "tare_ratio": ("gross_kg", "net_kg"),
    "detour_ratio": ("transit_countries",),
    "days_to_shipment": ("declaration_date", "ship_date"),
    "value_usd": ("value", "currency"),
    GOODS: ("description",),
    "own_day": ("declaration_date",),
    **{role: (f"{role}_name",) for role in ROLES},
    "any_party": tuple(f"{role}_name" for role in ROLES),
    **dict.fromkeys(FACT_KINDS, ("description",)),
}
"""Canonical columns that a derived field is made of: what to name when it is not known."""


def field_type(name: str) -> FieldType | None:
    """The type of ``name``; None if there is no such field."""
    if name.startswith("composition."):
        return FieldType.INTERVAL
    return FIELDS.get(name)
