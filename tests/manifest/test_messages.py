"""Trade messages: every goods item ends as a line or a reject, with what stands above it, and its place in the file."""

from __future__ import annotations

import datetime as dt
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from screening.cli.columns import columns_text
from screening.errors import ManifestError
from screening.manifest import ReadOptions, describe_columns, mapping_text, read_mapping
from screening.terms import EXTRA, POSITION

WCO = """\
<md:MetaData xmlns:md="urn:wco:datamodel:WCO:DocumentMetaData-DMS:2"><md:WCOTypeName>DEC</md:WCOTypeName>
<Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2">
 <AcceptanceDateTime><DateTimeString formatCode="304">20260301090243+01</DateTimeString></AcceptanceDateTime>
 <FunctionalReferenceID>LRN1</FunctionalReferenceID>
 <TotalGrossMassMeasure>999</TotalGrossMassMeasure>
 <BorderTransportMeans><ModeCode>1</ModeCode></BorderTransportMeans>
 <Declarant><ID>GB000</ID></Declarant>
 <Exporter><ID>GB111</ID></Exporter>
 <GoodsShipment>
  <Consignee><Name>Steppe Tools TOO</Name><Address><CityName>Almaty</CityName><CountryCode>KZ</CountryCode></Address></Consignee>
  <ExportCountry><ID>GB</ID></ExportCountry>
  {items}
  <Importer><Name>Nord Import OOO</Name><ID>RU77</ID></Importer>
  <Seller><Name>Third Hand Ltd</Name></Seller>
  <TradeTerms><ConditionCode>FOB</ConditionCode></TradeTerms>
 </GoodsShipment>
</Declaration></md:MetaData>"""
ITEM = """<GovernmentAgencyGoodsItem><SequenceNumeric>{n}</SequenceNumeric>
  <Commodity><Description>{what}</Description>
   <Classification><ID>{code}</ID><IdentificationTypeCode>TSP</IdentificationTypeCode></Classification>
   <Classification><ID>00</ID><IdentificationTypeCode>TRC</IdentificationTypeCode></Classification>
   <GoodsMeasure><GrossMassMeasure unitCode="KGM">10.125</GrossMassMeasure>
    <NetNetWeightMeasure unitCode="GRM">9500</NetNetWeightMeasure></GoodsMeasure>
   <InvoiceLine><ItemChargeAmount currencyID="EUR">1234.500</ItemChargeAmount></InvoiceLine></Commodity>
  <GovernmentProcedure><CurrentCode>10</CurrentCode><PreviousCode>40</PreviousCode></GovernmentProcedure>
  {more}
  <Packaging><QuantityQuantity>3</QuantityQuantity><TypeCode>CT</TypeCode></Packaging>
  <Packaging><QuantityQuantity>4</QuantityQuantity><TypeCode>CT</TypeCode></Packaging>
 </GovernmentAgencyGoodsItem>"""

EDI = """\
UNA:+,? '
UNB+UNOC:3+A+B+260301:1000+1'
UNH+1+CUSCAR:D:95B:UN'
BGM+85+MAN1+9'
DTM+137:20260301:102'
TDT+20+V12+1+++++9321483:146:11:EVER GIVEN'
CNI+1+BL1'
RFF+BM:BL1'
LOC+9+CNSHA:139'
LOC+11+NLRTM:139'
NAD+CZ++SHANGHAI METALS CO:1 RIVER ROAD:SHANGHAI'
NAD+CN+++BUYER ?+ SONS B.V.+DOCK 5+ROTTERDAM++3011+NL'
{goods}
UNT+{count}+1'
UNZ+1+1'
"""
GOODS = """\
GID+1+20:CT'
FTX+AAA+++Tungsten rods 99,9 ?: 3 x 4 mm don?'t bend'
MEA+AAE+G+KGM:1200,5'
MEA+AAE+AAL+TNE:1,1'
SGP+TCLU1234567'"""


def _wco(*items, name="decl.xml"):
    return WCO.format(items="".join(items))


def _item(n=1, what="Beeswax", code="15219000", more=""):
    return ITEM.format(n=n, what=what, code=code, more=more)


