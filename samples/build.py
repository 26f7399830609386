"""Rebuild the sample manifests from ``cases.yaml`` and ``sources/``: ``python samples/build.py [FOLDER]``.

Needs openpyxl and PyYAML, reads nothing outside this folder, and writes the same bytes every time: no clock, no
randomness but a seeded one. What the files are stands in README.md.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import itertools
import random
import re
import string
import sys
import zipfile
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

HERE = Path(__file__).parent
SOURCES = HERE / "sources"
SEED = 20261121
STAMP = datetime(2026, 11, 21)
DATE_STYLES = {"iso": "%Y-%m-%d", "day_month": "%d-%b-%Y", "compact": "%Y%m%d", "chinese": "%Y年%m月%d日"}

Row = dict[str, Any]


def build(folder: Path = HERE) -> list[Path]:
    """Write every sample into ``folder`` and return the paths written."""
    layouts = yaml.safe_load((SOURCES / "layouts.yaml").read_text(encoding="utf-8"))
    lines = case_lines()
    written = [_case_workbook(folder, book, lines, layouts["words"]) for book in layouts["workbooks"]]
    return [*written, *_mixed(folder, layouts["mixed"], lines), *_innocent(folder, layouts["innocent"])]


def case_lines() -> list[Row]:
    """Every line of ``cases.yaml`` as one flat dict: its columns, ``case``, ``line`` (from 1 within it), ``expected``, ``zh``."""
    cases = yaml.safe_load((HERE / "cases.yaml").read_text(encoding="utf-8"))["cases"]
    return [
        {**line["columns"], "case": case["id"], "line": number, "expected": case["expected"], "zh": line["zh"]}
        for case in cases
        for number, line in enumerate(case.get("lines", []), 1)
    ]


# -- the case workbooks ------------------------------------------------------------------------------------------------


def _case_workbook(folder: Path, book: Row, lines: list[Row], words: Row) -> Path:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for layout in book["sheets"]:
        sheet = workbook.create_sheet(layout["name"])
        for title in layout["titles"]:
            sheet.append(title)
        header = list(layout["columns"])
        sheet.append(header)
        first = sheet.max_row
        chosen = [line for line in lines if _selected(line, layout["select"])]
        if "sort" in layout:
            chosen.sort(key=lambda line: line[layout["sort"]])
        special = {(cell["case"], cell["line"]): cell for cell in layout.get("as_written", [])}
        for number, line in enumerate(chosen, 1):
            own = {**line, **layout.get("fill", {}), "no": number}
            if book["language"] == "zh":
                own.update(line["zh"])
            written = special.get((line["case"], line["line"]), {})
            columns = layout["columns"].values()
            sheet.append([written.get(c, _cell(own, c, number, layout, book, words)) for c in columns])
        if "totals" in layout:
            sums = {c: round(sum(line.get(c, 0) for line in chosen), 2) for c in layout["totals"]["sum"]}
            sheet.append([layout["totals"]["label"], *(sums.get(c) for c in list(layout["columns"].values())[1:])])
        _dress(sheet, first, len(header))
    return _save(workbook, folder / book["file"])


def _selected(line: Row, wanted: Row) -> bool:
    if "expected" in wanted:
        return line["expected"] in wanted["expected"]
    if "export_country" in wanted:
        return bool(line["export_country"] == wanted["export_country"])
    return bool(line["export_country"] != wanted["export_country_not"])


def _cell(line: Row, column: str, number: int, layout: Row, book: Row, words: Row) -> object:
    value = line.get(column)
    if value is None:
        return None
    styles = layout["write"].get(column, ["name"])
    style = styles[number % len(styles)]
    if column == "hs_code":
        cuts = {
            "plain": [value],
            "dotted": [value[:4], ".", value[4:6], ".", value[6:]],
            "spaced": [value[:4], " ", value[4:8], " ", value[8:]],
        }
        return "".join(cuts[style])
    if column == "ship_date":
        day = date.fromisoformat(value)
        return day if style == "excel" else day.strftime(DATE_STYLES[style])
    vocabulary = words.get("country" if column.endswith("_country") else column, {}).get(book["language"], {})
    if style == "name" and vocabulary:
        return vocabulary.get(value, value)
    return f"{value:,}{layout['suffix'][column]}" if column in layout.get("suffix", {}) else value


def _dress(sheet: Any, header_row: int, width: int) -> None:
    """Bold header, merged titles, readable widths: what a person expects of a manifest."""
    for row in range(1, header_row):
        if sheet.cell(row, 1).value:
            sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=width)
            sheet.cell(row, 1).font = Font(bold=row == 1, size=13 if row == 1 else 10)
    for cell in sheet[header_row]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    for index in range(1, width + 1):
        texts = [str(sheet.cell(row, index).value or "") for row in range(header_row, sheet.max_row + 1)]
        widest = max(sum(2 if ord(c) > 255 else 1 for c in text) for text in texts)
        sheet.column_dimensions[get_column_letter(index)].width = min(44, max(9, widest + 2))
    for row in sheet.iter_rows(min_row=header_row + 1):
        for cell in row:
            if isinstance(cell.value, date):
                cell.number_format = "dd/mm/yyyy"
            elif isinstance(cell.value, int | float):
                cell.number_format = "#,##0.####" if isinstance(cell.value, float) else "#,##0"
    sheet.freeze_panes = sheet.cell(header_row + 1, 1)
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _save(workbook: Workbook, path: Path) -> Path:
    """Save with fixed times in the archive and in its properties, so that equal contents are equal bytes."""
    workbook.properties.creator = "samples"
    workbook.properties.created = STAMP
    raw = io.BytesIO()
    workbook.save(raw)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist()):
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>2026-11-21T00:00:00Z", data)
            target.writestr(zipfile.ZipInfo(name, STAMP.timetuple()[:6]), data, zipfile.ZIP_DEFLATED)
    return path


# -- case lines among real deliveries ----------------------------------------------------------------------------------


def _mixed(folder: Path, layout: Row, lines: list[Row]) -> list[Path]:
    with gzip.open(SOURCES / "scms-deliveries.csv.gz", "rt", encoding="utf-8", newline="") as file:
        deliveries = list(csv.DictReader(file))
    own = list(deliveries[0])
    planted = [line for line in lines if line["case"] in layout["planted"]]
    rng = random.Random(SEED)  # noqa: S311
    places = sorted({int(rng.random() * len(deliveries)): None for _ in range(len(planted) * 2)})
    step = len(places) / len(planted)
    places = [places[int(index * step)] for index in range(len(planted))]
    order = sorted(range(len(planted)), key=lambda index: hashlib.sha256(f"{SEED}:{index}".encode()).digest())
    at = {place: planted[index] for place, index in zip(places, order, strict=True)}

    rows: list[tuple[Row, Row | None]] = []
    for place, delivery in enumerate(deliveries):
        if place in at:
            rows.append((_as_delivery(at[place], own, layout, int(deliveries[-1]["ID"]) + len(rows)), at[place]))
        rows.append((delivery, None))

    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    sheet = workbook.create_sheet(layout["sheet"])
    sheet.append([*own, *layout["added_columns"]])
    oracle = []
    for number, (row, line) in enumerate(rows, 2):
        known = {**layout["both"], **(line or {}), "ref": hashlib.sha256(f"{SEED}/{number}".encode()).hexdigest()[:10]}
        sheet.append([*(_number(row[header]) for header in own), *(known.get(c) for c in layout["added_columns"].values())])
        if line:
            oracle.append([number, known["ref"], line["case"], line["line"]])
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    return [
        _save(workbook, folder / layout["file"]),
        _write_csv(folder / layout["file"].replace(".xlsx", ".oracle.csv"), ["row", "ref", "case", "line"], oracle),
    ]


def _as_delivery(line: Row, own: list[str], layout: Row, number: int) -> Row:
    """A case line under the headers of the deliveries; what they ask and it does not say is ``N/A`` or empty."""
    shown = {**line, "transport_mode": layout["modes"][line["transport_mode"]]}
    row = {header: shown[layout["own_columns"][header]] if header in layout["own_columns"] else "" for header in own}
    row.update(dict.fromkeys(layout["filled_in"], layout["filler"]))
    day = date.fromisoformat(line["ship_date"]).strftime("%d-%b-%y").lstrip("0")
    row.update({header: day for header in own if "Deliver" in header and header.endswith("Date")})
    row.update({"ID": number, "PO / SO #": f"SO-{number}", "ASN/DN #": f"DN-{number}"})
    row.update({"Line Item Quantity": line["packages"], "Weight (Kilograms)": line["gross_kg"]})
    return row


def _number(text: object) -> object:
    """A number where the delivery's text is one (but never a code with a leading zero), else the text as it is."""
    if isinstance(text, str) and re.fullmatch(r"(0|[1-9]\d*)(\.\d+)?", text):
        return float(text) if "." in text else int(text)
    return text or None


