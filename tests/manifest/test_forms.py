"""Rows of forms and lists that are no goods, and what they say of the goods below them."""

from __future__ import annotations

import pytest

HEAD = ["Description of goods", "HS Code", "Quantity", "Net Weight", "Gross Weight", "Amount"]
ROWS = [["bolts", "73181588", "10", "220.46", "231.5", "50"], ["nuts", "73181692", "10", "22", "23", "5"]]
POUND = 0.45359237


def _read(read, book, rows):
    lines, rejects, inputs = read(book({"A": rows}))
    return lines, rejects, inputs[0].sheets[0]


@pytest.mark.parametrize(
    "row",
    [
        [1, 2, 3, 4, 5, 6],
        ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
        ["mandatory", "Mandatory", "optional", "optional", "optional", "text(35)"],
        ["必填", "必填", "选填", "选填", "选填", "必填"],
    ],
    ids=lambda row: row[0],
)
def test_a_row_that_counts_the_columns_or_says_which_to_fill_is_no_line(read, book, row):
    lines, rejects, sheet = _read(read, book, [HEAD, row, *ROWS])
    assert lines["description"].to_list() == ["bolts", "nuts"]
    assert not rejects.height
    assert (sheet.skipped, sheet.header_row) == ({"header": 2}, 2)


def test_goods_that_are_called_like_packages_are_no_row_of_units(read, book):
    lines, _, _ = _read(read, book, [["Description", "Package type", "Unit"], ["bottles", "box", "kg"], ["bags", "pallet", "kg"]])
    assert lines["description"].to_list() == ["bottles", "bags"]


@pytest.mark.parametrize(
    "head",
    [
        [HEAD, [None, None, "(PCS)", "(LBS)", "(LBS)", "(USD)"]],
        [[*HEAD[:3], "Weight (LBS)", None, "Amount"], [None, None, None, "Net", "Gross", "USD"]],
        [[None, None, None, "Weight in lbs", None, "USD"], [*HEAD[:3], "Net", "Gross", "Amount"]],
        [["ALL WEIGHTS IN LBS"], HEAD],
        [["Weight unit:", "LB"], ["Currency:", "USD"], HEAD],
        [["Weight unit: lbs"], HEAD],
        [[*HEAD[:3], "Net Weight (LBS)", "Gross Weight (LBS)", "Amount"]],
    ],
    ids=str,
)
def test_a_unit_that_stands_elsewhere_is_that_of_the_masses(read, book, head):
    lines, rejects, _ = _read(read, book, [*head, *ROWS])
    assert not rejects.height
    assert lines["net_kg"].to_list() == pytest.approx([220.46 * POUND, 22 * POUND])
    assert lines["gross_kg"].to_list() == pytest.approx([231.5 * POUND, 23 * POUND])


@pytest.mark.parametrize("above", [["TOTAL WEIGHT 220 LBS"], ["Weights in LBS or KG"], ["Lot of lbs"], ["Weight: as agreed"]])
def test_what_names_no_unit_for_all_weights_changes_none(read, book, above):
    lines, _, sheet = _read(read, book, [above, HEAD, *ROWS])
    assert lines["net_kg"].to_list() == [220.46, 22]
    assert "net_kg: 'Net Weight' names no unit; read as kilograms" in sheet.notes


def test_a_header_may_count_in_thousands_of_kilograms(read, book):
    lines, _, _ = _read(read, book, [["Description", "Net weight (1000 kg)"], ["ore", 25.5], ["ore", 24.9]])
    assert lines["net_kg"].to_list() == [25500, 24900]


@pytest.mark.parametrize(
    "total", [[None, "TOTAL", 20, 242.46, 254.5, 55], ["TOTAL:", "TOTAL", 20, 242.46], [None, "Sub-total", "20"]]
)
def test_totals_may_stand_under_the_code(read, book, total):
    lines, _, sheet = _read(read, book, [HEAD, *ROWS, total])
    assert lines.height == 2
    assert sheet.skipped["totals"] == 1


def test_labels_and_sums_in_words_below_the_totals_are_no_goods_and_goods_and_parties_there_are(read, book):
    total = ["TOTAL:", None, 20, 242.46, 254.5, 55]
    foot = [
        "SAY TOTAL TWO CARTONS ONLY",
        "TOTAL PACKED IN 35 CTNS, 1200 KGS",
        "Packing: export standard",
        "Country of origin: China",
    ]
    more = ["Product: magnets", "Consignee: ACME"]
    lines, _, sheet = _read(read, book, [HEAD, *ROWS, total, *([text] for text in [*foot, *more])])
    assert lines["description"].to_list() == ["bolts", "nuts", *more]
    assert sheet.skipped == {"header": 1, "totals": 2, "title": 3}


@pytest.mark.parametrize("header", ["N.W./G.W. (KG)", "净重/毛重(KG)", "Gross/Net Weight", "Origin/Destination"])
def test_a_header_of_two_things_is_neither(read, header):
    _, _, inputs = read([{"Description": "bolts", "Quantity": "5", header: "12.5/13.1"}])
    assert header not in inputs[0].sheets[0].columns


SAP = [
    ["Pos.", "Bezeichnung", "Liefermenge", "Nettogewicht", "Bruttogewicht (KG)"],
    ["10", "Schraube", "1.000", "21,500", "1.022,000"],
    ["20", "Mutter", "2.000", "8,400", "8,600"],
]


def test_headers_tell_what_a_comma_parts_where_no_number_does(read, csv):
    text = [row[:4] for row in SAP]
    lines, _, inputs = read(csv("\n".join(";".join(row) for row in text)))
    assert lines.select("quantity", "net_kg").rows() == [(1000, 21.5), (2000, 8.4)]
    assert any("comma before the decimals" in note for note in inputs[0].sheets[0].notes)
    english = [["Item", "Description", "Quantity", "Net weight"], *(row[:4] for row in SAP[1:])]
    lines, _, inputs = read(csv("\n".join(";".join(row) for row in english), "b.csv"))
    assert lines["net_kg"].to_list() == [21500, 8400]


def test_numbers_of_a_workbook_are_no_texts(read, book):
    lines, _, _ = read(book({"A": [SAP[0][:4], ["10", "Schraube", 1000, 21.515], ["20", "Mutter", 2000, 8.123]]}))
    assert lines["net_kg"].to_list() == [21.515, 8.123]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Made in China", "CN"),
        ("MADE IN P.R.C.", "CN"),
        ("Product of the Netherlands", "NL"),
        ("产自中国", "CN"),
        ("Czech", "CZ"),
        ("Republic of Ireland", "IE"),
        ("Made in several", None),
        ("Origin", None),
    ],
)
def test_what_stands_before_the_name_of_a_country(read, text, code):
    lines, _, _ = read([{"Description": "glue", "Country of origin": text}])
    assert lines["origin_country"].item() == code
