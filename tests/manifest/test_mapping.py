"""Which header fills which column, and what happens where several could."""

from __future__ import annotations

import pytest

from screening.errors import ManifestError, UsageError
from screening.manifest import SheetMapping, describe_columns


def _sheet(read, rows, **options):
    lines, _, inputs = read(rows, **options)
    return lines, inputs[0].sheets[0]


def _mapped(read, header_cells, **options):
    """Reads one line of header to cell."""
    return _sheet(read, [dict(header_cells)], **options)


def test_two_headers_never_fill_one_column_silently(read):
    lines, sheet = _mapped(read, {"Description": "glue", "FOB Value": "7", "Invoice Value": "5", "CIF Value": "9"})
    assert lines["value"].to_list() == [5]
    assert list(sheet.columns.values()).count("value") == 1
    assert "value is read from 'Invoice Value'; 'FOB Value' was left" in sheet.notes
    assert lines["extra.FOB Value"].to_list() == ["7"]


def test_an_empty_column_gives_way_to_a_filled_one(read):
    lines, sheet = _sheet(read, [{"Description": "glue", "Net weight": None, "Net Mass": "4"}])
    assert lines["net_kg"].to_list() == [4]
    assert sheet.columns["Net Mass"] == "net_kg"


def test_an_importer_is_the_consignee_unless_there_is_one(read):
    _, alone = _mapped(read, {"Description": "glue", "Importer": "A"})
    lines, beside = _mapped(read, {"Description": "glue", "Importer": "A", "Consignee": "B"})
    assert alone.columns["Importer"] == "consignee_name"
    assert (lines["consignee_name"].item(), lines["buyer_name"].item()) == ("B", "A")
    assert beside.columns["Importer"] == "buyer_name"


def test_a_party_without_a_place_is_shown_as_unsure(read):
    _, sheet = _mapped(read, {"Description": "glue", "Shipper": "A", "Exporter": "B"})
    assert sheet.columns["Shipper"] == "shipper_name"
    assert "map this column to another party" in sheet.unsure["Exporter"]


def test_further_descriptions_join_the_declaration_elements(read):
    lines, sheet = _mapped(read, {"中文品名": "磁铁", "英文品名": "magnet", "材质": "NdFeB", "用途": "", "数量": "3"})
    assert lines["description"].item() == "磁铁"
    assert lines["declaration_elements"].item() == "英文品名: magnet; 材质: NdFeB"
    assert any("英文品名" in note for note in sheet.notes)


@pytest.mark.parametrize(
    ("values", "column"),
    [
        (["3214900000", "0101210010"], "hs_code"),
        (["8505.11", "3214.90.00"], "hs_code"),
        (["AB-12", "CD-77"], "product_code"),
        (["1234", "5678"], None),
    ],
)
def test_a_code_is_what_its_values_say(read, values, column):
    _, sheet = _sheet(read, [{"Description": "glue", "Code": value} for value in values])
    assert sheet.columns.get("Code") == column
    assert ("Code" in sheet.unsure) == (column is None)


def test_item_is_a_number_or_a_description(read):
    _, numbered = _sheet(read, [{"Item": "1", "HS code": "3506"}, {"Item": "2", "HS code": "3506"}])
    _, named = _sheet(read, [{"Item": "tile adhesive", "HS code": "3506"}])
    assert numbered.columns["Item"] == "line_no"
    assert named.columns["Item"] == "description"


@pytest.mark.parametrize("header", ["Country", "COUNTRY_OF_SHIPMENT_OR_DESTINATION", "PORT"])
def test_what_values_cannot_tell_stays_unmapped_and_is_shown(read, header):
    lines, sheet = _mapped(read, {"Description": "glue", header: "Singapore"})
    assert header not in sheet.columns
    assert "could be" in sheet.unsure[header]
    assert lines[f"extra.{header}"].to_list() == ["Singapore"]


@pytest.mark.parametrize("header", ["Weight (kg)", "Trading country", "Address"])
def test_what_the_header_leaves_open_is_shown(read, header):
    _, sheet = _mapped(read, {"Description": "glue", header: "3"})
    assert header in sheet.unsure


def test_a_header_that_its_values_contradict_is_not_believed(read):
    _, sheet = _mapped(read, {"Description": "glue", "Quantity": "KG", "Unit": "3"})
    assert sheet.unsure.keys() == {"Quantity", "Unit"}


