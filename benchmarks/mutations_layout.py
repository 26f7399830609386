"""Mutations of where things stand: encodings, separators, titles, storeys of headers, sheets, what is hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.styles import Font

from benchmarks.mutations import HEADERS, LINES, WORDS, Case, Table, as_csv, as_xlsx, grouped, only, table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from benchmarks.mutations import Row

_TITLES = [["PACKING LIST No. 2026-118"], [], ["Shipped by our usual carrier, all goods are of the season"], []]


def cases() -> Iterator[Case]:
    """Every mutation of the layout."""
    yield from _encodings()
    yield from _separators()
    yield from _headers()
    yield from _rows()
    yield from _hidden()
    yield from _merged()
    yield from _beside()


def in_language(language: str) -> tuple[dict[str, str], list[Row]]:
    """Headers and lines in a language."""
    goods = WORDS["goods"].get(language)
    lines = [{**line, "description": goods[number]} if goods else line for number, line in enumerate(LINES)]
    return WORDS["headers"][language], lines


def _encodings() -> Iterator[Case]:
    for language, encodings in WORDS["encodings"].items():
        headers, lines = in_language(language)
        for encoding in encodings:
            yield Case(
                "encodings",
                f"{language} in {encoding}",
                as_csv(table(lines, headers), encoding=encoding),
                only(*headers, lines=lines),
            )
        for separator in (";", "\t"):
            made = as_csv(table(lines, headers), separator, encodings[-1], newline="\r\n")
            yield Case("encodings", f"{language} in {encodings[-1]}, {separator!r}", made, only(*headers, lines=lines))
        yield Case("encodings", f"{language} in a workbook", as_xlsx(table(lines, headers)), only(*headers, lines=lines))
    yield Case("encodings", "lines end in carriage returns", as_csv(table(), newline="\r"), LINES)


def _separators() -> Iterator[Case]:
    styles = {
        "1,234.56": grouped(",", "."),
        "1234.56": grouped("", "."),
        "1.234,56": grouped(".", ","),
        "1 234,56": grouped(" ", ","),
        "1\u00a0234,56": grouped("\u00a0", ","),
        "1\u202f234,56": grouped("\u202f", ","),
        "1'234.56": grouped("'", "."),
        "1’234.56": grouped("’", "."),
        "1234,56": grouped("", ","),
        "1.234,56, two places": grouped(".", ",", 2),
        "1,234.56, two places": grouped(",", ".", 2),
        "1.234,567, three places": grouped(".", ",", 3),
        "1,234.567, three places": grouped(",", ".", 3),
    }
    for name, style in styles.items():
        shown = {column: style(column) for column in ("net_kg", "gross_kg", "value")}
        whole = {"quantity": (grouped("", "") if "places" in name or name[1].isdigit() else style)("quantity")}
        for separator in (",", ";", "\t", "|"):
            yield Case("separators", f"{name} between {separator!r}", as_csv(table(**shown, **whole), separator), LINES)
        yield Case("separators", f"{name} as text in a workbook", as_xlsx(table(**shown, **whole)), LINES)


def _headers() -> Iterator[Case]:
    made = table()
    columns = len(HEADERS)

    def merged(book: Any) -> None:
        sheet = book.worksheets[0]
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=columns)
        sheet["A1"].font = Font(bold=True)

    yield Case("headers", "merged title above", as_xlsx(made, _TITLES, merged), LINES)
    yield Case("headers", "titles above, text", as_csv(made, above=_TITLES), LINES)
    yield Case("headers", "headers in row 45", as_xlsx(made, [["Terms"], *([[]] * 43)]), LINES)
    groups = {
        "net_kg": ("Weight (kg)", "Net"),
        "gross_kg": ("", "Gross"),
        "origin_country": ("Country of", "Origin"),
        "destination_country": ("", "Destination"),
    }
    above = [groups.get(column, ("", ""))[0] for column in HEADERS]
    below = [groups.get(column, ("", header))[1] for column, header in HEADERS.items()]
    yield Case("headers", "two storeys, group above", as_xlsx(Table(below, made.rows), [above]), LINES)
    yield Case("headers", "two storeys, text", as_csv(Table(below, made.rows), above=[above]), LINES)
    outer = ["" if column in groups else header for column, header in HEADERS.items()]
    outer = [group or text for group, text in zip(above, outer, strict=True)]
    inner = [groups[column][1] if column in groups else "" for column in HEADERS]
    yield Case("headers", "two storeys, headers above", as_xlsx(Table(inner, made.rows), [outer]), LINES)
    parties = {"consignee_name": ("Consignee", "Name"), "net_kg": ("Mass in kg", "net"), "gross_kg": ("", "gross")}
    above = [parties.get(column, ("", ""))[0] for column in HEADERS]
    below = [parties.get(column, ("", header))[1] for column, header in HEADERS.items()]
    yield Case("headers", "two storeys, a party", as_xlsx(Table(below, made.rows), [above]), LINES)
    chinese = [WORDS["headers"]["zh"][column] for column in HEADERS]
    yield Case("headers", "two languages in two rows", as_xlsx(Table(chinese, made.rows), [list(HEADERS.values())]), LINES)
    both = [f"{a} {b}" for a, b in zip(chinese, HEADERS.values(), strict=True)]
    for joint in ("\n", " / ", " "):
        both = [f"{a}{joint}{b}" for a, b in zip(chinese, HEADERS.values(), strict=True)]
        yield Case("headers", f"two languages joined by {joint!r}", as_xlsx(Table(both, made.rows)), LINES)
    ways: dict[str, Callable[[str], str]] = {
        "capitals": str.upper,
        "small": str.lower,
        "underscores": lambda text: text.replace(" ", "_"),
        "newlines": lambda text: text.replace(" ", "\n"),
        "blanks around": lambda text: f"  {text} ",
        "colons": lambda text: f"{text}:",
        "stars": lambda text: f"{text} *",
        "camel": lambda text: text.title().replace(" ", ""),
    }
    for name, way in ways.items():
        yield Case("headers", name, as_xlsx(Table([way(text) for text in made.headers], made.rows)), LINES)
    slips = {
        "Description of goods": "Desciption of goods",
        "Quantity": "Qauntity",
        "Net weight (kg)": "Net wieght (kg)",
        "Gross weight (kg)": "Gros weight (kg)",
        "Consignee": "Consginee",
    }
    yield Case("headers", "slips", as_xlsx(Table([slips.get(text, text) for text in made.headers], made.rows)), LINES)
    apart = [[cell for value in row for cell in (value, None)] for row in made.rows]
    yield Case(
        "headers", "empty columns between", as_xlsx(Table([cell for text in made.headers for cell in (text, "")], apart)), LINES
    )


def _rows() -> Iterator[Case]:
    made = table()
    total: list[Any] = ["TOTAL", None, 13544, 26600.5, 27444.7, 107281.46]
    yield Case("rows", "a totals row", as_xlsx(Table(made.headers, [*made.rows, total])), LINES)
    yield Case("rows", "a row of sums without a word", as_xlsx(Table(made.headers, [*made.rows, [None, *total[1:]]])), LINES)
    foot: list[list[Any]] = [
        total,
        [],
        ["We declare that the above is true and correct"],
        ["Signature", None, None, None, None, None, None, None, None, None, "Date"],
    ]
    yield Case("rows", "a foot", as_xlsx(Table(made.headers, [*made.rows, *foot[:3]])), LINES)
    pages = [*made.rows[:2], total, [], *_TITLES[:1], made.headers, *made.rows[2:], total]
    yield Case("rows", "pages with headers and sums of their own", as_csv(Table(made.headers, pages)), LINES)
    yield Case(
        "rows", "blank rows between", as_xlsx(Table(made.headers, [cell for row in made.rows for cell in (row, [])])), LINES
    )
    spaced = [["\u00a0", *row] for row in made.rows]
    yield Case("rows", "a first column of blanks", as_xlsx(Table(["", *made.headers], spaced)), LINES)


def _hidden() -> Iterator[Case]:
    made = table()

    def sheet_hidden(state: str) -> Any:
        def change(book: Any) -> None:
            book.worksheets[0].sheet_state = state
            summary = book.create_sheet("Cover")
            summary.append(["See the other sheet"])
            book.active = 1

        return change

    for state in ("hidden", "veryHidden"):
        yield Case(
            "hidden",
            f"sheet {state}",
            as_xlsx(made, then=sheet_hidden(state)),
            LINES,
            "the sheet is hidden; it was read all the same",
        )

    def rows_hidden(book: Any) -> None:
        for row in (3, 4):
            book.worksheets[0].row_dimensions[row].hidden = True

    def filtered(book: Any) -> None:
        sheet = book.worksheets[0]
        sheet.auto_filter.ref = sheet.dimensions
        sheet.auto_filter.add_filter_column(0, ["Samples of paper"])
        for row in range(2, 6):
            sheet.row_dimensions[row].hidden = True

    def columns_hidden(book: Any) -> None:
        for letter in ("B", "D"):
            book.worksheets[0].column_dimensions[letter].hidden = True

    yield Case("hidden", "rows", as_xlsx(made, then=rows_hidden), LINES, "2 hidden rows; all was read all the same")
    yield Case("hidden", "rows by a filter", as_xlsx(made, then=filtered), LINES, "4 hidden rows; all was read all the same")
    yield Case("hidden", "columns", as_xlsx(made, then=columns_hidden), LINES, "2 hidden columns; all was read all the same")


def _merged() -> Iterator[Case]:
    """Cells merged downwards: of the first three lines, of two rows each, beside a table that begins further right."""
    texts = ["description", "hs_code", "currency", "origin_country", "ship_date", "consignee_name"]
    amounts = ["net_kg", "gross_kg", "value"]

    def block(columns: list[str], first: int = 2, last: int = 4, left: int = 1) -> Callable[[Any], None]:
        def merge(book: Any) -> None:
            for number, column in enumerate(HEADERS, start=left):
                if column in columns:
                    book.worksheets[0].merge_cells(start_row=first, end_row=last, start_column=number, end_column=number)

        return merge

    alike = [{**line, **{column: LINES[0][column] for column in texts}} for line in LINES[:3]] + LINES[3:]
    hollow = [{**line, **dict.fromkeys(texts)} if number in (1, 2) else line for number, line in enumerate(alike)]
    said = "hold for each of them"
    yield Case("merged", "texts of three lines", as_xlsx(table(hollow), then=block(texts)), alike, said)
    titled = as_xlsx(table(hollow), _TITLES, block(texts, 6, 8))
    yield Case("merged", "texts below titles", titled, alike, said)
    moved = table(hollow)
    moved = Table(["", "", *moved.headers], [[None, None, *row] for row in moved.rows])
    yield Case("merged", "texts of a table further right", as_xlsx(moved, then=block(texts, left=3)), alike, said)
    together = [{**line, **dict.fromkeys(amounts)} if number < 3 else line for number, line in enumerate(LINES)]
    for name, columns in {"all amounts": amounts, "the masses": amounts[:2], "the value": amounts[2:]}.items():
        expected = [
            {**line, **{column: whole[column] for column in amounts if column not in columns}}
            for line, whole in zip(together, LINES, strict=True)
        ]
        shown = table([{**LINES[0]}, *expected[1:]])
        yield Case("merged", f"{name} of three lines", as_xlsx(shown, then=block(columns)), expected, "of none by itself")
    tall = Table(table().headers, [cell for row in table().rows for cell in (row, [])])

    def two_rows(book: Any) -> None:
        for row in range(2, 2 * len(LINES) + 2, 2):
            block(list(HEADERS), row, row + 1)(book)

    yield Case("merged", "every line over two rows", as_xlsx(tall, then=two_rows), LINES)


def _beside() -> Iterator[Case]:
    """A second table right of the first."""
    left, right = table(LINES[:3]), table(LINES[3:])
    for gap in (0, 1, 3):
        rows = [[*row, *[None] * gap, *other] for row, other in zip(left.rows, [*right.rows, []], strict=True)]
        both = Table([*left.headers, *[""] * gap, *right.headers], rows)
        said = "tables of goods stand side by side"
        yield Case("beside", f"goods after {gap} empty columns", as_xlsx(both), LINES, said)
        yield Case("beside", f"goods after {gap} empty columns, text", as_csv(both), LINES, said)
    cartons = [[number, 40, 30, 20] for number in range(1, 3)]
    rows = [[*row, None, *other] for row, other in zip(table().rows, [*cartons, [], [], []], strict=True)]
    other = Table([*table().headers, "", "Carton", "Length", "Width", "Packages"], rows)
    expected = [{**line, "packages": None} for line in LINES]
    yield Case("beside", "measures of cartons", as_xlsx(other), expected, "another table stands beside the goods")