# -- the innocent manifest ---------------------------------------------------------------------------------------------


def _innocent(folder: Path, layout: Row) -> list[Path]:
    lanes = _read("innocent-lanes.csv")
    everything = [*_lane_lines(layout, lanes), *_parcel_lines(layout), *_special_lines(layout, lanes)]
    everything.sort(key=lambda row: (row["ship_date"], row["shipment"]))
    bills: dict[str, int] = {}
    rows, oracle = [], []
    for number, row in enumerate(everything, 2):
        bill = bills.setdefault(row["shipment"], len(bills) + 1)
        row["invoice_no"], row["house_bill"] = f"INV-{row['ship_date'][2:4]}{bill:05d}", f"EXHB{26000000 + bill * 7}"
        row["container_no"] = _container(layout["container_owner"], bill) if row["transport_mode"] == "sea" else ""
        rows.append([row.get(column, "") for column in layout["columns"].values()])
        if row["kind"] != "ordinary":
            oracle.append([number, row["kind"], row["description"], row["why"]])
    path = folder / layout["file"]
    return [
        _write_csv(path, list(layout["columns"]), rows),
        _write_csv(path.with_suffix(".oracle.csv"), ["row", "kind", "description", "why_innocent"], oracle),
    ]


def _lane_lines(layout: Row, lanes: list[Row]) -> list[Row]:
    """Repeat business: every lane ships the same goods at a steady pace, amounts and prices varying a little."""
    products: dict[str, list[Row]] = {}
    for product in _read("innocent-products.csv"):
        products.setdefault(product["sector"], []).append(product)
    rng = random.Random(SEED)  # noqa: S311
    rows = []
    for index, lane in enumerate(lanes):
        goods = [products[lane["sector"]][number - 1] for number in _numbers(lane["products"])]
        weights = [0.6 + rng.random() for _ in goods]
        route = {name: lane[name] for name in layout["columns"].values() if name in lane}
        day = date.fromisoformat(layout["first_day"]) + timedelta(int(lane["first_day"]))
        for visit in itertools.count():
            if day > date.fromisoformat(layout["last_day"]):
                break
            masses = [float(lane["load_kg"]) * w / sum(weights) * (0.9 + 0.2 * rng.random()) for w in weights]
            space = sum(mass / 1000 / float(product["density_t_m3"]) for mass, product in zip(masses, goods, strict=True))
            fit = min(1.0, layout["container_m3"] / space)
            for mass, product in zip(masses, goods, strict=True):
                packages = max(1, round(mass * fit / float(product["kg_per_package"])))
                net = packages * float(product["kg_per_package"])
                texts = product["description"].split("|")
                rows.append(
                    {
                        **_measured(layout, net, packages, product, rng),
                        **route,
                        "shipment": f"lane {index:03d}/{visit:03d}",
                        "kind": "ordinary",
                        "description": texts[visit % len(texts)],
                        "hs_code": product["hs_code"],
                        "quantity": net if product["unit"] == "kg" else round(net / float(product["kg_per_piece"])),
                        "quantity_unit": product["unit"],
                        "ship_date": day.isoformat(),
                    }
                )
            day += timedelta(int(lane["every_days"]))
    return rows