def _edi(goods=GOODS, count=None):
    body = EDI.format(goods=goods, count="{count}")
    return body.format(count=body.count("'\n") - 3 if count is None else count)


# -- what becomes of a message ------------------------------------------------------------------------------------------------


def test_a_declaration_gives_a_line_per_goods_item_with_what_stands_above_it(read, csv):
    lines, rejects, inputs = read(str(csv(_wco(_item(1), _item(2, "Straw bags", "46021910")), "decl.xml")))
    assert rejects.is_empty()
    first, second = lines.to_dicts()
    assert (first["description"], second["description"]) == ("Beeswax", "Straw bags")
    assert (first["hs_code"], second["hs_code"]) == ("15219000", "46021910")
    assert first["net_kg"] == 9.5
    assert first["gross_kg"] == 10.125
    assert (first["value"], first["currency"]) == (1234.5, "EUR")
    assert first["packages"] == 7
    assert first["customs_procedure"] == "1040"
    assert first["declaration_date"] == dt.date(2026, 3, 1)
    assert first["transport_mode"] == "sea"
    assert (first["shipper_id"], first["shipper_name"]) == ("GB111", None)
    assert (first["consignee_name"], first["consignee_country"]) == ("Steppe Tools TOO", "KZ")
    assert first["incoterm"] == "FOB"  # stands behind the goods items
    assert (first["export_country"], first["destination_country"]) == ("GB", None)
    assert first[EXTRA + POSITION] == "GovernmentAgencyGoodsItem 1, line 12 of the file"
    assert [(sheet.name, sheet.lines, sheet.rejects) for sheet in inputs[0].sheets] == [("GovernmentAgencyGoodsItem", 2, 0)]


def test_an_importer_beside_a_consignee_is_the_buyer_and_a_further_party_is_shown(read, csv):
    lines, _, inputs = read(str(csv(_wco(_item()), "decl.xml")))
    assert (lines["buyer_name"][0], lines["buyer_id"][0]) == ("Nord Import OOO", "RU77")
    assert "map this" in inputs[0].sheets[0].unsure["GoodsShipment/Seller/Name"]
    assert lines[EXTRA + "GoodsShipment/Seller/Name"][0] == "Third Hand Ltd"


def test_a_total_is_no_lines_own_value_unless_the_line_stands_alone(read, csv):
    bare = _item().replace('<GrossMassMeasure unitCode="KGM">10.125</GrossMassMeasure>', "")
    alone, _, _ = read(str(csv(_wco(bare), "one.xml")))
    several, _, inputs = read(str(csv(_wco(bare, bare), "two.xml")))
    assert alone["gross_kg"].to_list() == [999]
    assert several["gross_kg"].to_list() == [None, None]
    assert several[EXTRA + "Declaration/TotalGrossMassMeasure"].to_list() == ["999", "999"]
    assert any("Declaration/TotalGrossMassMeasure" in note for note in inputs[0].sheets[0].notes)


def test_numbers_and_codes_are_written_as_the_format_says(read, csv):
    """25.000 alone in a column could be thousands in a spreadsheet; a code of seven digits could have lost its zero."""
    own = _item(code="8505110").replace("10.125", "25.000").replace("1234.500", "12,345")
    lines, _, inputs = read(str(csv(_wco(own, own.replace("8505110", "85051100")), "decl.xml")))
    assert lines["gross_kg"].to_list() == [25, 25]
    assert lines["hs_code"].to_list() == ["8505110", "85051100"]
    assert "gross_kg" not in " ".join(inputs[0].sheets[0].unsure.values())


def test_a_message_of_very_many_items_is_refused_before_memory_ends(read, csv, monkeypatch):
    monkeypatch.setattr("screening.manifest.messages.storeys.MOST_ITEMS", 3)
    assert read(str(csv(_wco(*[_item()] * 3), "three.xml")))[0].height == 3
    with pytest.raises(ManifestError, match="more than 3 goods items in one message"):
        read(str(csv(_wco(*[_item()] * 4), "four.xml")))


