"""Frames, Parquet and JSON of any shape."""

from __future__ import annotations

import datetime as dt
import io
import struct

import polars as pl
import pytest

from screening import ScreeningError

HEAD = "Description,HS code,Net weight (kg),Export country,Ship date\n"
GOOD = "Leather shoes,6403990090,200,CN,2025-06-01\n"
HELD = "Dysprosium oxide,2846901500,100,CN,2025-06-01\n"
REPORTS = (".xlsx", ".html", ".json", ".jsonl", ".csv", ".parquet", ".lines.csv", ".lines.parquet")


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
    assert result.inputs[0].sheets[0].skipped["blank"] == 1


def test_parquet_that_says_more_than_it_has(refused, put):
    stream = io.BytesIO()
    pl.DataFrame({"description": ["Leather shoes"] * 50, "hs_code": ["6403990090"] * 50}).write_parquet(stream)
    data = bytearray(stream.getvalue())
    data[-8:-4] = struct.pack("<I", 2**31 - 1)
    assert "damaged" in refused(put("a.parquet", bytes(data)))
    whole = stream.getvalue()
    assert "damaged" in refused(put("b.parquet", whole[:40] + bytes(30) + whole[70:]))


def test_lines_of_ever_other_columns_do_not_multiply(refused, put):
    lines = [f'{{"description": "shoes", "hs_code": "6403990090", "a{number}": 1}}' for number in range(3000)]
    assert "different names" in refused(put("a.jsonl", "\n".join(lines)))
    assert "different names" in refused([{"description": "shoes", f"a{number}": 1} for number in range(3000)])


def test_parquet_of_any_nesting(screen, put, tmp_path):
    deep = pl.Series("deep", [["a"]])
    for _ in range(40):
        deep = pl.Series("deep", [deep.to_list()])
    frame = pl.DataFrame({"description": ["shoes"], "hs_code": ["6403990090"], "net_kg": [{"a": [{"b": 1}]}]}).with_columns(deep)
    frame.write_parquet(tmp_path / "a.parquet")
    assert screen(tmp_path / "a.parquet").counts["lines"] == 1
