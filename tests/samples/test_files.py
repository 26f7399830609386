"""The sample files are what samples/README.md says they are. Nothing here needs the engine."""

from __future__ import annotations

import csv
import importlib.util
import re
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import fastexcel
import pytest
import yaml

from screening.terms import COLUMNS, FAMILIES

SAMPLES = Path(__file__).parents[2] / "samples"
CASES: list[dict[str, Any]] = yaml.safe_load((SAMPLES / "cases.yaml").read_text(encoding="utf-8"))["cases"]
BY_ID = {case["id"]: case for case in CASES}
README = (SAMPLES / "README.md").read_text(encoding="utf-8")
SHEETS = [
    (file, sheet, int(header), int(lines))
    for file, sheet, header, lines in re.findall(r"^\| (\S+\.(?:xlsx|csv)) \| (.*?) ?\| (\d+) \| (\d+) \|", README, re.MULTILINE)
]


@cache
def grid(path: Path, sheet: str) -> list[list[str | None]]:
    """All rows of a sheet as texts, as the spreadsheet numbers them."""
    if path.suffix == ".csv":
        with path.open(encoding="utf-8", newline="") as file:
            return [[cell or None for cell in row] for row in csv.reader(file)]
    frame = fastexcel.read_excel(path).load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    return [list(row) for row in frame.iter_rows()]


def lines_of(case: str, *, members: bool = False) -> list[dict[str, Any]]:
    """The columns of a case's lines; ``members`` leaves the baseline out."""
    return [line["columns"] for line in BY_ID[case].get("lines", []) if not (members and line.get("role") == "baseline")]


