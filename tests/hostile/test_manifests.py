"""Bad manifests: each is one clear sentence or an honest result, never a traceback, and every row is accounted for."""

from __future__ import annotations

import datetime as dt
import io
import os
import struct
import time
import zipfile
from xml.sax.saxutils import quoteattr

import openpyxl
import polars as pl
import pytest

from screening import Screener, ScreeningError
from screening.content.snapshot import shipped
from screening.terms import OUTCOMES

HEAD = "Description,HS code,Net weight (kg),Export country,Ship date\n"
GOOD = "Leather shoes,6403990090,200,CN,2025-06-01\n"
HELD = "Dysprosium oxide,2846901500,100,CN,2025-06-01\n"
DAY = dt.date(2026, 11, 21)
REPORTS = (".xlsx", ".html", ".json", ".jsonl", ".csv", ".parquet", ".lines.csv", ".lines.parquet")


@pytest.fixture(scope="session")
def screener():
    """Reads manifests as always, and has no rules to judge them by, which saves time."""
    return Screener.of(shipped(law=False))


@pytest.fixture(scope="session")
def full_screener():
    return Screener()


@pytest.fixture
def screen(screener):
    """Screens without rules, and checks what holds for every run."""
    return checked(screener)


@pytest.fixture
def judge(full_screener):
    """Screens with the shipped rules, and checks what holds for every run."""
    return checked(full_screener)


def checked(screener):
    def run(manifest, **options):
        result = screener.screen(manifest, today=DAY, **options)
        counts = result.counts
        assert sum(counts[outcome] for outcome in OUTCOMES) == counts["lines"] == result.lines.height
        assert counts["rejects"] == result.rejects.height
        for reading in result.inputs:
            for sheet in reading.sheets:
                here = result.lines.filter(pl.col("file") == reading.path, pl.col("sheet") == sheet.name)
                assert here.height == sheet.lines
        numbers = result.lines.select(pl.col(pl.Float64)).select(pl.all().is_finite() | pl.all().is_null())
        assert all(numbers[name].all() for name in numbers.columns)
        rows = [*result.lines.select("file", "sheet", "row").rows(), *result.rejects.select("file", "sheet", "row").rows()]
        assert len(rows) == len(set(rows)), "a row became two things"
        return result

    return run


@pytest.fixture
def refused(screener):
    """Screens what must be refused, and gives the sentence."""

    def run(manifest, **options):
        with pytest.raises(ScreeningError) as caught:
            screener.screen(manifest, today=DAY, **options)
        message = str(caught.value)
        assert "\n" not in message
        assert len(message) < 500
        assert "Traceback" not in message
        return message

    return run


@pytest.fixture
def put(tmp_path):
    """Writes bytes or text under a name and gives the path."""

    def write(name, content):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def workbook(*rows, **cells):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for place, value in cells.items():
        book.active[place] = value
    stream = io.BytesIO()
    book.save(stream)
    book.close()
    return stream.getvalue()


