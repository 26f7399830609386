"""Declarations to Chinese customs as the single window takes them: whose parties, which way, which codes."""

from __future__ import annotations

import datetime as dt

import pytest

from screening import Screener
from screening.terms import EXTRA

HEAD = """<SeqNo/><IEFlag>{flag}</IEFlag><AgentName>上海某某报关有限公司</AgentName><BillNo>SHA1</BillNo><ContrNo>C-7</ContrNo>
<DistinatePort>USA309</DistinatePort><GrossWet>620</GrossWet><NetWt>600.5</NetWt><IEDate>20260503</IEDate><LicenseNo>{licence}</LicenseNo>
<OwnerCode>NO</OwnerCode><OwnerName>包头样例厂</OwnerName><PackNo>30</PackNo><TradeCountry>{country}</TradeCountry>
<TradeMode>0110</TradeMode><TradeName>上海样例进出口有限公司</TradeName><TrafMode>{mode}</TrafMode><TrafName>EVER GIVEN</TrafName>
<TransMode>3</TransMode><WrapType>22</WrapType>
<PDate>20260501</PDate><TradeCoScc>9131</TradeCoScc>
<OverseasConsignorEname>MINING PTY</OverseasConsignorEname>
<OverseasConsigneeEname>ACME INC</OverseasConsigneeEname>"""
ITEM = """<DecList><GNo>{number}</GNo><CodeTS>2846901500</CodeTS><GName><![CDATA[氧化镝]]></GName><GModel>0|0|99.5%|粉末</GModel>
<GQty>5</GQty><GUnit>{unit}</GUnit><FirstQty>500.5</FirstQty><FirstUnit>{first}</FirstUnit>
<DeclTotal>115115</DeclTotal><TradeCurr>{currency}</TradeCurr>
<OriginCountry>{origin}</OriginCountry><DestinationCountry>{destination}</DestinationCountry></DecList>"""
USUAL = {"unit": "120", "first": "035", "currency": "USD", "origin": "USA", "destination": "CHN"}
DOCUMENTS = (
    "<DecLicenseDocus><LicenseDocu><DocuCode>{}</DocuCode><CertCode>26-AB-123456</CertCode></LicenseDocu></DecLicenseDocus>"
)


def _message(*items, flag="E", licence="", country="USA", mode="2", more="", lists_first=False):
    head = f"<DecHead>{HEAD.format(flag=flag, licence=licence, country=country, mode=mode)}</DecHead>"
    goods = "".join(ITEM.format(**{**USUAL, "number": number, **item}) for number, item in enumerate(items or ({},), start=1))
    parts = [head, f"<DecLists>{goods}</DecLists>"]
    body = "".join(parts[::-1] if lists_first else parts)
    return f'<?xml version="1.0"?><DecMessage xmlns="http://www.chinaport.gov.cn/dec">{body}{more}</DecMessage>'


@pytest.fixture
def line(read, csv):
    """The first line of a message."""

    def of(*items, **options):
        lines, _, _ = read(csv(_message(*items, **options), name="declaration.xml"))
        return lines.row(0, named=True)

    return of


def test_an_export_is_read_with_its_goods_parties_and_way(line):
    read = line()
    wanted = {
        "line_no": "1",
        "description": "氧化镝",
        "declaration_elements": "0|0|99.5%|粉末",
        "hs_code": "2846901500",
        "quantity": 5.0,
        "quantity_unit": "箱",
        "net_kg": 500.5,
        "gross_kg": 620.0,
        "packages": 30.0,
        "package_type": "carton",
        "value": 115115.0,
        "currency": "USD",
        "incoterm": "FOB",
        "export_country": "CN",
        "origin_country": "CN",
        "destination_country": "US",
        "transport_mode": "sea",
        "vessel_name": "EVER GIVEN",
        "customs_procedure": "0110",
        "declaration_date": dt.date(2026, 5, 1),
        "ship_date": dt.date(2026, 5, 3),
        "house_bill": "SHA1",
        "contract_no": "C-7",
        "shipper_name": "上海样例进出口有限公司",
        "shipper_id": "9131",
        "consignee_name": "ACME INC",
        "manufacturer_name": "包头样例厂",
        "manufacturer_id": None,
        "forwarder_name": "上海某某报关有限公司",
        "end_user_name": None,
    }
    assert {column: read[column] for column in wanted} == wanted


def test_an_import_has_the_other_parties_and_the_other_way(line):
    read = line({"origin": "AUS", "destination": "CHN"}, flag="I", country="SGP")
    wanted = {
        "export_country": "SG",
        "origin_country": "AU",
        "destination_country": "CN",
        "shipper_name": "MINING PTY",
        "consignee_name": "上海样例进出口有限公司",
        "end_user_name": "包头样例厂",
        "manufacturer_name": None,
        "discharge_port": None,
    }
    assert {column: read[column] for column in wanted} == wanted