def days(earlier: str, later: str) -> int:
    """Days between two ISO dates."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days


# -- the oracle --------------------------------------------------------------------------------------------------------


def test_case_ids_are_unique_and_complete() -> None:
    assert len(BY_ID) == len(CASES)
    assert {f"SEED-{number:02d}" for number in range(1, 24)} <= set(BY_ID)
    assert sum(name.startswith("OTH-") for name in BY_ID) == 12


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_case_is_well_formed(case: dict[str, Any]) -> None:
    assert case["title"]["en"]
    assert case["title"]["zh"]
    assert case["what"]
    assert all(source["name"] for source in case["sources"])
    assert case["sources"]
    assert set(case.get("families", [])) <= set(FAMILIES)
    if case["expected"] in {"flag", "flag_set_only", "flag_policy_only"}:
        assert case["lines"]
        assert case["families"]
    elif case["expected"] == "partial":
        assert case["lines"]
        assert case["why"]
    else:
        assert case["expected"] == "not_detectable"
        assert case["why"]
        assert "lines" not in case
    for line in case.get("lines", []):
        assert set(line["columns"]) <= set(COLUMNS)
        assert set(line["synthetic"]) <= set(line["columns"])
        assert line["zh"]["description"]
        assert set(line.get("families", [])) <= set(case["families"])
        assert line.get("role") in {None, "baseline"}
        assert line.get("role") is None or case["expected"] == "flag_set_only"
        assert line["columns"]["gross_kg"] >= line["columns"]["net_kg"] > 0
        date.fromisoformat(line["columns"]["ship_date"])


@pytest.mark.parametrize(("case", "factor"), [("SEED-10", 20), ("SEED-16", 20), ("OTH-36", 20)])
def test_surge_is_in_the_lines(case: str, factor: float) -> None:
    """At every line that is expected to be flagged, 90 days hold many times the same 90 days a year before."""
    lines = lines_of(case)
    assert len({(line["export_country"], line["destination_country"], line["hs_code"][:6]) for line in lines}) == 1
    last_of_surge = max(line["ship_date"] for line in lines)
    recent = sum(line["net_kg"] for line in lines if 0 <= days(line["ship_date"], last_of_surge) < 90)
    before = sum(line["net_kg"] for line in lines if 365 <= days(line["ship_date"], last_of_surge) < 365 + 90)
    assert before >= 1000
    assert recent / before >= factor
    for line in lines_of(case, members=True):
        assert any(365 <= days(other["ship_date"], line["ship_date"]) < 365 + 90 for other in lines)


@pytest.mark.parametrize("case", ["SEED-07", "SEED-17", "SEED-19"])
def test_pass_through_is_in_the_lines(case: str) -> None:
    inbound, outbound = lines_of(case)
    assert inbound["destination_country"] == outbound["export_country"]
    assert inbound["hs_code"][:4] == outbound["hs_code"][:4]
    assert abs(outbound["net_kg"] / inbound["net_kg"] - 1) <= 0.03
    assert 3 <= days(inbound["ship_date"], outbound["ship_date"]) <= 60


def test_price_ladder_is_in_the_lines() -> None:
    inbound, outbound = lines_of("SEED-17")
    ratio = (outbound["value_usd"] / outbound["net_kg"]) / (inbound["value_usd"] / inbound["net_kg"])
    assert 1.1 <= ratio <= 1.6


def test_small_parcels_are_in_the_lines() -> None:
    parcels = lines_of("SEED-18")
    assert len(parcels) >= 5
    assert len({(p["shipper_name"], p["consignee_address"], p["description"], p["transport_mode"]) for p in parcels}) == 1
    assert days(min(p["ship_date"] for p in parcels), max(p["ship_date"] for p in parcels)) <= 14


# -- the manifests -----------------------------------------------------------------------------------------------------


def test_readme_lists_every_manifest() -> None:
    manifests = {path.name for path in SAMPLES.iterdir() if path.suffix in {".xlsx", ".csv"} and ".oracle." not in path.name}
    assert {file for file, *_ in SHEETS} == manifests
    for file in manifests:
        if file.endswith(".xlsx"):
            assert fastexcel.read_excel(SAMPLES / file).sheet_names == [sheet for name, sheet, *_ in SHEETS if name == file]


@pytest.mark.parametrize(("file", "sheet", "header", "lines"), SHEETS, ids=str)
def test_sheet_has_the_header_and_lines_of_the_readme(file: str, sheet: str, header: int, lines: int) -> None:
    rows = grid(SAMPLES / file, sheet)
    assert all(rows[header - 1])
    assert len(set(rows[header - 1])) == len(rows[header - 1])
    assert all(sum(cell is not None for cell in row) <= 1 for row in rows[: header - 1])
    body = [row for row in rows[header:] if row[0] not in {"TOTAL", "合计"}]
    assert len(body) == lines
    assert all(sum(cell is not None for cell in row) >= 10 for row in body)


@pytest.mark.parametrize("file", ["documented-cases.xlsx", "documented-cases-zh.xlsx"])
def test_every_case_line_is_in_the_workbook(file: str) -> None:
    found: Counter[str | None] = Counter()
    for name, sheet, header, _ in SHEETS:
        if name == file:
            rows = grid(SAMPLES / file, sheet)
            place = next(index for index, cell in enumerate(rows[header - 1]) if cell and ("Case" in cell or cell == "案例"))
            found.update(row[place] for row in rows[header:] if row[place])
    assert found == Counter({case["id"]: len(case["lines"]) for case in CASES if "lines" in case})


def test_mixed_oracle_points_at_its_lines() -> None:
    rows = grid(SAMPLES / "mixed-deliveries.xlsx", "Delivery lines")
    at = {name: index for index, name in enumerate(rows[0])}
    with (SAMPLES / "mixed-deliveries.oracle.csv").open(encoding="utf-8", newline="") as file:
        oracle = list(csv.DictReader(file))
    for entry in oracle:
        row, line = rows[int(entry["row"]) - 1], lines_of(entry["case"])[int(entry["line"]) - 1]
        assert row[at["Ref"]] == entry["ref"]
        assert row[at["Item Description"]] == line["description"]
        assert row[at["HS Code"]] == line["hs_code"]
    planted = {int(entry["row"]) for entry in oracle}
    assert all(row[at["HS Code"]] is None for number, row in enumerate(rows[1:], 2) if number not in planted)
    assert not any(cell and re.search(r"SEED-\d|OTH-\d", cell) for row in rows for cell in row)


def test_innocent_lines_agree_with_themselves() -> None:
    with (SAMPLES / "innocent.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    shipments: dict[str, list[float]] = {}
    for row in rows:
        net, gross, volume = (float(row[name]) for name in ("Net Weight (kg)", "Gross Weight (kg)", "Volume (m3)"))
        assert 0 < net <= gross
        assert volume > 0
        assert int(row["No. of Packages"]) >= 1
        assert float(row["Amount"]) > 0
        assert row["Country of Export"] == "CN"
        assert 8 <= len(row["HS Code"]) <= 10
        assert row["HS Code"].isdigit()
        total = shipments.setdefault(row["B/L No."], [0.0, 0.0])
        total[0] += gross
        total[1] += volume
    assert all(mass <= 28000 and volume <= 67 for mass, volume in shipments.values())
    of_cases = {line["columns"]["consignee_name"] for case in CASES for line in case.get("lines", [])}
    assert not of_cases & {row["Consignee"] for row in rows}


def test_innocent_oracle_points_at_its_lines() -> None:
    rows = grid(SAMPLES / "innocent.csv", "")
    place = rows[0].index("Description of Goods")
    with (SAMPLES / "innocent.oracle.csv").open(encoding="utf-8", newline="") as file:
        for entry in csv.DictReader(file):
            assert rows[int(entry["row"]) - 1][place] == entry["description"]
            assert entry["why_innocent"]


def test_build_reproduces_every_cell(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("samples_build", SAMPLES / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    written = module.build(tmp_path)
    assert {path.name for path in written} >= {file for file, *_ in SHEETS}
    for path in written:
        if path.suffix == ".csv":
            assert path.read_bytes() == (SAMPLES / path.name).read_bytes()
        for file, sheet, *_ in SHEETS:
            if file == path.name:
                assert grid(path, sheet) == grid(SAMPLES / file, sheet)


def test_samples_stay_small() -> None:
    files = [path for path in SAMPLES.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert sum(path.stat().st_size for path in files) < 3_000_000