def rezipped(data, change):
    """A workbook with its parts changed: name and bytes in, bytes (or None to leave the part out) out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
    return stream.getvalue()


BOOK = workbook(HEAD.strip().split(","), GOOD.strip().split(","))


# -- refused with one sentence -------------------------------------------------------------------------------------------

NO_MANIFESTS = {
    "text called a workbook": ("a.xlsx", b"just some words"),
    "a picture called a workbook": ("a.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(200)),
    "a picture called text": ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
    "nothing": ("a.csv", b""),
    "nothing called a workbook": ("a.xlsx", b""),
    "nothing called an old workbook": ("a.xls", b""),
    "nothing called parquet": ("a.parquet", b""),
    "nothing called json": ("a.json", b""),
    "nothing called json lines": ("a.jsonl", b""),
    "blanks and newlines": ("a.csv", b" \r\n\t\n  \n"),
    "NUL bytes alone": ("a.csv", bytes(1000)),
    "commas alone": ("a.csv", b",,,,\n" * 50),
    "a mark of UTF-8 alone": ("a.csv", b"\xef\xbb\xbf"),
    "a mark of UTF-16 alone": ("a.csv", b"\xff\xfe"),
    "a header of unknown words": ("a.csv", b"foo,bar\n1,2\n"),
    "prose": ("a.txt", b"Dear Sir or Madam,\n\nplease find the goods enclosed.\n" * 20),
    "a workbook called text": ("a.csv", BOOK),
    "half a workbook": ("a.xlsx", BOOK[: len(BOOK) // 2]),
    "a workbook without its end": ("a.xlsx", BOOK[:-30]),
    "an archive that is no workbook": ("a.xlsx", None),
    "a workbook without sheets": ("a.xlsx", rezipped(BOOK, lambda n, d: None if n.startswith("xl/worksheets") else d)),
    "a workbook without its table of sheets": ("a.xlsx", rezipped(BOOK, lambda n, d: None if n == "xl/workbook.xml" else d)),
    "a workbook of broken XML": (
        "a.xlsx",
        rezipped(BOOK, lambda n, d: d[: len(d) // 2] if n.startswith("xl/worksheets/sheet") else d),
    ),
    "an empty workbook": ("a.xlsx", workbook()),
    "damaged parquet": ("a.parquet", b"PAR1" + bytes(100) + b"PAR1"),
    "half of JSON": ("a.json", b'[{"description": "glue"'),
    "a JSON number": ("a.json", b"3"),
    "a JSON text": ("a.json", b'"glue"'),
    "JSON null": ("a.json", b"null"),
    "a JSON list of numbers": ("a.json", b"[1, 2, 3]"),
    "a JSON list of lists": ("a.json", b'[["description"], ["glue"]]'),
    "JSON of unknown names": ("a.json", b'[{"foo": 1}]'),
    "JSON deeper than can be read": ("a.json", b"[" * 100_000),
    "JSON objects deeper than can be read": ("a.json", b'{"a":' * 100_000),
    "JSON that is no UTF-8": ("a.json", b'[{"description": "\xff\xfe"}]'),
    "JSON lines that are none": ("a.jsonl", b"glue\nshoes\n"),
    "an executable": ("a.exe", b"MZ"),
    "a name without a suffix": ("manifest", GOOD.encode()),
}


@pytest.mark.parametrize("name", NO_MANIFESTS)
def test_what_is_no_manifest_is_one_sentence(refused, put, name):
    file, content = NO_MANIFESTS[name]
    if content is None:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("readme.txt", "hello")
        content = stream.getvalue()
    path = put(file, content)
    assert str(path) in refused(path)


def test_what_is_no_file(refused, tmp_path):
    assert "no such file" in refused(tmp_path / "missing.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "folder.xlsx").mkdir()
    for name in ("folder.csv", "folder.xlsx"):
        assert str(tmp_path / name) in refused(tmp_path / name)
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere.csv")
    assert "no such file" in refused(tmp_path / "dangling.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    assert "loop.csv" in refused(tmp_path / "loop.csv")
    for name in ("", "\0.csv", "a" * 300 + ".csv"):
        refused(name)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_may_not_be_read(refused, put):
    path = put("a.csv", HEAD + GOOD)
    path.chmod(0)
    assert "cannot be read" in refused(path)


def test_a_file_that_vanishes_while_it_is_read(screener, put):
    path = put("a.csv", HEAD + GOOD * 10)

    def vanish(stage, count):
        path.unlink(missing_ok=True)

    result = screener.screen(path, progress=vanish, today=DAY)
    assert result.counts["lines"] == 10


def test_a_file_that_vanishes_before_the_second_look(refused, put, monkeypatch):
    from screening.manifest import sources

    original = sources.survey

    def survey(path):
        found = original(path)
        path.unlink()
        return found

    monkeypatch.setattr(sources, "survey", survey)
    assert "no such file" in refused(put("a.csv", HEAD + GOOD))


def test_one_bad_file_among_good_ones_stops_the_run(refused, put):
    good, bad = put("good.csv", HEAD + GOOD), put("bad.xlsx", b"nothing of the kind")
    assert str(bad) in refused([good, bad])


# -- workbooks -----------------------------------------------------------------------------------------------------------


def lying(size):
    """A workbook whose sheet says that it reaches much farther than it does."""

    def change(name, part):
        if name.startswith("xl/worksheets/sheet"):
            return part.replace(b'<dimension ref="A1:E2"', f'<dimension ref="A1:{size}"'.encode())
        return part

    return rezipped(BOOK, change)


@pytest.mark.parametrize("size", ["XFD1048576", "E1048576", "A1", "ZZZZ99999999", "E0", "nonsense"])
def test_a_sheet_that_lies_about_its_size(screen, refused, put, size):
    path = put("a.xlsx", lying(size))
    try:
        assert screen(path).counts["lines"] == 1
    except ScreeningError:
        refused(path)


def test_a_cell_far_away(screen, put):
    result = screen(put("a.xlsx", workbook(HEAD.strip().split(","), GOOD.strip().split(","), E20000="end")))
    assert result.counts["lines"] == 1


def test_a_part_that_unpacks_to_much_more(screen, refused, put):
    def change(name, part):
        return part + b" " * 60_000_000 if name.startswith("xl/worksheets/sheet") else part

    data = rezipped(BOOK, change)
    assert len(data) < 200_000
    path = put("a.xlsx", data)
    try:
        assert screen(path).counts["lines"] == 1
    except ScreeningError:
        refused(path)


def test_entities_are_not_unfolded(screen, refused, put):
    bomb = b'<!DOCTYPE b [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">'.encode() for i in range(9)
    )

    def change(name, part):
        if name == "xl/sharedStrings.xml":
            return part.replace(b"<sst", bomb + b"]><sst", 1).replace(b"Leather shoes", b"&j;")
        return part

    path = put("a.xlsx", rezipped(BOOK, change))
    try:
        result = screen(path)
    except ScreeningError:
        refused(path)
    else:
        assert max((len(text) for text in result.lines["description"].drop_nulls()), default=0) < 1000


def test_an_outside_entity_is_not_fetched(screen, refused, put, tmp_path):
    secret = put("secret.txt", "TOPSECRET")

    def change(name, part):
        if name == "xl/sharedStrings.xml":
            kind = f'<!DOCTYPE b [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'.encode()
            return part.replace(b"<sst", kind + b"<sst", 1).replace(b"Leather shoes", b"&x;")
        return part

    path = put("a.xlsx", rezipped(BOOK, change))
    try:
        result = screen(path)
    except ScreeningError:
        refused(path)
    else:
        assert "TOPSECRET" not in str(result.lines.rows())


def test_formulas_count_as_their_last_value_or_nothing(screen, put):
    rows = [
        HEAD.strip().split(","),
        ["=1+1", "6403990090", 5, "CN", None],
        ["Leather shoes", "6403990090", "=SUM(C2:C2)", "CN", None],
    ]
    result = screen(put("a.xlsx", workbook(*rows)))
    assert result.lines.filter(pl.col("description") == "Leather shoes")["net_kg"].to_list() == [None]
    assert "=1+1" not in result.lines["description"].to_list()


def test_error_cells_are_no_values(screen, put):
    rows = [HEAD.strip().split(","), ["#REF!", "6403990090", "#DIV/0!", "CN", None], GOOD.strip().split(",")]
    result = screen(put("a.xlsx", workbook(*rows)))
    assert result.lines["net_kg"].to_list()[-1] == 200
    assert result.lines["net_kg"].null_count() == result.lines.height - 1


def test_a_sheet_s_name_is_only_a_name(judge, put, tmp_path):
    names = ["../../etc/passwd", "C:\\Windows", "=cmd", "'; DROP", "<b>", "\u202etxt", "a/b"]
    book = openpyxl.Workbook()
    book.remove(book.active)
    for number in range(len(names)):
        sheet = book.create_sheet(f"Sheet{number}")
        sheet.append(HEAD.strip().split(","))
        sheet.append(HELD.strip().split(","))
    stream = io.BytesIO()
    book.save(stream)
    book.close()

    def change(part, data):
        if part == "xl/workbook.xml":
            for number, name in enumerate(names):
                data = data.replace(f'name="Sheet{number}"'.encode(), b"name=" + quoteattr(name).encode())
        return data

    result = judge(put("a.xlsx", rezipped(stream.getvalue(), change)))
    assert result.lines["sheet"].to_list() == names
    before = set(tmp_path.iterdir())
    for suffix in REPORTS:
        result.write(tmp_path / f"out{suffix}")
    assert len(set(tmp_path.iterdir()) - before) == len(REPORTS)


# -- delimited text ------------------------------------------------------------------------------------------------------


def test_unclosed_quotation_marks_cost_their_own_rows(judge, put):
    result = judge(put("a.csv", HEAD + GOOD * 3 + '"Leather shoes,6403990090,200,CN,2025-06-01\n' + HELD + GOOD))
    assert result.lines["row"].to_list() == [2, 3, 4, 6, 7]
    assert result.rejects["row"].to_list() == [5]
    assert result.counts["hold"] == 1


def test_quotation_marks_everywhere(judge, put):
    result = judge(put("a.csv", HEAD + '"""","""",""",,\n' * 20 + HELD))
    assert result.counts["hold"] == 1
    assert result.counts["lines"] + result.counts["rejects"] + sum(result.inputs[0].sheets[0].skipped.values()) <= 22


