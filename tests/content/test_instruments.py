"""The instruments of every regime as content: dates with examples on both sides, closed lists, limits, codes and citations.

Nothing here screens a line; what the items say of goods is tested by the examples inside them (``screening rules test``).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from screening.content.conditions import Atom, Ref, parse_detect
from screening.content.document import read_document
from screening.content.load import _renamed
from screening.content.models import Instrument, Item
from screening.judge.status import state

RULES = Path(__file__).parents[2] / "rules"
FILES = sorted((RULES / "instruments").glob("*/*.yaml"))
DAY = dt.timedelta(days=1)
EVIDENCE_ENDS = dt.date(2026, 8, 24)

ELEMENTS_2025_18 = {"1C902": "sm", "1C903": "gd", "1C904": "tb", "1C905": "dy", "1C906": "lu", "1C907": "sc", "1C908": "y"}
ALLOYS = {
    # the closed lists of notice 18 of 2025, .a.2
    "1C902.a.2": ["sm co", "sm fe", "sm ni", "sm al", "sm mg"],
    "1C903.a.2": ["gd mg", "gd al"],
    "1C904.a.2": ["tb co", "tb co fe"],
    "1C905.a.2": ["dy fe", "tb dy fe"],
    "1C906.a.2": ["yb lu"],
    "1C907.a.2": ["sc al", "sc mg", "sc cu"],
    "1C908.a.2": ["y al", "y mg", "y ni", "y cu", "y fe"],
    # and of notice 57 of 2025
    "1C909.a.2": ["ho cu", "mg ho", "ho fe"],
    "1C910.a.2": ["er al"],
    "1C912.a.2": ["mg eu"],
}
TARGETS = {
    "1C902.a.3": ["sm", "sm co", "sm fe"],
    "1C903.a.3": ["gd", "gd fe", "gd co"],
    "1C904.a.3": ["tb", "tb co"],
    "1C905.a.3": ["dy", "tb dy fe"],
    "1C906.a.3": ["lu"],
    "1C907.a.3": ["sc"],
    "1C908.a.3": ["y", "y al", "y zr"],
}
LIMITS = {
    "3C003.c": {("purity", "gte", 99.99)},
    "3C003.d": {("purity", "gt", 99.999)},
    "3C003.e": {("purity", "gt", 99.999)},
    "3C003.f": {("purity", "gt", 99.99999), ("dislocations_cm2", "lt", 50)},
    "press": {("diameter_mm", "gte", 500), ("pressure_gpa", "gte", 5)},
    "2A901.c": {("pressure_gpa", "gt", 5)},
    "2B005": {("power_kw", "gt", 10)},
    "diamond-window": {("diameter_mm", "gte", 76.2), ("transmission_percent", "gte", 65)},
    "graphite-1": {("purity", "gt", 99.9), ("density_stated", "gt", 1.73), ("flexural_mpa", "gt", 30)},
    "1C117.b": {("purity", "gte", 97), ("particle_um", "lte", 50)},
    "1C117.c": {
        ("diameter_mm", "gte", 120),
        ("length_mm", "gte", 50),
        ("bore_mm", "gte", 65),
        ("wall_mm", "gte", 25),
        ("composition.w", "gte", 80),
        ("composition.ag", "gte", 2),
    },
    "2C902.a": {("particle_um", "lte", 50)},
    "2C902.b": {("particle_um", "gt", 50), ("particle_um", "lte", 500)},
    "2C902.c": {("particle_um", "lte", 8)},
    "2C902.d": {("particle_um", "lte", 5)},
    "3A001": {("energy_wh_kg", "gte", 300)},
    "3C901.a.1": {("density_stated", "gte", 2.5), ("capacity_mah_g", "gte", 156)},
    "2B902.b": {("throughput_m3_day", "gte", 5000)},
    "2B902.z": {("diameter_mm", "gte", 19000)},
}
BASKETS = {
    "3824999922", "3824999923", "3824999940", "3818009020", "3818009021", "3825690020", "2931900032", "8486909110", "8505111000",
    "2846901993", "3801909010", "6815190020", "8112999000", "71051020", "85076000", "28053019",
}  # fmt: skip
DISTINCTIONS = {f"d{number:02}" for number in range(1, 30)}
NOT_ABOUT_ITEMS = {"d21", "d22", "d23"}
"""Distinctions about lists of parties, which have their own tests."""


def _load(path: Path) -> Instrument:
    document = read_document(path)
    assert not document.problems, document.problems
    return TypeAdapter(Instrument).validate_python(_renamed(document.data))


INSTRUMENTS = {path.stem: _load(path) for path in FILES}
ITEMS = [(instrument, item) for instrument in INSTRUMENTS.values() for item in instrument.items]
each_instrument = pytest.mark.parametrize("instrument", INSTRUMENTS.values(), ids=lambda i: i.id)
each_item = pytest.mark.parametrize(("instrument", "item"), ITEMS, ids=[f"{i.id}/{item.code}" for i, item in ITEMS])


def _item(code: str) -> Item:
    found = [item for _, item in ITEMS if item.code == code]
    assert len(found) == 1, f"{code} stands in {len(found)} instruments"
    return found[0]


def _atoms(item: Item) -> list[Atom]:
    return list(parse_detect(item.detect).atoms()) if item.detect else []


def _materials() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for path in sorted((RULES / "facts" / "materials").glob("*.yaml")):
        found.update(read_document(path).data.get("materials", {}))
    return found


MATERIALS = _materials()


def _elements(substance: str) -> frozenset[str]:
    """The elements an alloy or target substance consists of."""
    owner, _, name = substance.partition(".")
    if owner == "smco":
        return frozenset({"sm", "co"})
    return frozenset({owner, *MATERIALS[owner]["substances"].get(name, {}).get("elements", [])})


def test_every_instrument_of_the_regime_is_there_once() -> None:
    ids = [instrument.id for instrument in INSTRUMENTS.values()]
    assert len(ids) == len(set(ids))
    joint = ["2023-23", "2023-39", "2024-33", "2025-10", "2025-18", "2025-55", "2025-56", "2025-57", "2025-58", "2025-70"]
    wanted = {f"cn-mofcom-gac-{number}" for number in joint}
    wanted |= {f"cn-mofcom-{number}" for number in ("2024-46", "2025-61", "2025-62", "2025-72", "2026-1")}
    wanted |= {"techcat-2023-57", "techcat-2025-28", "cn-state-trading-2025-68"}
    wanted |= {"ecl-2020", "duir-792", "dul-2024-51", "liccat-2026", "rer-785"}
    assert wanted <= set(ids)


def test_what_instruments_rest_on_exists() -> None:
    ids = {instrument.id for instrument in INSTRUMENTS.values()}
    for instrument in INSTRUMENTS.values():
        assert set(instrument.legal_basis) <= ids, instrument.id
        for dates in (instrument.dates, *(item.dates for item in instrument.items if item.dates)):
            assert {s.by for s in dates.suspensions} <= ids, instrument.id


@each_instrument
def test_an_instrument_says_what_the_reader_needs(instrument: Instrument) -> None:
    chinese = instrument.regime == "CN"
    assert instrument.issuer
    assert instrument.verified_on == EVIDENCE_ENDS or not chinese
    assert instrument.title.en
    assert instrument.title.zh
    assert instrument.dates.issued is not None or not chinese
    assert instrument.dates.issued is None or instrument.dates.issued <= instrument.dates.in_force
    assert all(c.source and (c.section or c.claim) for c in instrument.citations)
    if instrument.items:
        assert instrument.next_step is not None
        assert instrument.next_step.documents
        assert instrument.next_step.zh
    suspended = [instrument.dates, *(item.dates for item in instrument.items if item.dates)]
    if any(dates.suspensions for dates in suspended):
        assert instrument.what_to_check is not None, "a suspension ran out: say what to look up, and where"
        assert ("exportcontrol.mofcom.gov.cn" if chinese else "www.") in instrument.what_to_check.en
        assert instrument.what_to_check.zh


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_an_instrument_stands_in_the_folder_of_its_regime(path: Path) -> None:
    assert INSTRUMENTS[path.stem].regime == path.parent.name.upper()


@each_instrument
def test_item_codes_are_unique(instrument: Instrument) -> None:
    codes = [item.code for item in instrument.items]
    assert len(codes) == len(set(codes))


@each_item
def test_an_item_has_titles_citations_and_papers(instrument: Instrument, item: Item) -> None:
    assert item.title.en
    assert item.title.zh
    citations = item.citations or instrument.citations
    assert citations
    assert item.settles, "name the papers that settle whether the item is met"
    if item.note is not None:
        assert item.note.zh
    if item.usual_not_listed:
        assert "source:" in item.usual_not_listed


@each_item
def test_an_item_has_examples_of_both_kinds(instrument: Instrument, item: Item) -> None:
    if item.status == "draft":
        assert item.note is not None, "a draft item says why it cannot be computed"
        return
    assert item.detect
    kinds = [example.expect for example in item.examples]
    assert kinds.count("hit") >= 2
    assert kinds.count("clear") >= 2
    if "listed_item" not in str(item.detect):  # those ask for listed items, and what is not known there is not met
        assert "not_judged" in kinds, "an example with a missing field"
    names = [example.name for example in item.examples]
    assert all(names)


@each_item
def test_reference_codes_are_codes_and_baskets_are_marked(instrument: Instrument, item: Item) -> None:
    codes = [ref.code for ref in item.reference_hs]
    assert len(codes) == len(set(codes))
    for ref in item.reference_hs:
        assert ref.code.isdigit()
        assert len(ref.code) in (8, 10)
        assert ref.basket or ref.code not in BASKETS, f"{ref.code} is a basket"


def test_the_misprint_of_the_gallium_notice_is_not_copied() -> None:
    assert all(ref.code != "8110929010" for _, item in ITEMS for ref in item.reference_hs)


def _changes(dates: Any) -> list[dt.date]:
    """The days on which the state differs from that of the day before."""
    ends = [s.until + DAY for s in dates.suspensions if s.until]
    days = {dates.in_force, *(s.from_ for s in dates.suspensions), *ends}
    return sorted(day for day in days if state(dates, day).status != state(dates, day - DAY).status)


def _day(instrument: Instrument, example: Any) -> dt.date | None:
    given = example.as_of or {**instrument.example_line, **example.line}.get("declaration_date")
    return dt.date.fromisoformat(str(given)) if given else None


@each_instrument
def test_every_boundary_has_examples_the_day_before_the_day_and_the_day_after(instrument: Instrument) -> None:
    live = [item for item in instrument.items if item.status != "draft"]
    groups: list[tuple[Any, list[Item]]] = [(item.dates, [item]) for item in live if item.dates]
    inherited = [item for item in live if not item.dates]
    if inherited:
        groups.append((instrument.dates, inherited))
    for dates, items in groups:
        stated = {
            (_day(instrument, example), example.status)
            for item in items
            for example in item.examples
            if example.expect == "hit" and example.status
        }
        for change in _changes(dates):
            for day in (change - DAY, change, change + DAY):
                status = state(dates, day).status
                if status != "ended":
                    assert (day, status) in stated, f"{instrument.id}: no example says {status} on {day}"


@each_item
def test_examples_name_the_state_of_their_own_day(instrument: Instrument, item: Item) -> None:
    dates = item.dates or instrument.dates
    for example in item.examples:
        day = _day(instrument, example)
        if example.status and day:
            assert example.status == state(dates, day).status, example.name


def test_notice_18_has_its_38_items() -> None:
    codes = {item.code for item in INSTRUMENTS["2025-18-rare-earths"].items}
    wanted = {f"{n}.{part}" for n in ELEMENTS_2025_18 for part in ("a.1", "a.2", "a.3", "b", "c")}
    wanted |= {f"{n}.a.4" for n in ("1C902", "1C904", "1C905")}
    assert codes == wanted
    assert len(codes) == 38


@pytest.mark.parametrize(("code", "alloys"), ALLOYS.items())
def test_alloys_are_the_closed_list_of_the_notice(code: str, alloys: list[str]) -> None:
    listed = _item(code).detect["listed"]["material"]
    assert {_elements(name) for name in listed} == {frozenset(alloy.split()) for alloy in alloys}
    assert len(listed) == len(alloys)


@pytest.mark.parametrize(("code", "targets"), TARGETS.items())
def test_targets_are_the_closed_list_of_the_notice(code: str, targets: list[str]) -> None:
    detect = _item(code).detect
    pure = {frozenset({name.partition(".")[0]}) for name in detect["pure"]["material"]}
    alloyed = {_elements(name) for name in detect.get("alloy", {}).get("material", [])}
    assert pure | alloyed == {frozenset(target.split()) for target in targets}


@pytest.mark.parametrize(("code", "limits"), LIMITS.items())
def test_limits_are_those_of_the_notice(code: str, limits: set[tuple[str, str, float]]) -> None:
    found = {(a.field, a.op, a.value) for a in _atoms(_item(code)) if a.op in ("gt", "gte", "lt", "lte")}
    assert limits <= found
    deciding = _item(code).deciding
    assert deciding, "a limit that is not stated must make a hit that asks for it"


@pytest.mark.parametrize("code", ["1C904.a.4", "1C905.a.4"])
def test_magnets_have_no_limit_of_their_own(code: str) -> None:
    item = _item(code)
    numbers = {a.value for a in _atoms(item) if a.field.startswith("composition.") and isinstance(a.value, float)}
    params = {a.value.name for a in _atoms(item) if isinstance(a.value, Ref)}
    assert numbers == {0.0}, "the law has no minimum content: a number belongs to the params, with its source"
    assert params == {"ndfeb_practice_limit", "ndfeb_penalised"}
    assert item.note is not None
    assert "practice, not law" in item.note.en


def test_no_item_of_the_lists_asks_for_the_origin_or_the_destination() -> None:
    for instrument, item in ITEMS:
        if instrument.id.startswith("cn-mofcom-gac-"):
            assert instrument.applies == {"leaves_from": ["CN"]}
            assert not {a.field for a in _atoms(item)} & {"origin_country", "destination_country", "end_use"}, item.code


def test_the_us_notice_flips_by_itself() -> None:
    items = {item.code: item for item in INSTRUMENTS["2024-46-united-states"].items}
    assert items["art-1"].dates is None
    sleeping = items["art-2"].dates
    assert sleeping is not None
    days = {"2025-11-08": "in_force", "2025-11-09": "suspended", "2026-11-27": "suspended", "2026-11-28": "unconfirmed"}
    assert {day: state(sleeping, dt.date.fromisoformat(day)).status for day in days} == days
    assert {code for code, item in items.items() if item.consequence == "prohibited"} == {"art-1", "art-2"}
    asking = {code for code, item in items.items() if "listed_item" in str(item.detect)}
    assert {"art-1", "art-2", "art-2-graphite"} <= asking


def test_questions_about_goods_from_elsewhere_are_never_met() -> None:
    for code in ("art-3", "art-3-military", "re-export"):
        item = _item(code)
        assert item.weak == ["goods_named"]
        assert item.partial_confidence == "low"


def test_technology_is_a_question() -> None:
    for _, item in ITEMS:
        if item.consequence == "technology" and item.status != "draft":
            assert item.weak == ["carrier"], item.code


def test_examples_cover_the_distinctions_that_concern_items() -> None:
    groups = {example.group for _, item in ITEMS for example in item.examples} - {""}
    assert groups <= DISTINCTIONS
    assert not (DISTINCTIONS - NOT_ABOUT_ITEMS) - groups
