"""What is controlled about a material: the answer is that of the engine for a line of such goods."""

from __future__ import annotations

import datetime as dt

import pytest

from screening import Screener, UsageError
from screening.content.snapshot import shipped
from screening.tools.controls import Route, controls, country, materials_of

DAYS = {"2025-04-03": "note", "2025-04-04": "hold", "2025-12-01": "hold"}


def found(material: str, day: str, leaves: str | None = "CN", to: str | None = "TH") -> dict[str, tuple[str | None, bool, str]]:
    direct, late = controls(shipped(), material, Route(dt.date.fromisoformat(day), leaves, to))
    return {c.rule.id: (c.status, c.applies, c.action) for c in (*direct, *late)}


@pytest.mark.parametrize("day", DAYS)
def test_a_line_of_the_goods_gets_what_is_told(day: str) -> None:
    rule = "cn-mofcom-gac-2025-18/1C905.b"
    line = {"description": "Dysprosium oxide", "export_country": "CN", "destination_country": "TH", "ship_date": day}
    hit = next(h for h in Screener().screen_line(line).hits if h["rule"] == rule)
    assert found("dy", day)[rule] == (hit["status"], True, hit["action"])
    assert hit["action"] == DAYS[day]


def test_what_is_not_listed_is_not_named() -> None:
    assert "cn-mofcom-gac-2025-18/1C905.a.1" not in found("nd", "2025-12-01")


def test_the_route_decides_what_applies() -> None:
    from_china, from_germany = found("dy", "2025-12-01"), found("dy", "2025-12-01", leaves="DE")
    rule = "cn-mofcom-gac-2025-18/1C905.b"
    assert (from_china[rule][1], from_germany[rule][1]) == (True, False)


def test_laws_that_build_on_listed_items_join_on_their_route() -> None:
    banned = "cn-mofcom-2024-46/art-2"
    assert found("ga", "2025-01-10", to="US")[banned][2] == "hold"
    _, late = controls(shipped(), "ga", Route(dt.date(2025, 1, 10), "CN", "TH"))
    assert {c.elsewhere for c in late if c.rule.id == banned} == {True}  # an end user may sit in the United States
    assert banned not in found("dy", "2025-06-10", to="US")


def test_countries_go_by_code_and_name() -> None:
    content = shipped()
    assert {country(content, name) for name in ("CN", "cn", "China", "中国")} == {"CN"}
    with pytest.raises(UsageError, match="no country"):
        country(content, "Atlantis")


def test_materials_of_an_item_stand_in_its_selections() -> None:
    content = shipped()
    items = {f"{i.id}/{item.code}": item for i in content.instruments.values() for item in i.items}
    assert "dy" in materials_of(items["cn-mofcom-gac-2025-18/1C905.a.4"], content)