def test_nul_bytes_and_control_characters_inside_cells(judge, put):
    text = HEAD + "Leather\x00 shoes\x07,6403990090,200,CN,2025-06-01\n" + "\x07Dysprosium oxide\x00,2846901500,1,CN,2025-06-01\n"
    result = judge(put("a.csv", text))
    assert result.counts["lines"] == 2
    assert result.counts["hold"] == 1


def test_bytes_that_are_no_utf8(judge, put):
    result = judge(put("a.csv", HEAD.encode() + b"Leather shoes \xff\xfe\x80,6403990090,200,CN,2025-06-01\n" + HELD.encode()))
    assert result.counts["lines"] == 2
    assert result.counts["hold"] == 1


def test_utf16_cut_in_the_middle_of_a_character(judge, put):
    result = judge(put("a.csv", (HEAD + HELD + GOOD).encode("utf-16") + b"x"))
    assert result.counts["hold"] == 1


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_odd_line_breaks_do_not_break_lines(screen, put, mark):
    result = screen(put("a.csv", HEAD + f"Leather{mark}shoes,6403990090,200,CN,2025-06-01\n" + HELD))
    assert result.lines["row"].to_list() == [2, 3]


def test_rows_that_are_too_long_or_too_short(judge, put):
    result = judge(put("a.csv", HEAD + "a,b,c,d,e,f,g,h,i,j,k,l,m,n\nLeather shoes\n" + HELD + "x" + "," * 5000 + "y\n" + GOOD))
    assert result.counts["hold"] == 1
    assert result.rejects["row"].to_list() == [2, 5]