def _parcel_lines(layout: Row) -> list[Row]:
    """Parcels of one web shop to as many private buyers, under real declared descriptions."""
    shop = layout["parcels"]
    rng = random.Random(SEED + 1)  # noqa: S311
    rows = []
    for index, given in enumerate(_read("uk-parcels.csv")):
        parcel = {**given, **shop["every_line"]}
        measures = _measured(layout, float(given["kg"]), 1, parcel, rng)
        day = date.fromisoformat(shop["first_day"]) + timedelta(int(rng.random() * shop["days"]))
        rows.append({**parcel, **measures, "shipment": f"parcel {index:03d}", "ship_date": day.isoformat()})
    return rows


def _special_lines(layout: Row, lanes: list[Row]) -> list[Row]:
    """Lines that tempt a word search, and the benign lines of the public record, each a shipment of its own."""
    buyers = {lane["destination_country"]: lane for lane in reversed(lanes)}
    rng = random.Random(SEED + 2)  # noqa: S311
    rows = []
    for index, given in enumerate([*_read("innocent-tempting.csv"), *_read("benign-lines.csv")]):
        line = {**layout["every_line"], **layout["special"]["every_line"], **given, "shipment": f"special {index:03d}"}
        if "kg_per_package" in given:
            net = float(given["net_kg"])
            line |= _measured(layout, net, max(1, round(net / float(given["kg_per_package"]))), given, rng)
        buyer = buyers.get(given["destination_country"], {})
        line["quantity"] = line["net_kg"]
        line["consignee_name"] = buyer.get("consignee_name", f"Example Importer {given['destination_country']}")
        line["consignee_address"] = buyer.get("consignee_address", "")
        rows.append(line)
    return rows