def test_a_price_is_a_value_only_without_a_quantity(read):
    _, alone = _mapped(read, {"Description": "glue", "Item Price": "3"})
    _, beside = _mapped(read, {"Description": "glue", "Item Price": "3", "Quantity": "2"})
    assert alone.columns["Item Price"] == "value"
    assert "Item Price" in beside.unsure


def test_an_amount_in_dollars_beside_another_currency_is_kept(read):
    lines, sheet = _mapped(read, {"Description": "glue", "TOTAL_VALUE_FC": "700", "CURRENCY": "CNY", "TOTAL_VALUE_USD": "100"})
    assert (lines["value"].item(), lines["currency"].item(), lines["value_usd"].item()) == (700, "CNY", 100)
    assert sheet.columns["TOTAL_VALUE_USD"] == "value_usd"


def test_the_header_names_the_currency(read):
    lines, _ = _mapped(read, {"Description": "glue", "Total value (EUR)": "7"})
    assert (lines["value"].item(), lines["currency"].item()) == (7, "EUR")


def test_the_cell_names_the_currency(read):
    lines, _ = _sheet(read, [{"description": "glue", "value": text} for text in ("USD 1,200.00", "$12", "€ 5", "7", "3 apples")])
    assert lines["value"].to_list() == [1200, 12, 5, 7, None]
    assert lines["currency"].to_list() == ["USD", "USD", "EUR", None, None]


def test_the_currency_of_the_amount_comes_before_the_column_of_currencies(read):
    rows = [
        {"Currency": "CNY", "Description": "glue", "Value (USD)": "7"},
        {"Currency": "CNY", "Description": "glue", "Value (USD)": "€ 5"},
    ]
    lines, _ = _sheet(read, rows)
    assert lines["currency"].to_list() == ["USD", "EUR"]
    beside, _ = _sheet(
        read,
        [{"Value": "$ 7", "Currency": None, "Description": "glue"}, {"Value": "8", "Currency": "EUR", "Description": "nail"}],
    )
    assert beside["currency"].to_list() == ["USD", "EUR"]


def test_a_header_that_is_a_unit_names_its_unit(read):
    _, sheet = _mapped(read, {"Description": "glue", "CBM": "3"})
    assert sheet.notes == []


def test_the_cells_unit_comes_before_the_column_of_units_before_the_header(read):
    rows = [
        {"Description": "a", "Net weight (g)": "500", "Weight unit": None},
        {"Description": "b", "Net weight (g)": "500", "Weight unit": "lb"},
        {"Description": "c", "Net weight (g)": "3.2 t", "Weight unit": "lb"},
        {"Description": "d", "Net weight (g)": "12 bags", "Weight unit": None},
        {"Description": "e", "Net weight (g)": "12", "Weight unit": "parsec"},
    ]
    lines, sheet = _sheet(read, rows)
    assert lines["net_kg"].to_list() == [0.5, pytest.approx(226.796185), 3200, None, None]
    assert lines["raw.net_kg"].to_list() == ["500", "500", "3.2 t", "12 bags", "12"]
    assert any("2 cells were not understood" in note for note in sheet.notes)


def test_a_unit_right_of_a_weight_is_its_unit(read):
    lines, sheet = _mapped(read, {"Description": "glue", "Quantity": "5", "Unit": "PCS", "Gross weight": "2", "UNIT": "LBS"})
    assert lines["quantity_unit"].item() == "PCS"
    assert lines["gross_kg"].item() == pytest.approx(0.90718474)
    assert sheet.columns["UNIT"] == "gross_kg.unit"


def test_a_weight_without_unit_is_noted(read):
    _, sheet = _mapped(read, {"Description": "glue", "Gross weight": "2"})
    assert "gross_kg: 'Gross weight' names no unit; read as kilograms" in sheet.notes


def test_units_beside_quantity_and_packages(read):
    lines, _ = _mapped(read, {"Description": "glue", "Quantity": "100 PCS", "Packages": "20 CTNS"})
    assert (lines["quantity"].item(), lines["quantity_unit"].item()) == (100, "PCS")
    assert (lines["packages"].item(), lines["package_type"].item()) == (20, "carton")


def test_decimal_commas_of_one_column_speak_for_the_sheet(read):
    lines, _ = _sheet(read, [{"Description": "glue", "Net weight": "1.234", "Value": "12,50"}])
    assert (lines["net_kg"].item(), lines["value"].item()) == (1234, 12.5)