def test_a_cell_of_a_megabyte(judge, put):
    result = judge(put("a.csv", HEAD + "shoe " * 200_000 + ",6403990090,200,CN,2025-06-01\n" + HELD))
    assert result.counts["lines"] == 2
    assert result.counts["hold"] == 1


def test_a_megabyte_without_a_blank(judge, put):
    result = judge(put("a.csv", HEAD + "(" * 500_000 + "9" * 500_000 + ",6403990090,1,CN,2025-06-01\n" + HELD))
    assert result.counts["hold"] == 1


def test_many_columns(screen, put):
    names = ",".join(f"column {number}" for number in range(5000, 7000))
    result = screen(put("a.csv", f"Description,HS code,{names}\nDysprosium oxide,2846901500,{','.join('x' * 2000)}\n"))
    assert result.counts["lines"] == 1
    assert len([name for name in result.lines.columns if name.startswith("extra.")]) == 2000


def test_many_columns_of_the_same_name(screen, put):
    result = screen(
        put("a.csv", "Description,HS code" + ",Net weight (kg)" * 50 + "\nLeather shoes,6403990090" + ",7" * 50 + "\n")
    )
    assert result.lines["net_kg"].to_list() == [7]
    assert result.lines.width == len(set(result.lines.columns))


def test_headers_that_look_like_the_program_s_own(judge, put):
    names = [
        "line",
        "row",
        "file",
        "sheet",
        "outcome",
        "score",
        "shipment",
        "c0",
        "raw.net_kg",
        "extra.x",
        "position",
        "materials",
    ]
    result = judge(
        put("a.csv", f"Description,HS code,{','.join(names)}\nDysprosium oxide,2846901500,{','.join('x' * len(names))}\n")
    )
    assert result.lines["line"].to_list() == [1]
    assert result.lines["outcome"].item() in OUTCOMES
    frame = pl.DataFrame({"description": ["Leather shoes"], **{name: ["x"] for name in names}})
    assert judge(frame).lines["outcome"].item() in OUTCOMES


def test_odd_headers_are_carried_through(judge, tmp_path):
    headers = ["=1+1", "<script>", "\x1b[2J", "a" * 20_000, "{}", "$.*", "[x", "", " ", "^$", "^.*$", "\u202e", "Description"]
    frame = pl.DataFrame({"description": ["Leather shoes"], "hs_code": ["6403990090"], **{header: ["x"] for header in headers}})
    result = judge(frame)
    assert result.counts["lines"] == 1
    assert result.lines["description"].item().startswith("Leather shoes")
    for suffix in REPORTS:
        result.write(tmp_path / f"out{suffix}")


