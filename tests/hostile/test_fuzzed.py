"""Inputs that the fuzzer found (`python -m benchmarks.fuzz`), as small as it made them; each broke a promise once."""

from __future__ import annotations

import polars as pl
import pytest

from screening.manifest import read_manifest

ROWS = {
    # name: suffix, bytes, rows that must be accounted for
    "blank lines were in no account": (".jsonl", b'{"desc(i:ption": "-`"}\n{0"["" [\n\nso:[etHkgh\n', 4),
    "blank lines at the end were in no account": (".jsonl", b'{"description": "a", "hs_code": "640399"}\n\n\n', 3),
}
RANGES = {
    "a range the wrong way round": b"D\x1e%O3=\x16\0\0\0\0\0\0\xb5mDy2O\x173 94.3 5-4 \xc2\xb5mV\n e\n \n",
}


@pytest.mark.parametrize("name", ROWS)
def test_every_row_is_accounted_for(screener, put, name):
    suffix, data, rows = ROWS[name]
    reader = read_manifest(put(f"a{suffix}", data.replace(b"desc(i:ption", b"description")), screener.words)
    list(reader.chunks())
    (sheet,) = reader.inputs[0].sheets
    assert sheet.lines + sheet.rejects + sum(sheet.skipped.values()) == rows


@pytest.mark.parametrize("name", RANGES)
def test_no_range_ends_below_its_beginning(screener, name):
    texts = RANGES[name].decode(errors="replace").replace("\0", "\n").split("\n")
    facts = screener.plan.goods.facts_of(pl.Series(sorted({text.strip() for text in texts} - {""})))
    stated = [low for low in facts.columns if low.endswith(".lo") and facts[low].null_count() < facts.height]
    assert stated
    assert not any((facts[low] > facts[low.removesuffix("lo") + "hi"]).any() for low in stated)


def test_a_table_inside_a_worksheet_bears_another_name(screener, put):
    inner = "<table><tr><td>Description</td><td>HS code</td></tr><tr><td>boots</td><td>640399</td></tr></table>"
    cells = "<Row><Cell>Description</Cell><Cell>HS code</Cell></Row><Row><Cell>shoes</Cell><Cell>640399{}</Cell></Row>"
    root = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A">'
    text = f"{root}<Table>{cells.format(inner)}</Table></Worksheet></Workbook>"
    reader = read_manifest(put("a.xls", text.encode()), screener.words)
    lines = pl.concat([chunk.lines for chunk in reader.chunks()])
    assert sorted(lines.select("sheet", "row", "description").rows()) == [("A", 2, "boots"), ("A (2)", 2, "shoes")]