def test_dates_that_read_two_ways_stay_empty_and_are_shown(read):
    rows = [{"Description": "glue", "Ship date": "03/04/2026"}, {"Description": "glue", "Ship date": "2026-05-06"}]
    lines, sheet = _sheet(read, rows)
    assert [str(day) if day else None for day in lines["ship_date"]] == [None, "2026-05-06"]
    assert "in two ways" in sheet.unsure["Ship date"]
    decided, sheet = _sheet(read, [*rows, {"Description": "glue", "Ship date": "25/04/2026"}])
    assert [str(day) for day in decided["ship_date"]] == ["2026-04-03", "2026-05-06", "2026-04-25"]
    assert sheet.unsure == {}


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("8505.11.10", "85051110"),
        ("8505 11 10 00", "8505111000"),
        ("8505111000.0", "8505111000"),
        ("0101.21", "010121"),
        ("010121", "010121"),
        ("8505.1", "850510"),
        ("7303 - Tubes, pipes", "7303"),
        ("HS 3506.91", "350691"),
        ("ｎ/ａ", None),
        ("glue", None),
        ("12", None),
    ],
)
def test_hs_codes(read, given, code):
    lines, _ = _mapped(read, {"Description": "glue", "HS code": given})
    assert lines["hs_code"].item() == code
    assert lines["raw.hs_code"].item() == given


def test_a_lost_leading_zero_is_given_back_where_the_column_tells(read):
    def codes(*texts):
        return _sheet(read, [{"Description": "glue", "HS code": text} for text in texts])[0]["hs_code"].to_list()

    assert codes("101210010", "8505111000") == ["0101210010", "8505111000"]
    assert codes("101210010", "0202100000", "8505111000") == ["101210010", "0202100000", "8505111000"]
    assert codes("101210010") == ["0101210010"]  # there is no heading 10.12
    assert codes("850511000") == ["850511000"]  # nine digits as in Japan; there is no heading 08.50
    assert codes("9011100") == [None]  # microscopes of 90.11, or coffee of 09.01
    assert codes("9011100", "85051110") == ["09011100", "85051110"]


@pytest.mark.parametrize(("text", "said"), [("1012100", True), ("HS 01012100", False), ("28469019", False)])
def test_a_zero_that_was_given_back_is_told(read, text, said):
    _, sheet = _sheet(read, [{"Description": "glue", "HS code": text}])
    assert any("leading zero" in note for note in sheet.notes) == said


def test_placeholders_are_empty_cells(read):
    lines, sheet = _mapped(read, {"Description": "glue", "Licence No.": "applied", "Net weight": "N/A", "Consignee": "-"})
    assert lines["licence_no"].item() is None
    assert lines["raw.licence_no"].item() == "applied"
    assert lines["consignee_name"].item() is None
    assert not any("not understood" in note for note in sheet.notes)


def test_defaults_fill_empty_cells_only(read):
    rows = [{"description": "glue", "export_country": "VN"}, {"description": "glue", "export_country": None}]
    lines, _ = _sheet(read, rows, defaults={"export_country": "China", "net_kg": "5 t", "ship_date": "2026-03-01"})
    assert lines["export_country"].to_list() == ["VN", "CN"]
    assert lines["net_kg"].to_list() == [5000, 5000]
    assert str(lines["ship_date"][0]) == "2026-03-01"
    with pytest.raises(UsageError, match="'colour'"):
        read(rows, defaults={"colour": "red"})
    with pytest.raises(UsageError, match="'Atlantis'"):
        read(rows, defaults={"export_country": "Atlantis"})


def test_a_persons_mapping_comes_first(read):
    given = {("*", "*"): SheetMapping({"Country": "destination_country", "Weight (kg)": "gross_kg", "Brand": "-"})}
    lines, sheet = _mapped(read, {"Description": "glue", "Country": "Iran", "Weight (kg)": "3", "Brand": "x"}, mappings=given)
    assert lines["destination_country"].item() == "IR"
    assert lines["gross_kg"].item() == 3
    assert lines["extra.Brand"].item() == "x"
    assert sheet.unsure == {}


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"Description": "nonsense"}, "no column of a manifest"),
        ({"Description": "remarks", "Brand": "remarks"}, "keep one of them"),
    ],
)
def test_a_mapping_that_makes_no_sense(read, columns, said):
    with pytest.raises(UsageError, match=said):
        _mapped(read, {"Description": "glue", "Brand": "x"}, mappings={("*", "*"): SheetMapping(columns)})


