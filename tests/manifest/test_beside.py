"""Tables side by side on one sheet: each is read by itself, or said to be not read."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from screening.manifest import SheetMapping, describe_columns, read_manifest

GOODS = ["Description", "HS code", "Qty", "Net weight (kg)"]
LEFT = [
    ["glue", "3506100000", 1, 2],
    ["ink", "3215110000", 1, 2],
    ["cork", "4501100000", 1, 2],
    ["tin", "8001100000", 4, 4],
    ["oil", "2710190000", 4, 4],
]
RIGHT = [["paint", "3208100000", 3, 4], ["wood", "4403110000", 3, 4]]
CARTONS = ["Carton", "Length", "Width", "Gross weight (kg)"]


def _beside(left, right, gap=1, down=0):
    """The rows of two tables beside each other, the right one so many rows lower."""
    right = [[], *[[]] * down, *right][1:]
    width = max(map(len, left))
    height = max(len(left), len(right))
    rows = [[*row, *[None] * (width - len(row) + gap)] for row in [*left, *[[]] * (height - len(left))]]
    return [[*row, *other] for row, other in zip(rows, [*right, *[[]] * (height - len(right))], strict=True)]


@pytest.mark.parametrize(("gap", "down"), [(1, 0), (3, 0), (0, 0), (1, 1), (2, 2)])
def test_each_table_of_goods_is_read_by_itself(read, book, gap, down):
    lines, rejects, inputs = read(book({"A": _beside([GOODS, *LEFT], [GOODS, *RIGHT], gap, down)}))
    assert lines["description"].to_list() == ["glue", "ink", "cork", "tin", "oil", "paint", "wood"]
    assert lines["net_kg"].to_list() == [2, 2, 2, 4, 4, 4, 4]
    assert lines["row"].to_list() == [2, 3, 4, 5, 6, 2 + down, 3 + down]
    assert lines["sheet"].to_list() == ["A"] * 5 + ["A, table 2"] * 2
    assert lines["declaration_elements"].to_list() == [None] * 7
    assert rejects.height == 0
    for sheet in inputs[0].sheets:
        assert sheet.lines + sum(sheet.skipped.values()) == 6
        assert "side by side" in sheet.notes[0]


def test_a_text_file_with_two_tables(read, csv):
    rows = _beside([GOODS, *LEFT], [GOODS, *RIGHT])
    lines, rejects, _ = read(csv("".join(",".join(str(cell or "") for cell in row) + "\n" for row in rows)))
    assert (lines["description"].to_list()[5:], lines["sheet"].to_list()[5:], rejects.height) == (
        ["paint", "wood"],
        ["table 2"] * 2,
        0,
    )


def test_what_stands_above_both_tables_holds_for_both(read, book):
    above = [["PACKING LIST"], ["Consignee: ACME Ltd"], []]
    lines, _, _ = read(book({"A": [*above, *_beside([GOODS, *LEFT], [GOODS, *RIGHT])]}))
    assert lines["consignee_name"].unique().to_list() == ["ACME Ltd"]


def test_the_goods_of_one_table_are_no_labels_of_the_other(read, book):
    left = [["Consignee", *GOODS], *[["ACME", *row] for row in LEFT]]
    lines, _, _ = read(book({"A": _beside(left, [GOODS, *RIGHT], down=2)}))
    assert lines["consignee_name"].to_list() == ["ACME"] * 5 + [None] * 2


@pytest.mark.parametrize("cartons", [2, 8], ids=["shorter", "longer"])
def test_another_table_beside_the_goods_is_said_to_be_not_read(read, book, cartons):
    rows = _beside([GOODS, *LEFT], [CARTONS, *[[number, 20, 30, 40] for number in range(cartons)]])
    lines, rejects, inputs = read(book({"A": rows}))
    sheet = inputs[0].sheets[0]
    assert (lines["gross_kg"].to_list(), rejects["row"].to_list()) == ([None] * 5, list(range(7, cartons + 2)))
    assert list(sheet.columns) == GOODS
    assert "another table stands beside the goods and is not read: Carton, Length, Width, Gross weight (kg)" in sheet.notes


def test_a_person_s_word_comes_first(read, book, words):
    rows = _beside([GOODS, *LEFT], [CARTONS, *[[number, 20, 30, 40] for number in range(2)]])
    path = book({"A": rows})
    left = {header.header: header.reason for header in describe_columns(path, words)[0].headers if header.status == "left"}
    assert "another table" in left["Gross weight (kg)"]
    lines, _, _ = read(path, mappings={("*", "*"): SheetMapping({"Gross weight (kg)": "gross_kg"})})
    assert lines["gross_kg"].to_list() == [40, 40, None, None, None]


def test_a_party_beside_the_goods_is_screened_all_the_same(read, book):
    """What is screened once too often does no harm; a consignee beside an empty column must not be lost."""
    rows = _beside([GOODS, *LEFT], [["Consignee", "Gross weight (kg)"], ["ACME", 3], ["BETA", 3]])
    lines, _, _ = read(book({"A": rows}))
    assert lines["consignee_name"].to_list() == ["ACME", "BETA", None, None, None]
    assert lines["gross_kg"].to_list() == [None] * 5


@pytest.mark.parametrize(
    "right",
    [
        [["Gross weight (kg)", "Packages"], *[[5, 1]] * 5],
        [["Gross weight (kg)", "Packages"], [5, 1], [None, None], [6, 1], [None, 2]],
        [["Gross weight (kg)", "Packages"], [5, 1]],
        [["Description (Chinese)", "Packages"], *[["胶水", 1]] * 5],
        [["Gross weight (kg)", "Packages"], *[[5, 1]] * 5, [25, 5], [25, 5]],
    ],
    ids=["full", "here and there", "the first only", "a second text", "a sum below"],
)
def test_an_empty_column_within_a_table_makes_no_two_of_it(read, book, right):
    lines, _, inputs = read(book({"A": _beside([GOODS, *LEFT], right)}))
    assert (lines.height, len(inputs[0].sheets)) == (5, 1)
    assert lines["packages"].to_list() == [row[-1] for row in [*right[1:6], *[[None]] * (6 - len(right))]]


def test_the_foot_below_a_part_of_a_table_is_no_line_beside_which_the_other_part_ends(read, book):
    """As packing lists of a British wholesaler have it."""
    rows = [["#", "Product Code", "Description", None, "Packages", "Gross weight (kg)", "Commodity Code"]]
    rows += [[number, 3000 + number, "mash", None, 2, 25, "1901909100"] for number in (1, 2, 3)]
    rows += [[f"TOTAL {what}", None, 1667] for what in ("PACKAGES", "GROSS WEIGHT", "NET WEIGHT")]
    lines, _, _ = read(book({"A": rows}))
    assert lines["gross_kg"].to_list() == [25, 25, 25]


def test_the_same_goods_in_two_languages_are_no_two_tables(read, book):
    rows = _beside([GOODS, *LEFT], [["品名", "数量", "净重(千克)"], *[[f"货物{row[2]}", row[2], row[3]] for row in LEFT]])
    lines, _, inputs = read(book({"A": rows}))
    assert (lines.height, len(inputs[0].sheets)) == (5, 1)
    assert lines["net_kg"].to_list() == [2, 2, 2, 4, 4]
    assert "货物1" in lines["declaration_elements"][0]


ROW = st.tuples(
    st.sampled_from(["glue", "ink", "cork"]), st.sampled_from(["3506100000", "3215110000"]), st.integers(1, 9), st.integers(1, 9)
)
TABLE = st.lists(ROW, min_size=1, max_size=6)


@given(left=TABLE, right=TABLE, gap=st.integers(0, 3))
def test_two_tables_beside_each_other_are_read_as_they_are_alone(words, left, right, gap, tmp_path_factory):
    def lines(rows):
        path = tmp_path_factory.mktemp("beside") / "table.csv"
        text = "".join(",".join("" if cell is None else str(cell) for cell in row) + "\n" for row in rows)
        path.write_text(text, encoding="utf-8")
        chunks = list(read_manifest(path, words).chunks())
        return [row for chunk in chunks for row in chunk.lines.select("description", "hs_code", "quantity", "net_kg").rows()]

    assume([row[1:] for row in left] != [row[1:] for row in right] or len({row[1:] for row in left}) == 1)
    tables = [[GOODS, *map(list, table)] for table in (left, right)]
    assert lines(_beside(*tables, gap)) == lines(tables[0]) + lines(tables[1])