def test_a_party_of_the_item_replaces_the_one_above_whole(read, csv):
    own = _item(more="<Consignee><Name>Own Consignee GmbH</Name></Consignee>")
    lines, _, _ = read(str(csv(_wco(own, _item(2)), "decl.xml")))
    assert lines["consignee_name"].to_list() == ["Own Consignee GmbH", "Steppe Tools TOO"]
    assert lines["consignee_country"].to_list() == [None, "KZ"]
    assert lines[EXTRA + "GoodsShipment/Consignee/Name"].to_list() == ["Steppe Tools TOO", None]


def test_an_item_of_which_nothing_can_be_screened_is_a_reject(read, csv):
    """An item is never taken for a blank, title or totals row."""
    nothing = "<GovernmentAgencyGoodsItem><SequenceNumeric>2</SequenceNumeric></GovernmentAgencyGoodsItem>"
    bare = f"<Declaration><GoodsShipment>{nothing}{_item(what='Total')}</GoodsShipment></Declaration>"
    lines, rejects, inputs = read(str(csv(bare, "decl.xml")))
    assert lines["description"].to_list() == ["Total"]
    assert rejects["reason"].to_list() == ["no description, no HS code and no party: nothing to screen"]
    assert inputs[0].sheets[0].skipped == {}


def test_several_declarations_in_one_file_keep_their_own_headers(read, csv):
    first = _wco(_item()).partition("</md:WCOTypeName>")[2].removesuffix("</md:MetaData>")
    both = f"<batch>{first}{first.replace('LRN1', 'LRN2')}</batch>"
    lines, _, _ = read(str(csv(both, "batch.xml")))
    assert lines["document_ref"].to_list() == ["LRN1", "LRN2"]


def test_a_message_without_goods_is_told(read, csv):
    empty = "<Declaration><FunctionalReferenceID>LRN9</FunctionalReferenceID></Declaration>"
    lines, rejects, _ = read(
        str(csv(f"<batch>{empty}<Declaration><GoodsShipment>{_item()}</GoodsShipment></Declaration></batch>", "b.xml"))
    )
    assert lines.height == 1
    assert "holds no GovernmentAgencyGoodsItem" in rejects["reason"][0]


def test_an_air_waybill_is_read_with_lines_in_names_uld_and_customs_notes(read, csv):
    text = """<ns2:Waybill xmlns="iata:datamodel:3" xmlns:ns2="iata:waybill:1">
    <ns2:BusinessHeaderDocument><ID>888-1</ID></ns2:BusinessHeaderDocument>
    <ns2:MasterConsignment><IncludedTareGrossWeightMeasure unitCode="KGM">1042</IncludedTareGrossWeightMeasure>
     <ConsigneeParty><Name>FORWARDER SHANGHAI LTD
     ROOM 123</Name><PostalStructuredAddress><CityName>SHANGHAI</CityName><CountryID>CN</CountryID>
     </PostalStructuredAddress></ConsigneeParty>
     <AssociatedParty><Name>Silent Partner</Name><RoleCode>XX</RoleCode></AssociatedParty>
     <OriginLocation><ID>FRA</ID></OriginLocation><FinalDestinationLocation><ID>PVG</ID></FinalDestinationLocation>
     <IncludedCustomsNote><ContentCode>T</ContentCode><Content>USCI1</Content><SubjectCode>CNE</SubjectCode></IncludedCustomsNote>
     <ApplicableRating>
      <IncludedMasterConsignmentItem><TypeCode>850511</TypeCode><GrossWeightMeasure unitCode="LBR">100</GrossWeightMeasure>
       <GrossVolumeMeasure unitCode="CMQ">2602000</GrossVolumeMeasure><PieceQuantity>3</PieceQuantity>
       <NatureIdentificationTransportCargo><Identification>MAGNETS
SINTERED</Identification></NatureIdentificationTransportCargo>
       <AssociatedUnitLoadTransportEquipment><ID>1337</ID><CharacteristicCode>PMC</CharacteristicCode><OperatingParty><PrimaryID>XX</PrimaryID>
       </OperatingParty></AssociatedUnitLoadTransportEquipment>
       <ApplicableFreightRateServiceCharge><AppliedAmount currencyID="EUR">4626</AppliedAmount>
       </ApplicableFreightRateServiceCharge>
      </IncludedMasterConsignmentItem>
      <IncludedMasterConsignmentItem><TypeCode>730890</TypeCode></IncludedMasterConsignmentItem>
     </ApplicableRating></ns2:MasterConsignment></ns2:Waybill>"""
    lines, _, inputs = read(str(csv(text, "awb.xml")))
    first, second = lines.to_dicts()
    assert (first["master_bill"], first["hs_code"], first["description"]) == ("888-1", "850511", "MAGNETS SINTERED")
    assert first["gross_kg"] == pytest.approx(45.359237)
    assert first["volume_m3"] == pytest.approx(2.602)
    assert first["container_no"] == "PMC1337XX"
    assert (first["consignee_name"], first["consignee_id"]) == ("FORWARDER SHANGHAI LTD", "USCI1")
    assert first["consignee_address"] == "ROOM 123, SHANGHAI"
    assert first["value"] is None  # the freight charge is none
    assert second["gross_kg"] is None  # the total of the consignment is none
    assert "MasterConsignment/AssociatedParty/Name" in inputs[0].sheets[0].unsure


