"""Mutations of what stands in the cells: codes, dates, masses, money, countries."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, cast

from benchmarks.mutations import HEADERS, LINES, WORDS, Case, as_csv, as_xlsx, grouped, table, without

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from benchmarks.mutations import Row

_KILOGRAMS = {"lb": 0.45359237, "g": 0.001, "t": 1000.0, "oz": 0.028349523125, "kg": 1.0}
_EXCEL_START = dt.date(1899, 12, 30)


def cases() -> Iterator[Case]:
    """Every mutation of the values."""
    yield from _codes()
    yield from _dates()
    yield from _masses()
    yield from _money()
    yield from _several_values()
    yield from _countries()


def _both(
    group: str, name: str, column: str, shown: Callable[[Row], Any], expected: Sequence[Row] = LINES, header: str = ""
) -> Iterator[Case]:
    """One column written otherwise, as text and in a workbook."""
    headers = {**HEADERS, column: header or HEADERS[column]}
    made = table(headers=headers, **{column: shown})
    yield Case(group, f"{name}, text", as_csv(made), expected)
    yield Case(group, f"{name}, workbook", as_xlsx(made), expected)


def _with(column: str, values: Sequence[Any]) -> list[Row]:
    """The lines with other values in one column."""
    return [{**line, column: value} for line, value in zip(LINES, values, strict=True)]


def _codes() -> Iterator[Case]:
    def code(line: Row) -> str:
        return str(line["hs_code"])

    ways: dict[str, Callable[[Row], Any]] = {
        "as text": code,
        "numbers that lost their zero": lambda line: int(code(line)),
        "floats": lambda line: f"{int(code(line))}.0",
        "dotted": lambda line: f"{code(line)[:4]}.{code(line)[4:6]}.{code(line)[6:]}",
        "spaced": lambda line: f"{code(line)[:4]} {code(line)[4:6]} {code(line)[6:]}",
        "hyphens": lambda line: f"{code(line)[:4]}-{code(line)[4:6]}-{code(line)[6:]}",
        "behind an apostrophe": lambda line: f"'{code(line)}",
        "HS before it": lambda line: f"HS {code(line)}",
        "words behind it": lambda line: f"{code(line)} - goods of this heading",
        "wide digits": lambda line: code(line).translate({ord("0") + n: ord("０") + n for n in range(10)}),
        "apostrophe and blanks": lambda line: f" {code(line)} ",
    }
    for name, way in ways.items():
        yield from _both("codes", name, "hs_code", way)
    for header in ("Code", "Tariff No.", "H.S. Code", "HSN", "Commodity code (EU)", "HTS #", "Customs tariff number"):
        yield from _both("codes", f"headed {header}", "hs_code", lambda line: int(code(line)), header=header)
    horse = [LINES[2]]
    yield Case("codes", "one line, zero lost", as_csv(table(horse, hs_code=lambda line: int(code(line)))), horse)
    ten = _with("hs_code", [f"{line['hs_code']}90" for line in LINES])
    yield Case("codes", "ten digits, zero lost", as_csv(table(ten, hs_code=lambda line: int(code(line)))), ten)
    six = _with("hs_code", [line["hs_code"][:6] for line in LINES])
    yield Case("codes", "six digits, zero lost", as_csv(table(six, hs_code=lambda line: int(code(line)))), six)
    mixed = _with("hs_code", ["2846901990", "321490", "01012100", "850511", "4802559000"])
    yield Case("codes", "of several lengths, zero lost", as_csv(table(mixed, hs_code=lambda line: int(code(line)))), mixed)
    headings = _with("hs_code", ["2846", "3214", "0101", "8505", "4802"])
    yield Case("codes", "headings only", as_csv(table(headings, hs_code=code)), headings)
    scientific = table(hs_code=lambda line: f"{int(code(line)):.2E}")
    yield Case("codes", "in powers of ten", as_csv(scientific), LINES)
    articles = ["304836", "239485", "205423", "197062", "203310"]
    numbers = iter(articles * 2)
    made = table(headers={**HEADERS, "hs_code": "Code"}, hs_code=lambda _: next(numbers))
    yield Case("codes", "article numbers headed Code", as_csv(made), [{**line, "hs_code": None} for line in LINES])
    running = table(headers={**HEADERS, "hs_code": "Item No"}, hs_code=lambda line: LINES.index(line) + 1)
    yield Case("codes", "running numbers headed Item No", as_csv(running), [{**line, "hs_code": None} for line in LINES])
    short = table(headers={**HEADERS, "hs_code": "Code"}, hs_code=lambda line: code(line)[:4])
    yield Case("codes", "four digits headed Code", as_csv(short), [{**line, "hs_code": None} for line in LINES])


def _dates() -> Iterator[Case]:
    def day(line: Row) -> dt.date:
        return cast("dt.date", line["ship_date"])

    months, russian = WORDS["months"]["fr"], WORDS["months"]["ru"]
    ways: dict[str, Callable[[Row], Any]] = {
        "a date": day,
        "with time": lambda line: f"{day(line)} 14:30:00",
        "ISO with zone": lambda line: f"{day(line)}T14:30:00.000Z",
        "2026年3月1日": lambda line: f"{day(line).year}年{day(line).month}月{day(line).day}日",
        "2026年03月01日 星期日": lambda line: f"{day(line):%Y年%m月%d日}",
        "2026년 3월 1일": lambda line: f"{day(line).year}년 {day(line).month}월 {day(line).day}일",
        "serial": lambda line: (day(line) - _EXCEL_START).days,
        "serial with time": lambda line: (day(line) - _EXCEL_START).days + 0.5,
        "day/month/year": lambda line: f"{day(line):%d/%m/%Y}",
        "month/day/year": lambda line: f"{day(line):%m/%d/%Y}",
        "day-month-year": lambda line: f"{day(line):%d-%m-%Y}",
        "d/m/yy": lambda line: f"{day(line).day}/{day(line).month}/{day(line):%y}",
        "m/d/yy": lambda line: f"{day(line).month}/{day(line).day}/{day(line):%y}",
        "yy-mm-dd": lambda line: f"{day(line):%y-%m-%d}",
        "yy.mm.dd": lambda line: f"{day(line):%y.%m.%d}",
        "day.month.year": lambda line: f"{day(line):%d.%m.%Y}",
        "d.m.yy": lambda line: f"{day(line).day}.{day(line).month}.{day(line):%y}",
        "1-Mar-26": lambda line: f"{day(line).day}-{day(line):%b-%y}",
        "MARCH 1, 2026": lambda line: f"{day(line):%B} {day(line).day}, 2026".upper(),
        "1st March 2026": lambda line: f"{day(line).day}{'st' if day(line).day in (1, 31) else 'th'} {day(line):%B} 2026",
        "Sun 01 Mar 2026": lambda line: f"{day(line):%a %d %b %Y}",
        "1er mars 2026": lambda line: f"{day(line).day}{'er' if day(line).day == 1 else ''} {months[day(line).month - 1]} 2026",
        "1 марта 2026 г.": lambda line: f"{day(line).day} {russian[day(line).month - 1]} 2026 г.",
        "20260301": lambda line: f"{day(line):%Y%m%d}",
        "2026/3/1": lambda line: f"{day(line).year}/{day(line).month}/{day(line).day}",
        "2026.3.1": lambda line: f"{day(line).year}.{day(line).month}.{day(line).day}",
        "Reiwa era 令和8年": lambda line: f"令和8年{day(line).month}月{day(line).day}日",
        "Republic 115年": lambda line: f"115年{day(line).month}月{day(line).day}日",
        "Republic 115/03/01": lambda line: f"115/{day(line):%m/%d}",
        "Buddhist 2569": lambda line: f"{day(line):%d/%m}/2569",
        "month alone": lambda line: f"{day(line):%m/%Y}",
        "a quarter": lambda line: f"Q{(day(line).month + 2) // 3} 2026",
    }
    for name, way in ways.items():
        yield from _both("dates", name, "ship_date", way)
    both_ways = _with("ship_date", [dt.date(2026, 3, number) for number in (1, 2, 5, 11, 12)])
    for name, shown in (("day first", "%d/%m/%Y"), ("month first", "%m/%d/%Y")):
        made = table(both_ways, ship_date=lambda line, shown=shown: day(line).strftime(shown))  # type: ignore[misc]
        yield Case("dates", f"that read both ways, {name}", as_csv(made), both_ways)
    lone = [{**LINES[0], "ship_date": dt.date(2026, 3, 15)}]
    yield Case("dates", "one line, 26-03-15", as_csv(table(lone, ship_date=lambda line: f"{day(line):%y-%m-%d}")), lone)


def _masses() -> Iterator[Case]:
    def weigh(unit: str, shape: str) -> Callable[[Row], str]:
        return lambda line: shape.format(f"{line['net_kg'] / _KILOGRAMS[unit]:.10g}")

    for unit, shapes in {
        "kg": ("{} kg", "{}KGS", "{} Kilos", "KG {}", "约{}公斤", "{} 千克", "{} кг", "{} kg net", "{}kg/Net", "({} kg)"),
        "lb": ("{} lb", "{} lbs.", "{}LBS", "{} pounds", "{}磅"),
        "g": ("{} g", "{} grams", "{} gr", "{}克"),
        "t": ("{} t", "{} MT", "{}吨", "{} tonnes", "{} M/T"),
        "oz": ("{} oz", "{} ounces"),
    }.items():
        for shape in shapes:
            yield from _both("masses", f"in cells: {shape.format('1')}", "net_kg", weigh(unit, shape), header="Net weight")
        bare = weigh(unit, "{}")
        for header in ("Net weight ({})", "N.W. [{}]", "Net Weight in {}", "NET_WEIGHT_{}", "Net wt, {}"):
            yield from _both(
                "masses",
                f"in the header: {header.format(unit)}",
                "net_kg",
                bare,
                header=header.format(unit.upper() if unit != "g" else unit),
            )
        few = {"description": "Description", "net_kg": "Net weight", "hs_code": "Unit", "gross_kg": "Gross weight (kg)"}
        unit_column = table(headers=few, net_kg=bare, hs_code=lambda _, unit=unit: unit)  # type: ignore[misc]
        yield Case(
            "masses",
            f"a column of units: {unit}",
            as_csv(unit_column),
            [{key: line[key] for key in ("description", "net_kg", "gross_kg")} for line in LINES],
        )
    units = iter(("kg", "t", "lb", "g", "oz") * 2)

    def mixed(line: Row) -> str:
        unit = next(units)
        return f"{line['net_kg'] / _KILOGRAMS[unit]:.12g} {unit}"

    yield from _both("masses", "each cell in another unit", "net_kg", mixed, header="Net weight")
    yield from _both("masses", "in jin, which differ", "net_kg", lambda line: f"{line['net_kg'] * 2:g}斤", header="净重")
    yield from _both("masses", "in bags", "net_kg", lambda line: f"{line['net_kg']:g} bags", header="Net weight")
    yield from _both("masses", "in words", "net_kg", lambda _: "Weight Captured Separately")
    dashes = iter(["See ASN-93 (ID#:1281)", "1000-1200 kg", "> 500 kg", "10 x 25 kg", "25 kg / bag"] * 2)
    yield from _both(
        "masses", "references, ranges, products", "net_kg", lambda _: next(dashes), [{**line, "net_kg": None} for line in LINES]
    )
    fixed = [
        {**line, "net_kg": value, "gross_kg": value + 5}
        for line, value in zip(LINES, (20.0, 25.0, 512.5, 87.25, 150.0), strict=True)
    ]
    made = table(fixed, net_kg=lambda line: f"{line['net_kg']:.3f}", gross_kg=lambda line: f"{line['gross_kg']:.3f}")
    yield Case("masses", "three places, point, beside other points", as_csv(made), fixed)
    lone = [
        {"description": line["description"], "hs_code": line["hs_code"], "net_kg": value}
        for line, value in zip(LINES, (20.0, 25.0, 512.5, 87.25, 150.0), strict=True)
    ]
    few = {"description": "Description", "hs_code": "HS code", "net_kg": "Net weight (kg)"}
    for name, style in (("three places, point, nothing beside", grouped(",", ".", 3)),):
        yield Case("masses", name, as_csv(table(lone, few, net_kg=style("net_kg"))), lone)
    thousands = [
        {**line, "net_kg": value} for line, value in zip(lone, (20000.0, 25000.0, 12500.0, 87250.0, 150000.0), strict=True)
    ]
    yield Case(
        "masses",
        "thousands by points, nothing beside",
        as_csv(table(thousands, few, net_kg=grouped(".", ",")("net_kg"))),
        thousands,
    )
    small = [{**line, "net_kg": value} for line, value in zip(lone, (20.0, 25000.0, 125.0, 87000.0, 150.0), strict=True)]
    yield Case(
        "masses", "thousands by points beside small ones", as_csv(table(small, few, net_kg=grouped(".", ",")("net_kg"))), small
    )


def _money() -> Iterator[Case]:
    us, european, swiss = grouped(",", ".", 2)("value"), grouped(".", ",", 2)("value"), grouped("'", ".", 2)("value")
    ways: dict[str, tuple[str, Callable[[Row], str]]] = {
        "US$ 1,200.00": ("USD", lambda line: f"US$ {us(line)}"),
        "$1,200.00": ("USD", lambda line: f"${us(line)}"),
        "1,200.00 USD": ("USD", lambda line: f"{us(line)} USD"),
        "USD1,200.00": ("USD", lambda line: f"USD{us(line)}"),
        "EUR 1.200,50": ("EUR", lambda line: f"EUR {european(line)}"),
        "1.200,50 €": ("EUR", lambda line: f"{european(line)} €"),
        "€1,200.50": ("EUR", lambda line: f"€{us(line)}"),
        "CHF 1'200.50": ("CHF", lambda line: f"CHF {swiss(line)}"),
        "£1,200.50": ("GBP", lambda line: f"£{us(line)}"),
        "RMB 1,200.50": ("CNY", lambda line: f"RMB {us(line)}"),
        "1,200.50元": ("CNY", lambda line: f"{us(line)}元"),
        "人民币1200.50": ("CNY", lambda line: f"人民币{line['value']:.2f}"),
        "HK$1,200.50": ("HKD", lambda line: f"HK${us(line)}"),
        "1 200,50 руб.": ("RUB", lambda line: f"{grouped(' ', ',', 2)('value')(line)} руб."),
        "USD 1,200.00 FOB": ("USD", lambda line: f"USD {us(line)} FOB"),
    }
    for name, (currency, way) in ways.items():
        expected = [{**line, "currency": currency} for line in LINES]
        headers = {column: header for column, header in HEADERS.items() if column != "currency"}
        yield Case("money", f"{name}, text", as_csv(table(headers=headers, value=way)), expected)
        yield Case("money", f"{name}, workbook", as_xlsx(table(headers=headers, value=way)), expected)
    headers = {column: header for column, header in HEADERS.items() if column != "currency"}
    unknown = [{**line, "currency": None} for line in LINES]
    for sign in ("¥", "￥", "kr"):
        yield Case(
            "money",
            f"{sign}, which is of several",
            as_csv(table(headers=headers, value=lambda line, sign=sign: f"{sign}{us(line)}")),
            unknown,
        )  # type: ignore[misc]
    currencies = ("USD", "EUR", "CNY", "GBP", "JPY")
    several = _with("currency", currencies)
    made = table(several, headers, value=lambda line: f"{line['currency']} {us(line)}")
    yield Case("money", "each cell in another currency", as_csv(made), several)
    for header, currency in (
        ("Value (USD)", "USD"),
        ("Amount in EUR", "EUR"),
        ("FOB value US$", "USD"),
        ("金额（人民币）", "CNY"),
        ("Total, RMB", "CNY"),
        ("Value €", "EUR"),
    ):
        made = table(headers={**headers, "value": header})
        yield Case("money", f"headed {header}", as_csv(made), [{**line, "currency": currency} for line in LINES])
    thousand = table(headers={**headers, "value": "Value (1000 USD)"}, value=lambda line: f"{line['value'] / 1000:.8g}")
    yield Case("money", "in thousands", as_csv(thousand), LINES)
    texts = table(value=lambda _: "Freight Included in Commodity Cost")
    yield Case("money", "words", as_csv(texts), LINES)


def _several_values() -> Iterator[Case]:
    def price(line: Row) -> str:
        return f"{line['value'] / line['quantity']:.6f}"

    total = sum(line["value"] for line in LINES)
    base = {column: header for column, header in HEADERS.items() if column != "value"}
    for first, second in WORDS["prices"]:
        made = table(headers=base)
        made.headers += [first, second]
        for row, line in zip(made.rows, LINES, strict=True):
            row += [price(line), line["value"]]
        yield Case("several values", f"{first}, {second}", as_csv(made), LINES)
        made = table(headers=base)
        made.headers += [second, first]
        for row, line in zip(made.rows, LINES, strict=True):
            row += [line["value"], price(line)]
        yield Case("several values", f"{second}, {first}", as_csv(made), LINES)
    for first in ("Invoice Total", "Total Invoice Value", "Invoice Value"):
        made = table(headers=base)
        made.headers += [first, "Line Value"]
        for row, line in zip(made.rows, LINES, strict=True):
            row += [round(total, 2), line["value"]]
        yield Case("several values", f"{first} on every line", as_csv(made), LINES)
    for first, second, currency in (("FOB Value", "CIF Value", "USD"), ("Invoice value", "Customs value", "USD")):
        made = table(headers=base)
        made.headers += [second, first]
        for row, line in zip(made.rows, LINES, strict=True):
            row += [line["value"] * 1.1, line["value"]]
        yield Case("several values", f"{second}, {first}", as_csv(made), [{**line, "currency": currency} for line in LINES])
    plain = {column: header for column, header in base.items() if column != "currency"}
    for other, rate in (("EUR", 0.9), ("CNY", 7.2)):
        made = table(headers=plain)
        made.headers += ["Value (USD)", f"Value ({other})"]
        for row, line in zip(made.rows, LINES, strict=True):
            row += [line["value"], line["value"] * rate]
        yield Case("several values", f"in USD and {other}", as_csv(made), LINES)
    made = table(headers=base)
    made.headers += ["Freight", "Insurance", "Value"]
    for row, line in zip(made.rows, LINES, strict=True):
        row += [100, 10, line["value"]]
    yield Case("several values", "beside freight and insurance", as_csv(made), LINES)


def _countries() -> Iterator[Case]:
    for language, names in WORDS["countries"].items():
        shown = {
            column: lambda line, column=column, names=names: names[line[column]]
            for column in ("origin_country", "destination_country")
        }
        headers = WORDS["headers"].get(language)
        yield Case("countries", f"in {language}", as_csv(table(**shown)), LINES)
        if headers and "destination_country" in headers:
            yield Case(
                "countries",
                f"in {language} under its headers",
                as_csv(table(LINES, headers, **shown)),
                [{c: line[c] for c in headers} for line in LINES],
            )
    ports = {"CN": "Shanghai", "KR": "Busan", "JP": "Yokohama", "VN": "Haiphong"}
    made = table(headers={**HEADERS, "origin_country": "Origin"}, origin_country=lambda line: ports[line["origin_country"]])
    yield Case("countries", "ports under Origin", as_csv(made), LINES)
    made = table(headers={**HEADERS, "origin_country": "Country"})
    yield Case("countries", "headed Country", as_csv(made), LINES)
    made = table(headers={**HEADERS, "origin_country": "Made in", "destination_country": "Ship to country"})
    yield Case("countries", "Made in, Ship to country", as_csv(made), without("destination_country"))
