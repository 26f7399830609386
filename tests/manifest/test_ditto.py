"""Cells that stand for the one above."""

from __future__ import annotations

import pytest

from screening import Screener
from screening.manifest import sheets

HEADER = "Description,HS code,Origin,Qty,Consignee\n"


@pytest.mark.parametrize("sign", ["ditto", "DITTO", "Same as above", "同上", "〃", '""""', "-do-"])
def test_a_sign_says_what_the_cell_above_says(read, csv, sign):
    first = f"{HEADER}NdFeB magnets,8505111000,CN,5,ACME\n"
    text = f"{first}{sign},{sign},{sign},7,{sign}\n{sign},8505111000,,8,BETA\npaint,3208,DE,1,\n"
    lines, rejects, inputs = read(csv(text))
    assert lines["description"].to_list() == ["NdFeB magnets"] * 3 + ["paint"]
    assert lines["hs_code"].to_list() == ["8505111000"] * 3 + ["3208"]
    assert lines["origin_country"].to_list() == ["CN", "CN", None, "DE"]
    assert lines["consignee_name"].to_list() == ["ACME", "ACME", "BETA", None]
    assert rejects.height == 0
    said = next(note for note in inputs[0].sheets[0].notes if note.startswith("description: "))
    assert said.endswith("(row 3) was read as the cell above; so were 1 more")


def test_an_amount_is_never_the_one_above(read, csv):
    lines, _, _ = read(csv(f"{HEADER}glue,3506,CN,5,ACME\nink,3215,CN,ditto,ACME\n"))
    assert lines["quantity"].to_list() == [5, None]


def test_a_sign_with_nothing_above_says_nothing(read, csv):
    lines, _, _ = read(csv(f"{HEADER}ditto,3506,CN,5,ACME\n,3215,CN,1,ACME\n"))
    assert lines["description"].to_list() == [None, None]


def test_the_cell_above_may_stand_in_another_batch(read, book, monkeypatch):
    monkeypatch.setattr(sheets, "BATCH_ROWS", 2)
    rows = [["Description", "HS code"], ["glue", "3506"], *[["ditto", "3506"]] * 5]
    lines, _, _ = read(book({"A": rows}))
    assert lines["description"].to_list() == ["glue"] * 6


def test_many_rows(read, csv):
    lines, _, _ = read(csv(HEADER + "".join(f"{'ditto' if row % 3 else f'glue {row}'},3506,CN,5,ACME\n" for row in range(60))))
    assert lines["description"].to_list() == [f"glue {row - row % 3}" for row in range(60)]


def test_a_text_that_only_begins_so_is_a_text(read, csv):
    lines, _, _ = read(csv(f"{HEADER}glue,3506,CN,5,ACME\nditto machine parts,8479,CN,1,ACME\n"))
    assert lines["description"].to_list() == ["glue", "ditto machine parts"]


def test_listed_goods_are_found_below_themselves(csv):
    text = "品名,商品编号,原产国,起运国,运抵国\n氧化镝,2846901500,中国,中国,德国\n同上,2846901500,中国,中国,德国\n"
    assert Screener().screen(csv(text)).lines["outcome"].to_list() == ["hold", "hold"]