# -- values --------------------------------------------------------------------------------------------------------------


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
    assert result.counts["lines"] == len(TEXTS)
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


# -- Parquet, JSON, frames -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "column",
    [
        pl.Series("x", [[["a"]]]),
        pl.Series("x", [{"a": {"b": 1}}]),
        pl.Series("x", [[{"a": 1}]]),
        pl.Series("x", [b"\xff"]),
        pl.Series("x", [dt.timedelta(days=3)]),
        pl.Series("x", [dt.time(3)]),
        pl.Series("x", [dt.datetime(2025, 6, 1, tzinfo=dt.UTC)]),
        pl.Series("x", ["a"], dtype=pl.Categorical),
        pl.Series("x", ["a"], dtype=pl.Enum(["a"])),
        pl.Series("x", [[1, 2]], dtype=pl.Array(pl.Int64, 2)),
        pl.Series("x", [None], dtype=pl.Null),
        pl.Series("x", ["1.5"]).cast(pl.Decimal(10, 2)),
        pl.Series("x", [2**63], dtype=pl.UInt64),
    ],
    ids=lambda series: str(series.dtype),
)
def test_columns_of_any_type(screen, tmp_path, column):
    rest = {"hs_code": ["6403990090"], "consignee_name": ["Example"]}
    names = ("x", "net_kg", "description", "ship_date", "transit_countries")
    frame = pl.DataFrame(rest).with_columns(column.alias(name) for name in names)
    assert screen(frame).counts["lines"] == 1
    frame.write_parquet(tmp_path / "a.parquet")
    assert screen(tmp_path / "a.parquet").counts["lines"] == 1


def test_objects_in_a_frame(screen):
    frame = pl.DataFrame(
        {"description": ["Leather shoes"], "hs_code": ["6403990090"], "x": pl.Series([object()], dtype=pl.Object)}
    )
    assert screen(frame).counts["lines"] == 1


def test_a_lazy_frame_that_fails(refused):
    frame = pl.LazyFrame({"description": ["shoes"], "hs_code": ["x"]}).with_columns(pl.col("hs_code").cast(pl.Int64, strict=True))
    refused(frame)
    refused(pl.LazyFrame({"description": ["shoes"]}).select("nothing"))
    refused(pl.scan_csv("nowhere.csv"))


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ('[{"description": "shoes", "hs_code": "6403990090"}, 3, null, "x"]', 1),
        ('{"a": {"b": 1}, "lines": [{"description": "shoes", "hs_code": "6403990090"}]}', 1),
        ('[{"description": ["shoes", "boots"], "hs_code": {"code": "6403"}}]', 1),
        ('[{"description": "shoes", "net_kg": NaN, "hs_code": "6403990090", "value": Infinity}]', 1),
        ('[{"description": "shoes", "description": "boots", "hs_code": "6403990090"}]', 1),
        ('{"description": "shoes", "hs_code": "6403990090"}', 1),
        ('[{"description": "\\ud800", "hs_code": "6403990090"}]', 1),
        ('[{"description": "shoes", "hs_code": 1' + "0" * 5000 + "}]", 1),
    ],
    ids=range(8),
)
def test_json_of_odd_shapes(screen, refused, put, text, lines):
    path = put("a.json", text)
    try:
        assert screen(path).counts["lines"] == lines
    except ScreeningError:
        refused(path)


def test_json_lines_with_bad_ones_between(judge, put):
    good = '{"description": "Dysprosium oxide", "hs_code": "2846901500", "export_country": "CN", "ship_date": "2025-06-01"}\n'
    result = judge(put("a.jsonl", good + "\n{oops\n" + "[" * 5000 + "\nnull\n" + good + b"\xff\n".decode("latin1")))
    assert result.counts["lines"] == 2
    assert result.counts["hold"] == 2
    assert result.rejects["row"].to_list() == [3, 4, 5, 7]


def test_parquet_that_says_more_than_it_has(refused, put):
    stream = io.BytesIO()
    pl.DataFrame({"description": ["Leather shoes"] * 50, "hs_code": ["6403990090"] * 50}).write_parquet(stream)
    data = bytearray(stream.getvalue())
    data[-8:-4] = struct.pack("<I", 2**31 - 1)
    assert "damaged" in refused(put("a.parquet", bytes(data)))
    whole = stream.getvalue()
    assert "damaged" in refused(put("b.parquet", whole[:40] + bytes(30) + whole[70:]))