def _measured(layout: Row, net: float, packages: int, goods: Row, rng: random.Random) -> Row:
    """Masses, volume and value that agree with each other, a few per cent around what the goods usually have."""
    tare, density, price = (0.94 + 0.12 * rng.random() for _ in range(3))
    small = net < 50
    return {
        **layout["every_line"],
        "net_kg": round(net, 2),
        "gross_kg": round(net * (1 + layout["tare"][goods["package_type"]] * tare), 2 if small else 1),
        "volume_m3": round(net / 1000 / float(goods["density_t_m3"]) / density, 4 if small else 2),
        "packages": packages,
        "package_type": goods["package_type"],
        "value": round(net * float(goods["usd_per_kg"]) * price, 2),
    }


def _container(owner: str, serial: int) -> str:
    """A container number with the check digit of ISO 6346."""
    text = f"{owner}{400000 + serial * 13 % 500000:06d}"
    letters = dict(zip(string.ascii_uppercase, (n for n in range(10, 39) if n % 11), strict=True))
    total = sum((letters[c] if c in letters else int(c)) * 2**place for place, c in enumerate(text))
    return f"{text}{total % 11 % 10}"


def _numbers(text: str) -> list[int]:
    if ";" in text:
        return [int(part) for part in text.split(";")]
    first, last = text.split("-")
    return list(range(int(first), int(last) + 1))


def _read(name: str) -> list[Row]:
    with (SOURCES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _write_csv(path: Path, header: list[str], rows: list[list[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    return path


if __name__ == "__main__":
    for written_path in build(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE):
        print(written_path)
