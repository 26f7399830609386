"""What stands once above the table holds for all of its lines."""

from __future__ import annotations

HEADER = ["Item No", "Description", "HS Code", "Net weight (kg)"]
LINE = ["1", "glue", "3506", "3"]


def _first(read, book, rows, **options):
    lines, _, inputs = read(book({"A": rows}), **options)
    return lines.row(0, named=True), inputs[0].sheets[0]


def test_labels_with_a_colon(read, book):
    rows = [
        ["COMMERCIAL INVOICE"],
        ["Shipper: Ningbo Example Co., Ltd"],
        ["买方/Consignee：", "", "ACME GmbH"],
        ["目的国：", "德国"],
        ["Terms of delivery:", "FOB Ningbo", "Vessel:", "EVER EXAMPLE"],
        ["Invoice date:", "2026-03-01"],
        HEADER,
        LINE,
    ]
    line, sheet = _first(read, book, rows)
    assert line["shipper_name"] == "Ningbo Example Co., Ltd"
    assert line["consignee_name"] == "ACME GmbH"
    assert line["destination_country"] == "DE"
    assert (line["incoterm"], line["vessel_name"]) == ("FOB Ningbo", "EVER EXAMPLE")
    assert line["declaration_date"] is None
    assert "shipper_name of every line is 'Ningbo Example Co., Ltd', from 'Shipper' above the table (row 2)" in sheet.notes
    assert sheet.skipped == {"title": 6, "header": 1}


def test_labels_over_their_values(read, book):
    rows = [
        ["Consignee", "", "Mode of transport"],
        ["ACME GmbH\nStreet 1\n10115 Berlin", "", "Road"],
        [],
        HEADER,
        LINE,
    ]
    line, _ = _first(read, book, rows)
    assert line["consignee_name"] == "ACME GmbH"
    assert line["consignee_address"] == "Street 1, 10115 Berlin"
    assert line["transport_mode"] == "road"


def test_the_tables_own_column_is_left_alone(read, book):
    rows = [["Consignee:", "ACME"], [*HEADER, "Consignee"], [*LINE, None], [*LINE, "Other Ltd"]]
    lines, _, _ = read(book({"A": rows}))
    assert lines["consignee_name"].to_list() == [None, "Other Ltd"]


def test_a_label_comes_before_a_default(read, book):
    rows = [["Country of origin:", "Vietnam"], HEADER, LINE]
    assert _first(read, book, rows, defaults={"origin_country": "CN"})[0]["origin_country"] == "VN"


def test_an_empty_or_foreign_value_is_no_value(read, book):
    rows = [["Consignee:", "", "Shipper:"], ["Country of origin:", "Atlantis"], ["Notify:", "N/A"], HEADER, LINE]
    line, sheet = _first(read, book, rows)
    assert line["consignee_name"] is line["shipper_name"] is line["notify_name"] is line["origin_country"] is None
    assert any("'Atlantis', which was not understood" in note for note in sheet.notes)


def test_a_row_is_no_line_because_of_what_stands_above(read, book):
    rows = [["Consignee:", "ACME"], HEADER, LINE, ["Total", None, None, 3], ["Signature"], [None, None, None, 17]]
    lines, rejects, inputs = read(book({"A": rows}), defaults={"shipper_name": "Us"})
    assert lines["row"].to_list() == [3]
    assert rejects["row"].to_list() == [6]
    assert inputs[0].sheets[0].skipped == {"title": 2, "header": 1, "totals": 1}


def test_weights_and_goods_above_the_table_are_no_lines(read, book):
    rows = [["Net weight:", "900"], ["Description:", "various"], HEADER, LINE]
    assert _first(read, book, rows)[0]["net_kg"] == 3