def test_repeated_and_missing_headers_keep_their_cells(read, csv):
    lines, _, _ = read(csv("Description,HS code,Colour,Colour,\nglue,3506,red,blue,loose\n"))
    assert lines.row(0, named=True)["extra.Colour"] == "red"
    assert lines.row(0, named=True)["extra.Colour (2)"] == "blue"


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Qauntity", "quantity"),
        ("Gross Wieght (kg)", "gross_kg"),
        ("Discription of goods", "declaration_elements"),  # beside a description
        ("Shipped", None),
        ("Carbon", None),
        ("Import", None),
    ],
)
def test_a_slip_in_a_header_is_seen_and_another_word_is_no_slip(read, header, column):
    _, sheet = _mapped(read, {"Description": "glue", header: "3"})
    assert sheet.columns.get(header) == column
    assert any("a slip" in note for note in sheet.notes) == (column is not None)


@pytest.mark.parametrize(
    ("header", "values", "said"),
    [
        ("Consignee", ["10023", "10024"], "numbers"),
        ("End_Use", ["12060", "11120"], "numbers"),
        ("Goods", ["1", "2"], "numbers"),
        ("HS code", ["see list", "as agreed"], "no codes"),
        ("Origin", ["Shanghai", "Ningbo"], "ports"),
        ("Destination", ["Lane 3", "Lane 4"], "no countries"),
        ("Invoice value", ["as agreed", "see invoice"], "no numbers"),
        ("Unit", ["30", "60"], "numbers"),
    ],
)
def test_values_that_contradict_their_header_leave_it_unread(read, header, values, said):
    _, sheet = _sheet(read, [{"Description": "glue", "Marks": "x", header: value} for value in values])
    assert header not in sheet.columns
    assert said in sheet.unsure[header]


def test_placeholders_contradict_nothing(read):
    _, sheet = _sheet(read, [{"Description": "glue", "Origin": value} for value in ("N/A", "unknown", "CN")])
    assert sheet.columns["Origin"] == "origin_country"


@pytest.mark.parametrize(
    ("values", "column"),
    [
        (["304836", "239485", "205423", "197062"], None),  # article numbers: no heading 30.48, 23.94, 20.54, 19.70
        (["1012100", "8505110090"], "hs_code"),
        (["850511", "280461", "010121"], "hs_code"),
        (["1", "2", "3"], None),
    ],
)
def test_a_column_of_codes_lies_in_headings_that_exist(read, values, column):
    _, sheet = _sheet(read, [{"Description": "glue", "Code": value} for value in values])
    assert sheet.columns.get("Code") == column


def _rows(**columns):
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def test_quantity_times_price_tells_the_value_from_the_unit_price(read):
    rows = _rows(Description=["a", "b", "c"], Qty=["10", "20", "3"], Value=["2.5", "4", "7"], Total=["25", "80", "21"])
    lines, sheet = _sheet(read, rows)
    assert lines["value"].to_list() == [25, 80, 21]
    assert sheet.columns["Total"] == "value"
    assert "Value" not in sheet.columns


def test_a_price_that_is_a_product_is_the_value(read):
    rows = _rows(Description=["a", "b"], Qty=["10", "20"], **{"Unit Price": ["2.5", "4"], "Price": ["25", "80"]})
    assert _sheet(read, rows)[0]["value"].to_list() == [25, 80]


def test_numbers_that_do_not_multiply_change_nothing(read):
    rows = _rows(Description=["a", "b"], Qty=["10", "20"], Value=["2.5", "4"], Total=["26", "90"])
    assert len(set(_sheet(read, rows)[1].columns.values()) & {"value"}) == 1
    assert "Unit Price" not in _sheet(read, rows)[1].columns


def test_an_invoice_total_on_every_line_is_no_value_of_a_line(read):
    rows = _rows(Description=["a", "b"], **{"Line Value": ["25", "80"], "Invoice Value": ["105", "105"]})
    lines, sheet = _sheet(read, rows)
    assert lines["value"].to_list() == [25, 80]
    assert "Invoice Value" not in sheet.columns


@pytest.mark.parametrize(
    ("beside", "weights", "column"),
    [
        ("Net weight", ["11", "22"], "gross_kg"),
        ("Gross weight", ["9", "18"], "net_kg"),
        ("Net weight", ["9", "22"], None),
        ("Net weight", ["1100", "2200"], None),
        ("Net weight", ["10", "20"], None),
    ],
)
def test_a_weight_is_gross_or_net_by_what_stands_beside_it(read, beside, weights, column):
    rows = _rows(Description=["a", "b"], **{beside: ["10", "20"], "Weight": weights})
    _, sheet = _sheet(read, rows)
    assert sheet.columns.get("Weight") == column
    assert ("Weight" in sheet.unsure) == (column is None)