@pytest.mark.parametrize(
    ("origin", "destination", "wanted"),
    [
        ("USA", "CHN", ("CN", "US")),  # as the interface has it: of exports the two change places
        ("CHN", "USA", ("CN", "US")),  # a sender that overlooked it
        ("502", "142", ("CN", "US")),
        ("116", "142", ("CN", "JP")),  # the numbers of Chinese customs: 116 is Cambodia's in ISO 3166
        ("304", "142", ("CN", "DE")),  # and 304 Greenland's
        ("USA", "JPN", ("JP", "US")),
        ("CHN", "CHN", ("CN", "CN")),
        ("777", "142", ("CN", "US")),  # unknown: as the head says
        ("", "USA", (None, "US")),
        ("", "", (None, "US")),
    ],
)
def test_the_countries_of_an_export(line, origin, destination, wanted):
    found = line({"origin": origin, "destination": destination})
    assert (found["origin_country"], found["destination_country"]) == wanted


@pytest.mark.parametrize(("unit", "kilograms"), [("035", 500.5), ("036", 0.5005), ("070", 500_500), ("007", None), ("", None)])
def test_a_statutory_quantity_is_a_mass_only_in_a_unit_of_mass(line, unit, kilograms):
    assert line({"first": unit}, {"first": unit})["net_kg"] == (kilograms if kilograms is None else pytest.approx(kilograms))


def test_totals_of_the_head_are_of_one_item_alone(line):
    alone, together = line({"first": "007"}), line({"first": "007"}, {"first": "007"})
    assert [alone[column] for column in ("net_kg", "gross_kg", "packages")] == [600.5, 620, 30]
    assert [together[column] for column in ("net_kg", "gross_kg", "packages", "package_type")] == [None] * 4
    assert together[EXTRA + "DecMessage/DecHead/NetWt"] == "600.5"


@pytest.mark.parametrize(
    ("currency", "wanted", "left"),
    [("CNY", "CNY", None), ("502", "USD", None), ("142", "CNY", None), ("609", None, "609"), ("", None, None)],
)
def test_currencies_by_letters_and_by_the_numbers_of_customs(line, currency, wanted, left):
    found = line({"currency": currency})
    assert (found["value"], found["currency"], found.get(EXTRA + "TradeCurr")) == (115115, wanted, left)


@pytest.mark.parametrize(
    ("mode", "wanted"), [("2", "sea"), ("3", "rail"), ("4", "road"), ("5", "air"), ("6", "post"), ("L", "passenger"), ("9", None)]
)
def test_modes_of_transport_are_those_of_chinese_customs(line, mode, wanted):
    assert line(mode=mode)["transport_mode"] == wanted


@pytest.mark.parametrize(("kind", "licence"), [("3", "26-AB-123456"), ("G", "26-AB-123456"), ("4", None), ("Y", None)])
def test_a_licence_is_that_for_dual_use_items(line, kind, licence):
    assert line(more=DOCUMENTS.format(kind))["licence_no"] == licence


def test_the_licence_of_the_head_counts_for_exports_alone(line):
    assert line(licence="26-AB-1")["licence_no"] == "26-AB-1"
    assert line({"origin": "AUS"}, flag="I", licence="26-AB-1")["licence_no"] is None


@pytest.mark.parametrize("flag", ["", "X"])
def test_where_the_way_is_not_told_no_party_and_no_country_is_guessed(read, csv, flag):
    lines, _, inputs = read(csv(_message(flag=flag), name="declaration.xml"))
    found = lines.row(0, named=True)
    names = ("shipper_name", "consignee_name", "export_country", "origin_country", "destination_country", "licence_no")
    assert [found[name] for name in names] == [None] * len(names)
    unsure = inputs[0].sheets[0].unsure
    assert {"DecMessage/DecHead/TradeName", "DecMessage/DecHead/OwnerName"} <= set(unsure)
    assert found[EXTRA + "OriginCountry"] == "USA"


def test_a_head_behind_the_goods_takes_the_countries_from_itself(line):
    found = line(lists_first=True)
    assert (found["shipper_name"], found["export_country"], found["destination_country"]) == (
        "上海样例进出口有限公司",
        "CN",
        "US",
    )
    assert (found["origin_country"], found[EXTRA + "OriginCountry"]) == (None, "USA")


def test_containers_say_which_goods_are_in_them(line):
    more = "<DecContainers>" + "".join(
        f"<Container><ContainerId>{number}</ContainerId><GoodsNo>{goods}</GoodsNo></Container>"
        for number, goods in (("MSKU1234565", "1,2"), ("TGHU7654321", "2"))
    )
    found = line({}, {}, more=more + "</DecContainers>")
    assert found["container_no"] == "MSKU1234565; TGHU7654321"
    assert found[EXTRA + "goods of containers"] == "MSKU1234565: 1,2; TGHU7654321: 2"


def test_a_message_of_an_older_encoding(read, csv):
    text = _message().replace('version="1.0"', 'version="1.0" encoding="GB18030"')
    lines, _, _ = read(csv(text, name="declaration.xml", encoding="gb18030"))
    assert lines["description"].to_list() == ["氧化镝"]


def test_listed_goods_of_a_declaration_are_held(csv):
    """The law of China reaches an export by what the message is, though no element names China as its country."""
    run = Screener().screen(csv(_message({"destination": ""}), name="declaration.xml"))
    assert run.lines["leaves_from"].to_list() == ["CN"]
    assert run.lines["outcome"].to_list() == ["hold"]
