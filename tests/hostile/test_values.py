"""Values of any kind in cells, dicts and frames: numbers stay numbers, texts stay texts."""

from __future__ import annotations

import datetime as dt
import time

import pytest

HEAD = "Description,HS code,Net weight (kg),Export country,Ship date\n"
GOOD = "Leather shoes,6403990090,200,CN,2025-06-01\n"
HELD = "Dysprosium oxide,2846901500,100,CN,2025-06-01\n"
REPORTS = (".xlsx", ".html", ".json", ".jsonl", ".csv", ".parquet", ".lines.csv", ".lines.parquet")


def test_numbers_that_are_none(judge):
    line = {"description": "Leather shoes", "hs_code": "6403990090", "net_kg": "7", "export_country": "CN"}
    values = ["inf", "-inf", "NaN", "1e308", "1e999", "-5", "9" * 400, "0x10", "1.2.3.4", "--5", "٣٤٥", "½", "5 kg 3", "1e-400"]
    odd = [{**line, "net_kg": v, "gross_kg": v, "volume_m3": v, "value": v, "packages": v, "currency": "USD"} for v in values]
    result = judge([line] * 60 + odd)
    assert result.counts["lines"] == 60 + len(values)
    for column in ("density_t_m3", "unit_price_usd_kg", "tare_ratio", "kg_per_package"):
        assert result.lines[column].drop_nulls().is_finite().all()
    assert result.lines["net_kg"].drop_nulls().min() >= 0


def test_a_division_by_nothing(judge):
    volumes = ["0", "1e-300", "-1"]
    result = judge([{"description": "Tile adhesive", "net_kg": "1e300", "volume_m3": v, "packages": "0"} for v in volumes])
    assert result.counts["lines"] == 3
    assert result.lines["density_t_m3"].drop_nulls().is_finite().all()


def test_days_that_are_none_or_far(judge):
    line = {"description": "Dysprosium oxide", "hs_code": "2846901500", "export_country": "CN"}
    days = ["0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30", "31/31/2026", "1e9", "-1", "tomorrow"]
    odd = [{**line, "ship_date": day, "declaration_date": day} for day in [*days, "2026-11-21T25:00", "45000"]]
    result = judge([{**line, "ship_date": "2025-06-01"}, *odd])
    assert result.counts["lines"] == 12
    assert result.lines["outcome"][0] == "hold"
    assert result.lines["line_date"].null_count() == 0


TEXTS = [
    "Dysprosium oxide" * 3000,
    "99.99% " * 3000,
    "[" * 3000 + "]" * 3000,
    "1/2/3/4/" * 3000,
    "\u0301" * 5000,
    "a\u0301" * 3000,
    "\ud7ff\ue000\ufffd\U0010ffff",
    "氧化镝" * 3000,
    "🧲" * 500,
    "%s %d {0} {description} {{",
    "\\g<0> \\1 $1 ${x}",
    "Dy2O3 " * 2000,
    "Nd(0.3)Fe(14)B " * 2000,
    "=HYPERLINK(1)",
    "\x1b]0;x\x07",
]
COLUMNS = (
    "description",
    "hs_code",
    "consignee_name",
    "house_bill",
    "licence_no",
    "container_no",
    "remarks",
    "item_code",
    "vessel_name",
)


def test_any_text_may_stand_in_a_cell(judge, tmp_path):
    result = judge([{**dict.fromkeys(COLUMNS, text), "export_country": "CN"} for text in TEXTS])
    assert result.counts["lines"] + result.counts["rejects"] == len(TEXTS)
    assert result.counts["rejects"] == 3  # signs alone say nothing in any column
    for suffix in REPORTS:
        result.write(tmp_path / f"out{suffix}")


@pytest.mark.parametrize("text", ["\r\n\t\x0b", "\u200b\u200c\u200d\ufeff", "-", "\u00a0"], ids=repr)
def test_a_text_of_nothing_is_no_text(screen, text):
    result = screen([dict.fromkeys(COLUMNS, text), {"description": "Dysprosium oxide", "export_country": "CN"}])
    assert result.counts["lines"] + result.counts["rejects"] + sum(result.inputs[0].sheets[0].skipped.values()) == 2
    assert result.lines["description"].to_list()[-1] == "Dysprosium oxide"


def test_a_port_of_a_page_takes_no_time(judge):
    started = time.monotonic()
    judge([{"description": "shoes", "loading_port": "Port of Nowhere " * 1600}])
    assert time.monotonic() - started < 0.5


def test_halves_of_characters(screen, tmp_path):
    result = screen([{"description": "shoes \ud800", "hs_code": "6403990090", "colour \udfff": ["red \ud800"]}])
    assert result.lines["description"].to_list() == ["shoes \ufffd"]
    result.write(tmp_path / "out.json")


@pytest.mark.parametrize(
    "value",
    [object(), {"a": 1}, ["x", None], b"\xff", 10**400, True, dt.time(1), 1 + 2j, float, [[1]], {1: {2: 3}}],
    ids=lambda value: type(value).__name__,
)
def test_values_of_any_type(screen, value):
    line = {"description": value, "hs_code": "6403990090", "net_kg": value, "ship_date": value, "remarks": value}
    assert screen([line]).counts["lines"] == 1


def test_keys_of_any_type(screen):
    result = screen([{"description": "Leather shoes", "hs_code": "6403990090", 3: "x", None: "y", ("a", "b"): "z"}])
    extra = {name: result.lines[name].item() for name in result.lines.columns if name.startswith("extra.")}
    assert set(extra.values()) == {"x", "y", "z"}