def test_statistics_and_lists_of_codes_are_no_manifest(read, csv):
    table = "Commodity,Country,Statistic,Year,Value\nCopper,Chile,Production,2024,5300\nTin,Peru,Production,2024,30\n"
    with pytest.raises(ManifestError, match="looks like statistics"):
        read(csv(table))
    lines, _, _ = read(csv(table.replace("Statistic,", "Consignee,")))
    assert lines.height == 2
    mapping = {("*", "*"): SheetMapping({"Commodity": "description"})}
    assert read(csv(table), mappings=mapping)[0].height == 2


@pytest.mark.parametrize(
    ("headers", "statistics"),
    [
        (["Value 2024", "Value 2025"], True),
        (["2024 value", "2025 value"], True),
        (["E2016", "E2017"], True),
        (["2024年货值", "2025年货值"], True),
        (["2023/24", "2024/25"], True),
        (["PROD_2023", "PROD_EST_ 2024"], True),
        (["Type x2025", "Remarks 2024"], False),
        (["column x1900", "column x1901"], False),
        (["x1999", "x2000", "x2100"], False),
        (["Order 2026001999", "Order 2026002000"], False),
        (["2025 value", "2025 value"], False),
    ],
)
def test_columns_of_several_years_are_statistics_and_numbered_ones_are_not(words, csv, headers, statistics):
    path = csv(",".join(["Description", "HS code", *headers]) + "\nglue,3506,1,2,3\nink,3215,1,2,3\n")
    assert describe_columns(path, words)[0].read is not statistics


def test_the_foot_of_a_document_is_no_line_and_goods_below_a_sum_are(read, csv):
    foot = "Place of issue,2026-03-01,,\nSigned,Jane Doe,,\n,We declare that all of this is true,,\n,more glue,,\n"
    lines, _, inputs = read(csv(f"#,Description,Packages,Net weight\n1,glue,2,10\n,Total,2,10\n{foot}"))
    assert lines["description"].to_list() == ["glue", "more glue"]
    assert inputs[0].sheets[0].skipped == {"header": 1, "totals": 1, "title": 3}


def test_the_title_of_a_page_stands_between_totals_and_headers(read, csv):
    page = "Description,Packages,Net weight\n{0},2,10\nTotal,2,10\n"
    lines, _, inputs = read(csv(page.format("glue") + "\nPACKING LIST 7\n" + page.format("paint")))
    assert lines["description"].to_list() == ["glue", "paint"]
    assert inputs[0].sheets[0].skipped == {"header": 2, "totals": 2, "title": 1, "blank": 1}


def test_net_and_gross_beside_a_tax_may_be_amounts(read):
    _, taxed = _mapped(read, {"Description": "glue", "Net": "10", "VAT": "2", "Gross": "12"})
    _, weighed = _mapped(read, {"Description": "glue", "Net": "10", "Gross": "12"})
    _, sure = _mapped(read, {"Description": "glue", "Net kg": "10", "VAT": "2", "Gross weight": "12"})
    assert taxed.columns == {"Description": "description"}
    assert taxed.unsure.keys() == {"Net", "Gross"}
    assert list(weighed.columns.values()) == list(sure.columns.values()) == ["description", "net_kg", "gross_kg"]


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Weight Net", "net_kg"),
        ("Weight (gross)", "gross_kg"),
        ("Tot. Nett Wt (kgs)", "net_kg"),
        ("Commodity/Tariff Code", "hs_code"),
        ("Total number of packages", "packages"),
        ("Net/Gross weight", None),
        ("Unit Weight", None),
        ("Weight/Unit", None),
        ("Insurance Company", None),
    ],
)
def test_words_of_a_header_may_be_short_or_stand_otherwise(read, header, column):
    _, sheet = _sheet(read, [{"Description": "glue", header: value} for value in ("85051110", "32149000")])
    assert sheet.columns.get(header) == column


@pytest.mark.parametrize(("header", "column"), [("Cnee Name", "consignee_name"), ("Ctry of Orig", "origin_country")])
def test_abbreviations_are_spelled_out(read, header, column):
    _, sheet = _mapped(read, {"Description": "glue", header: "China"})
    assert sheet.columns[header] == column


@pytest.mark.parametrize(
    ("values", "column"), [(["100234", "100235"], "product_code"), (["SS304", "NdFeB N42SH"], "declaration_elements")]
)
def test_material_is_a_number_or_what_it_is_made_of(read, values, column):
    _, sheet = _sheet(read, [{"Description": "glue", "Material": value} for value in values])
    assert sheet.columns["Material"] == column