def test_a_ubl_invoice_and_an_iata_waybill_of_the_same_root_are_told_apart(read, csv):
    ubl = """<Waybill xmlns="urn:oasis:names:specification:ubl:schema:xsd:Waybill-2"><ID>W1</ID><Shipment>
      <Consignment><TariffCode>15219000</TariffCode></Consignment><GoodsItem><ID>1</ID><Description>Beeswax</Description>
      <ValueAmount currencyID="USD">1000.00</ValueAmount></GoodsItem></Shipment></Waybill>"""
    lines, _, _ = read(str(csv(ubl, "w.xml")))
    assert lines.select("house_bill", "description", "hs_code", "value", "currency").row(0) == (
        "W1",
        "Beeswax",
        "15219000",
        1000,
        "USD",
    )
    invoice = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"><ID>I7</ID>
      <IssueDate>2026-02-03</IssueDate>
      <AccountingSupplierParty><Party><PartyName><Name>Acme</Name></PartyName><PartyLegalEntity><RegistrationName>Acme Legal Ltd
      </RegistrationName></PartyLegalEntity></Party></AccountingSupplierParty>
      <InvoiceLine><ID>1</ID><InvoicedQuantity unitCode="C62">5</InvoicedQuantity>
      <LineExtensionAmount currencyID="CNY">70</LineExtensionAmount>
      <Item><Name>Pump</Name><AdditionalItemProperty><Name>Seal</Name><Value>PTFE</Value></AdditionalItemProperty></Item></InvoiceLine></Invoice>"""
    lines, _, inputs = read(str(csv(invoice, "i.xml")))
    wanted = ("invoice_no", "description", "declaration_elements", "quantity", "value", "currency", "shipper_name")
    assert lines.select(wanted).row(0) == ("I7", "Pump", "Seal: PTFE", 5, 70, "CNY", "Acme")
    assert "Invoice/AccountingSupplierParty/Party/PartyLegalEntity/RegistrationName" in inputs[0].sheets[0].unsure


@pytest.mark.parametrize(("list_id", "code"), [("HS", "84137021"), ("UNSPSC", None)])
def test_a_classification_code_is_a_customs_code_only_by_its_list(read, csv, list_id, code):
    text = f"""<Invoice xmlns="urn:oasis:x"><ID>1</ID><InvoiceLine><Item><Name>Pump</Name><CommodityClassification>
      <ItemClassificationCode listID="{list_id}">84137021</ItemClassificationCode></CommodityClassification></Item>
      </InvoiceLine></Invoice>"""
    assert read(str(csv(text, "i.xml")))[0]["hs_code"][0] == code


# -- EDIFACT ------------------------------------------------------------------------------------------------------------------


def test_a_cargo_report_gives_a_line_per_goods_item(read, csv):
    lines, rejects, _ = read(str(csv(_edi(), "cuscar.edi")))
    assert rejects.is_empty()
    line = lines.to_dicts()[0]
    assert line["description"] == "Tungsten rods 99,9 : 3 x 4 mm don't bend"
    assert (line["gross_kg"], line["net_kg"]) == (1200.5, 1100)  # UNA names a decimal comma
    assert (line["packages"], line["package_type"], line["container_no"]) == (20, "carton", "TCLU1234567")
    assert (line["house_bill"], line["document_ref"]) == ("BL1", "MAN1")
    assert (line["shipper_name"], line["shipper_address"]) == ("SHANGHAI METALS CO", "1 RIVER ROAD, SHANGHAI")
    assert (line["consignee_name"], line["consignee_country"]) == ("BUYER + SONS B.V.", "NL")
    assert (line["loading_port"], line["discharge_port"], line["vessel_imo"]) == ("CNSHA", "NLRTM", "9321483")
    assert line["declaration_date"] == dt.date(2026, 3, 1)
    assert line[EXTRA + POSITION] == "GID 1, line 13 of the file"


def test_each_consignment_keeps_its_own_parties_and_bills(read, csv):
    second = "\nCNI+2+BL2'\nRFF+BM:BL2'\nRFF+MB:MASTER'\nNAD+CZ++OTHER CO'\nGID+1+1:PX'\nFTX+AAA+++Pumps'"
    lines, rejects, _ = read(str(csv(_edi(GOODS + second), "x.edi")))
    assert rejects.is_empty()
    assert lines["house_bill"].to_list() == ["BL1", "BL2"]
    assert lines["master_bill"].to_list() == [None, "MASTER"]
    assert lines["shipper_name"].to_list() == ["SHANGHAI METALS CO", "OTHER CO"]
    assert lines["consignee_name"].to_list() == ["BUYER + SONS B.V.", None]


def test_a_reference_above_the_consignments_opens_none(read, csv):
    text = _edi(count="x").replace("DTM+137", "RFF+ABT:X1'\nDTM+137").replace("\nRFF+BM:BL1'", "")
    lines, rejects, _ = read(str(csv(text, "x.edi")))
    assert rejects.is_empty()
    assert (lines["house_bill"][0], lines["shipper_name"][0]) == ("BL1", "SHANGHAI METALS CO")
    assert lines[EXTRA + "CUSCAR/RFF+ABT e1"][0] == "X1"


def test_a_reference_of_another_kind_belongs_to_its_bill(read, csv):
    """As South African reports have it: the declaration of each bill stands behind its means of transport."""
    second = "\nRFF+BM::2'\nTDT+20'\nRFF+ABT:LRN2'\nGID+1+1:PK'\nFTX+AAA+++Pumps'"
    text = _edi(GOODS + second, count="x").replace("LOC+11", "TDT+20'\nRFF+AFM:LRN1'\nLOC+11")
    lines, rejects, _ = read(str(csv(text, "x.edi")))
    assert rejects.is_empty()
    assert lines["house_bill"].to_list() == ["BL1", "BL1"]
    assert lines["shipper_name"].to_list() == ["SHANGHAI METALS CO", None]
    assert lines[EXTRA + "RFF/RFF+AFM e1"].to_list() == ["LRN1", None]
    assert lines[EXTRA + "RFF/RFF+ABT e1"].to_list() == [None, "LRN2"]


def test_a_total_weight_beside_an_item_is_carried_and_no_mass(read, csv):
    lines, _, _ = read(str(csv(_edi(GOODS.replace("AAE+G+", "AAE+AAD+")), "x.edi")))
    assert lines["gross_kg"][0] is None
    assert lines[EXTRA + "MEA+AAE+AAD e3"][0] == "KGM:1200,5"


def test_texts_cut_at_the_width_of_the_senders_screen_are_put_together(read, csv):
    cut = "x" * 66 + " STE"
    goods = GOODS.replace("Tungsten rods 99,9 ?: 3 x 4 mm don?'t bend", f"{cut}:EL PIPES:SEAMLESS")
    lines, _, _ = read(str(csv(_edi(goods), "x.edi")))
    assert lines["description"][0] == f"{'x' * 66} STEEL PIPES SEAMLESS"


def test_segments_on_lines_without_a_sign_at_their_end_are_read(read, csv):
    text = _edi().partition("\n")[2].replace("'\n", "\n").replace("?'", "'").replace(",", ".")
    lines, rejects, _ = read(str(csv(text, "x.edi")))
    assert rejects.is_empty()
    assert (lines["description"][0], lines["gross_kg"][0]) == ("Tungsten rods 99.9 : 3 x 4 mm don't bend", 1200.5)


@pytest.mark.parametrize(
    ("charset", "encoding"), [("UNOC", "iso8859-1"), ("UNOE", "iso8859-5"), ("UNOY", "utf-8"), ("UNOA", "utf-8")]
)
def test_the_character_set_of_the_interchange_counts(read, csv, charset, encoding):
    what = "Pièces détachées" if encoding != "iso8859-5" else "Запасные части"
    text = _edi().replace("UNOC", charset).replace("Tungsten rods 99,9 ?: 3 x 4 mm don?'t bend", what)
    lines, _, _ = read(str(csv(text, "x.edi", encoding)))
    assert lines["description"][0] == what


def test_a_consolidation_is_read_and_what_stands_behind_the_goods_is_no_part_of_them(read, csv):
    text = (
        "UNB+UNOA:1+A+B+260301:1000+1'UNH+1+IFCSUM:D:01B:UN'BGM+610+CONS1+9'NAD+CZ++HEADER SHIPPER'CNI+1+REF1'RFF+HWB:HAWB1'"
        "GID+1+2:PK'PIA+5+85051100:HS'FTX+AAA+++Magnets'DGS+IMD+9+2807'GID+2+1:PK'FTX+AAA+++Motors'EQD+CN+MSKU1'UNT+13+1'UNZ+1+1'"
    )
    lines, rejects, _ = read(str(csv(text, "x.edi")))
    assert rejects.is_empty()
    assert lines["hs_code"].to_list() == ["85051100", None]
    assert lines["un_number"].to_list() == ["2807", None]
    assert lines["house_bill"].to_list() == ["HAWB1", "HAWB1"]
    assert lines["shipper_name"].to_list() == ["HEADER SHIPPER", "HEADER SHIPPER"]
    assert lines[EXTRA + "CNI/EQD+CN e2"].to_list() == ["MSKU1", "MSKU1"]


def test_a_message_without_its_interchange_is_whole(read, csv):
    bare = "UNH" + _edi().partition("UNH")[2].partition("UNZ")[0].replace(",", ".")
    lines, rejects, _ = read(str(csv(bare, "x.edi")))
    assert (lines.height, rejects.height) == (1, 0)


def test_a_message_that_names_no_type_is_known_by_its_document(read, csv):
    lines, _, inputs = read(str(csv(_edi().replace("CUSCAR:", ":"), "x.edi")))
    assert lines.height == 1
    assert any("UNH names no type" in note for note in inputs[0].sheets[0].notes)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (_edi(count=80), "it has 80 segments"),
        (_edi(GOODS.replace("don?'t", "don't"), count=14), "may lack its release character"),
        (_edi().partition("UNT")[0], "the file ends within a message"),
        (_edi().partition("UNT")[0].rstrip("'\n"), "the file ends within a segment"),
        (_edi().replace("UNZ+1", "UNZ+2"), "it has 2 messages"),
        (_edi().partition("UNZ")[0], "(UNZ) is missing"),
        (_edi().replace("UNT", "UNH+2+ORDERS:D:95B:UN'UNT", 1), "begins before the one above has ended"),
        (_edi().replace("UNZ+1", "UNH+2+ORDERS:D:95B:UN'UNT+2+2'UNZ+2"), "'ORDERS' is no type of message"),
        (_edi().replace("GID+1", "CNI+2+BL2'GID+1"), "this RFF holds no GID"),
    ],
)
def test_what_is_missing_in_an_interchange_is_a_reject_and_the_goods_stay_lines(read, csv, text, reason):
    lines, rejects, inputs = read(str(csv(text, "x.edi")))
    assert lines.height == 1
    assert any(reason in told for told in rejects["reason"]), rejects["reason"].to_list()
    assert inputs[0].sheets[0].rejects == rejects.height


PIECES = st.sampled_from(["FTX+AAA+++Pumps'", "PIA+5+850511:HS'", "MEA+AAE+G+KGM:5'", "SGP+ABCD1'", "NAD+CN++X LTD'", ""])
CONSIGNMENTS = st.lists(st.lists(st.lists(PIECES, max_size=3), max_size=3), min_size=1, max_size=4)


def _consignments(consignments):
    return "\n".join(
        f"CNI+{number}+B{number}'RFF+BM:B{number}'" + "".join(f"GID+{n}'{''.join(item)}" for n, item in enumerate(items, start=1))
        for number, items in enumerate(consignments, start=1)
    )


@given(CONSIGNMENTS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_every_goods_item_and_every_consignment_without_goods_is_accounted_for(read, csv, consignments):
    goods = sum(map(len, consignments))
    if not goods:
        return
    text = f"UNB+UNOC:3+A+B+1:1+1'UNH+1+CUSCAR:D:95B:UN'{_consignments(consignments)}UNT+x+1'UNZ+1+1'"
    lines, rejects, inputs = read(str(csv(text, "x.edi")))
    assert lines.height + rejects.height == goods + sum(not items for items in consignments)
    assert (inputs[0].sheets[0].lines, inputs[0].sheets[0].rejects) == (lines.height, rejects.height)
    assert sorted([*lines["row"], *rejects["row"]]) == list(range(1, lines.height + rejects.height + 1))


@given(st.integers(min_value=60, max_value=len(_edi()) - 20))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
def test_a_message_cut_anywhere_is_told(read, csv, length):
    try:
        _, rejects, _ = read(str(csv(_edi()[:length], "x.edi")))
    except ManifestError:
        return
    assert not rejects.is_empty()


# -- archives, detection ------------------------------------------------------------------------------------------------------


def _zip(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return str(path)


def test_an_archive_gives_a_sheet_per_message_and_a_reject_per_damaged_one(read, tmp_path):
    members = {
        "a.xml": _wco(_item()),
        "b.edi": _edi(),
        "broken.xml": _wco(_item())[:700],
        "read.me": "hello",
        "odd.xml": "<html></html>",
    }
    lines, rejects, inputs = read(_zip(tmp_path / "x.zip", members))
    assert lines["sheet"].to_list() == ["a.xml", "b.edi"]
    assert lines["line"].to_list() == [1, 2]
    assert rejects["sheet"].to_list() == ["broken.xml", "odd.xml"]
    assert all("nothing of this file was screened" in reason for reason in rejects["reason"])
    assert [(sheet.name, sheet.lines, sheet.rejects) for sheet in inputs[0].sheets] == [
        ("a.xml", 1, 0),
        ("b.edi", 1, 0),
        ("broken.xml", 0, 1),
        ("odd.xml", 0, 1),
    ]
    assert any("read.me" in note for note in inputs[0].sheets[0].notes)


def test_a_member_that_unpacks_to_far_more_than_its_size_is_not_read(read, tmp_path):
    bomb = f"<Declaration>{f'<!--{1000 * chr(32)}-->' * 80_000}</Declaration>"
    lines, rejects, _ = read(_zip(tmp_path / "x.zip", {"a.xml": _wco(_item()), "bomb.xml": bomb}))
    assert lines.height == 1
    assert "far more than its size" in rejects["reason"][0]


@pytest.mark.parametrize("name", ["m.xml", "m.txt", "m.edi", "m.csv", "m.cuscar"])
def test_a_message_is_known_by_its_content(read, csv, name):
    for text in (_wco(_item()), _edi()):
        assert read(str(csv(text, name)))[0].height == 1


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "iso8859-1"])
def test_xml_in_other_encodings(read, csv, encoding):
    what = "钨棒" if encoding != "iso8859-1" else "Tôle"
    text = f'<?xml version="1.0" encoding="{encoding}"?>\n' + _wco(_item(what=what))
    assert read(str(csv(text, "m.xml", encoding)))[0]["description"][0] == what


BOMB = '<!DOCTYPE a [<!ENTITY b "xx"><!ENTITY c "&b;&b;&b;">]>'
FOREIGN = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("bomb.xml", BOMB + _wco(_item(what="&c;")), "document type"),
        ("foreign.xml", FOREIGN + _wco(_item(what="&b;")), "document type"),
        ("short.xml", _wco(_item())[:900], "damaged or ends early"),
        ("deep.xml", "<Declaration>" + "<a>" * 500, "deep in each other"),
        ("long.xml", f"<Declaration><a b='{'x' * 9_000_000}'/></Declaration>", "million characters"),
        ("text.xml", f"<Declaration>{'x' * 9_000_000}</Declaration>", "million characters"),
        ("wide.xml", f"<Declaration>{'<a/>' * 600_000}</Declaration>", "500,000 elements"),
        ("names.xml", _wco(*(_item(more=f"<x{n}>1</x{n}>") for n in range(2100))), "2,000 different elements"),
        ("named.xml", '<?xml version="1.0" encoding="klingon"?><Declaration/>', "klingon"),
        ("lying.xml", b'<?xml version="1.0" encoding="gb18030"?><Declaration>\xff\xff</Declaration>', "gb18030"),
        ("orders.edi", "UNB+UNOA:1+A+B+1:1+1'UNH+1+ORDERS:D:95B:UN'UNT+2+1'UNZ+1+1'", "'ORDERS'"),
        ("endless.edi", "UNB+UNOA:1+A+B+1:1+1'" + "x" * 3_000_000, "sign that ends segments may be missing"),
        ("x12.edi", "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260301*1256*U*00401*1*0*T*:~", "X12"),
        (
            "bare.xml",
            "<Declaration><FunctionalReferenceID>L</FunctionalReferenceID></Declaration>",
            "holds no GovernmentAgencyGoodsItem",
        ),
        ("nothing.xml", "", "neither XML nor EDIFACT"),
        ("text.edi", "hello world", "neither XML nor EDIFACT"),
        ("empty.zip", b"PK\x05\x06" + bytes(18), "no file in the archive can be read"),
        ("damaged.zip", b"PK\x03\x04 nothing", "archive is damaged"),
    ],
)
def test_what_is_no_message_is_one_sentence_that_names_what_can_be_read(read, csv, name, text, reason):
    with pytest.raises(ManifestError) as error:
        read(str(csv(text, name)))
    assert reason in str(error.value)
    assert name in str(error.value)
    assert "\n" not in str(error.value)
    if name not in ("damaged.zip",):
        assert "WCO customs declaration" in str(error.value)


# -- the mapping --------------------------------------------------------------------------------------------------------------


def test_the_mapping_of_a_message_is_shown_and_can_be_corrected(words, read, csv, tmp_path):
    path = csv(_wco(_item()), "decl.xml")
    shown = describe_columns(str(path), words)
    text = columns_text(shown, 200)
    assert "Commodity/Description" in text
    assert "GoodsShipment/Seller/Name" in text
    headers = {reading.header: reading for reading in shown[0].headers}
    assert headers["GoodsShipment/Seller/Name"].status == "unsure"
    assert headers["Commodity/Classification/ID"].reason == "no column of a manifest holds this"

    mapping = tmp_path / "mapping.yaml"
    corrected = mapping_text(shown).replace(
        '"GoodsShipment/Seller/Name": "-"', '"GoodsShipment/Seller/Name": "manufacturer_name"'
    )
    mapping.write_text(corrected, encoding="utf-8")
    lines, _, inputs = read(str(path), mappings=read_mapping(mapping))
    assert lines["manufacturer_name"][0] == "Third Hand Ltd"
    assert lines["description"][0] == "Beeswax"
    assert inputs[0].sheets[0].columns["GoodsShipment/Seller/Name"] == "manufacturer_name"
    assert ReadOptions(mappings=read_mapping(mapping)).mapping("decl.xml", "GovernmentAgencyGoodsItem").columns