@pytest.mark.parametrize("text", ["10-20", "10 – 20", "1/2", "10+5", "> 500", "10 ~ 12 kg"])
def test_what_is_more_than_one_number_is_none(read, text):
    rows = [{"Description": "glue", "Qty": text, "Net weight (kg)": text, "Value": text}, {"Description": "ink", "Qty": "3"}]
    lines, sheet = _sheet(read, rows)
    assert lines["quantity"].to_list() == [None, 3]
    assert lines["net_kg"].to_list() == lines["value"].to_list() == [None, None]
    assert any(note.startswith("quantity: 1 cell was not understood") for note in sheet.notes)


CARTONS = [
    {"Description": "flowers", "CTNS": "10", "QTY": "144", "G.W.": "12", "CBM": "0.135"},
    {"Description": "hair clips", "CTNS": "20", "QTY": "600", "G.W.": "15.3", "CBM": "0.06"},
    {"Description": "key rings", "CTNS": "5", "QTY": "1200", "G.W.": "18", "CBM": "0.0361"},
]
OF_ALL = {"QTY": ["1440", "12000", "6000"], "G.W.": ["120", "306", "90"], "CBM": ["1.35", "1.2", "0.18"]}


def _cartons(lines=CARTONS):
    return [{**line, **{f"TOTAL {name}": values[number] for name, values in OF_ALL.items()}} for number, line in enumerate(lines)]


def test_what_is_told_of_one_carton_is_not_taken_for_the_line(read):
    lines, sheet = _sheet(read, _cartons())
    assert lines.select("quantity", "gross_kg", "volume_m3").rows() == [(1440, 120, 1.35), (12000, 306, 1.2), (6000, 90, 0.18)]
    assert "gross_kg is read from 'TOTAL G.W.', because 'G.W.' is that of one package" in sheet.notes


def test_one_row_proves_it_where_the_header_names_the_other(read):
    lines, _ = _sheet(read, _cartons()[:1])
    assert lines["gross_kg"].item() == 120
    lines, _ = _mapped(read, {"Description": "clips", "CTNS": "20", "G.W.": "15", "Gross mass": "300"})
    assert lines["gross_kg"].item() == 15


def test_a_total_that_is_no_product_changes_nothing(read):
    rows = [{**line, "TOTAL G.W.": "45"} for line in CARTONS]
    lines, sheet = _sheet(read, rows)
    assert lines["gross_kg"].to_list() == [12, 15.3, 18]
    assert "TOTAL G.W." not in sheet.columns


def test_a_route_that_names_no_country_is_a_number_of_the_forwarder(read):
    lines, sheet = _sheet(read, [{"Description": "glue", "Route": f"R0001{digit}"} for digit in "234"])
    assert sheet.unsure["Route"] == "its header says transit_countries, and its values are no countries"
    assert lines["transit_countries"].null_count() == 3
    lines, _ = _sheet(read, [{"Description": "glue", "Route": "CN-SG-NL"}, {"Description": "tape", "Route": "direct"}])
    assert lines["transit_countries"].to_list() == [["CN", "SG", "NL"], None]


def test_ports_under_destination_are_ports(read):
    rows = [{"Description": "glue", "Origin": "CNSHA", "Destination": "AUSYD"}]
    rows += [{"Description": "tape", "Origin": "CNNGB", "Destination": "NZAKL"}]
    _, sheet = _sheet(read, rows)
    assert sheet.columns == {"Description": "description", "Origin": "loading_port", "Destination": "discharge_port"}
    # beside countries of destination, ports of origin may be where the goods were made
    _, sheet = _sheet(read, [{**row, "Destination": country} for row, country in zip(rows, ("AU", "NZ"), strict=True)])
    assert "Origin" in sheet.unsure


@pytest.mark.parametrize("header", ["33. Commodity Code", "Box 33: Commodity Code", "33) Commodity code"])
def test_headers_carry_the_number_of_their_box(read, header):
    _, sheet = _mapped(read, {"31. Packages and description of goods": "glue", header: "35069190"})
    assert sheet.columns[header] == "hs_code"


def test_units_are_how_many_or_of_what(read):
    assert _mapped(read, {"Description": "glue", "Units": "12"})[1].columns["Units"] == "quantity"
    assert _mapped(read, {"Description": "glue", "Quantity": "12", "Units": "PCS"})[1].columns["Units"] == "quantity_unit"
