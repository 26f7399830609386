# ruff: noqa: E501 - published formats have long lines
"""Lists of the EU, the UK and the UN, OpenSanctions exports and lists of one's own. The entries are invented."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json

import pytest
from openpyxl import Workbook

from screening.errors import ListError

UN = """<?xml version="1.0" encoding="UTF-8"?>
<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z"><INDIVIDUALS><INDIVIDUAL>
  <DATAID>1</DATAID><FIRST_NAME>ERIC</FIRST_NAME><SECOND_NAME>EXAMPLE</SECOND_NAME><UN_LIST_TYPE>DRC</UN_LIST_TYPE>
  <REFERENCE_NUMBER>CDi.001</REFERENCE_NUMBER><LISTED_ON>2012-12-31</LISTED_ON><NAME_ORIGINAL_SCRIPT>إريك</NAME_ORIGINAL_SCRIPT>
  <COMMENTS1>Fled in 2013.</COMMENTS1><NATIONALITY><VALUE>Democratic Republic of the Congo</VALUE></NATIONALITY>
  <INDIVIDUAL_ALIAS><QUALITY>Good</QUALITY><ALIAS_NAME>Erik Example</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>The Eagle</ALIAS_NAME></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ALIAS><QUALITY/><ALIAS_NAME/></INDIVIDUAL_ALIAS>
  <INDIVIDUAL_ADDRESS><CITY>Kinshasa</CITY><COUNTRY>Rwanda</COUNTRY></INDIVIDUAL_ADDRESS>
  <INDIVIDUAL_DATE_OF_BIRTH><TYPE_OF_DATE>BETWEEN</TYPE_OF_DATE><FROM_YEAR>1960</FROM_YEAR><TO_YEAR>1962</TO_YEAR></INDIVIDUAL_DATE_OF_BIRTH>
  <INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT><NUMBER>OB 02</NUMBER></INDIVIDUAL_DOCUMENT>
</INDIVIDUAL></INDIVIDUALS><ENTITIES><ENTITY><DATAID>2</DATAID><FIRST_NAME>EXAMPLE FRONT</FIRST_NAME>
  <REFERENCE_NUMBER>CDe.001</REFERENCE_NUMBER><ENTITY_ALIAS><QUALITY>f.k.a.</QUALITY><ALIAS_NAME>OLD FRONT</ALIAS_NAME></ENTITY_ALIAS>
</ENTITY></ENTITIES></CONSOLIDATED_LIST>"""


def test_un(imported):
    watchlist = imported({"consolidated.xml": UN}, date=None)["un-security-council"].watchlist
    person, group = watchlist.entries
    assert (watchlist.date, watchlist.regime, watchlist.effect) == (dt.date(2026, 2, 27), "UN", "trade_barred")
    assert (person.name, person.aliases, person.weak_aliases, person.original_names) == (
        "ERIC EXAMPLE",
        ["Erik Example"],
        ["The Eagle"],
        ["إريك"],
    )
    assert (person.countries, person.born, person.identifiers) == (["RW", "CD"], ["1960 to 1962"], {"passport": ["OB 02"]})
    assert (person.listed_on, person.note) == (dt.date(2012, 12, 31), "Fled in 2013.")
    assert (group.kind, group.former_names) == ("company", ["OLD FRONT"])


EU_OLD = """<?xml version="1.0" encoding="UTF-8"?><WHOLE Date="11/02/2016">
<ENTITY Id="1" Type="P" reg_date="2012-02-21" programme="ZWE" remark="A remark">
<NAME Id="1"><LASTNAME>Example</LASTNAME><FIRSTNAME>Robert</FIRSTNAME><WHOLENAME>Robert Example</WHOLENAME><FUNCTION>President</FUNCTION></NAME>
<NAME Id="2"><LASTNAME>Exemple</LASTNAME><FIRSTNAME>Robert</FIRSTNAME><WHOLENAME/></NAME>
<BIRTH><DATE>1924-02-21</DATE></BIRTH><CITIZEN><COUNTRY>ZWE</COUNTRY></CITIZEN>
<PASSPORT><NUMBER>AD001095 (passport-National passport) ((passport))</NUMBER></PASSPORT></ENTITY></WHOLE>"""

EU = """<?xml version="1.0" encoding="UTF-8"?>
<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-08-05T16:47:04.449+02:00" globalFileId="1">
<sanctionEntity designationDate="" unitedNationId="" euReferenceNumber="EU.27.28" logicalId="13">
  <remark>A remark</remark><regulation entryIntoForceDate="2003-07-07" programme="IRQ"/>
  <subjectType code="person" classificationCode="P"/>
  <nameAlias firstName="Ali" lastName="Example" wholeName="Ali Example" strong="true"/>
  <nameAlias wholeName="Ali Exemple" strong="true" nameLanguage="FR"/><nameAlias wholeName="Abou Ali" strong="false"/>
  <citizenship countryIso2Code="IQ" countryDescription="IRAQ"/><birthdate birthdate="1937-04-28" year="1937"/>
  <identification identificationTypeCode="passport" number="A1" countryIso2Code="00" countryDescription="UNKNOWN"/></sanctionEntity>
<sanctionEntity designationDate="2024-06-01" euReferenceNumber="EU.2.2" logicalId="102"><regulation programme="UKR"/>
  <subjectType code="enterprise" classificationCode="E"/><nameAlias wholeName="Example Bank JSC" strong="true"/>
  <address city="Moscow" street="1 Street" countryIso2Code="RU"/></sanctionEntity></export>"""


def test_eu_old_schema(entries):
    entry = entries({"global.xml": EU_OLD})["1"]
    assert (entry.name, entry.aliases, entry.kind) == ("Robert Example", ["Robert Exemple"], "person")
    assert (entry.countries, entry.born, entry.identifiers) == (["ZW"], ["1924-02-21"], {"passport": ["AD001095"]})


def test_eu_schema_1_1(imported):
    watchlist = imported({"eu.xml": EU}, date=None)["eu-financial-sanctions"].watchlist
    person, bank = watchlist.entries
    assert watchlist.date == dt.date(2026, 8, 5)
    assert (person.id, person.name, person.aliases, person.weak_aliases) == (
        "EU.27.28",
        "Ali Example",
        ["Ali Exemple"],
        ["Abou Ali"],
    )
    assert (person.countries, person.identifiers, person.listed_on) == (["IQ"], {"passport": ["A1"]}, dt.date(2003, 7, 7))
    assert (bank.kind, bank.addresses, bank.countries, bank.listed_on) == (
        "company",
        ["1 Street, Moscow"],
        ["RU"],
        dt.date(2024, 6, 1),
    )


def test_the_csv_of_the_eu_joins_the_rows_of_an_entity(imported):
    text = (
        "\ufefffileGenerationDate;Entity_LogicalId;Entity_EU_ReferenceNumber;Entity_DesignationDate;Entity_SubjectType;"
        "Entity_Regulation_Programme;NameAlias_WholeName;Address_City;Address_CountryIso2Code;BirthDate_BirthDate;Citizenship_CountryIso2Code;"
        "Identification_Number;Identification_TypeDescription\n"
        "05/08/2026;13;EU.27.28;2022-02-25;P;IRQ;Ali Example;;;;;;\n"
        "05/08/2026;13;EU.27.28;2022-02-25;P;IRQ;Ali Exemple;;;;;;\n"
        "05/08/2026;13;EU.27.28;2022-02-25;P;IRQ;;Baghdad;IQ;1937-04-28;00;A1;National passport\n"
    )
    watchlist = imported({"eu.csv": text}, date=None)["eu-financial-sanctions"].watchlist
    (entry,) = watchlist.entries
    assert watchlist.date == dt.date(2026, 8, 5)
    assert (entry.name, entry.aliases, entry.addresses, entry.countries) == ("Ali Example", ["Ali Exemple"], ["Baghdad"], ["IQ"])
    assert (entry.born, entry.identifiers) == (["1937-04-28"], {"passport": ["A1"]})


UK = (
    "Report Date: 24-Jun-2026\n"
    "Last Updated,Unique ID,OFSI Group ID,UN Reference Number,Name 6,Name 1,Name 2,Name 3,Name 4,Name 5,Name type,Alias strength,Title,"
    "Name non-latin script,Non-latin script type,Non-latin script language,Regime Name,Designation Type,Designation source,Sanctions Imposed,"
    "Other Information,Address Line 1,Address Line 6,Address Postal Code,Address Country,Date Designated,D.O.B,Nationality(/ies),IMO number\n"
    "16/04/2026,AFG0001,1,,EXAMPLE,Ali,Hassan,,,,Primary Name,,,علي,,,Afghanistan,Individual,UN,Asset freeze,,1 Street,Kabul,,Afghanistan,"
    "01/02/2021,dd/mm/1945,Afghan,\n"
    "16/04/2026,AFG0001,1,,EXAMPLE,Aly,,,,,Alias,Low quality,,,,,Afghanistan,Individual,UN,Asset freeze,,,,,,01/02/2021,,,\n"
    "16/04/2026,RUS1,,,EXAMPLE STAR,,,,,,Primary Name,,,,,,Russia,Ship,UK,Specified ship,,,,,,31/07/2024,,,9123456\n"
)


def test_uk_sanctions_list(imported):
    watchlist = imported({"uk.csv": UK}, date=None)["uk-sanctions"].watchlist
    person, ship = watchlist.entries
    assert (watchlist.date, watchlist.format) == (dt.date(2026, 6, 24), "uk-csv")
    assert (person.name, person.weak_aliases, person.original_names) == ("Ali Hassan EXAMPLE", ["Aly EXAMPLE"], ["علي"])
    assert (person.born, person.countries, person.listed_on) == (["1945"], ["AF"], dt.date(2021, 2, 1))
    assert (ship.kind, ship.identifiers) == ("vessel", {"imo": ["9123456"]})


def test_the_conlist_is_joined_by_its_groups(imported):
    text = (
        "Last Updated,12/02/2016\n"
        "Name 6,Name 1,Title,DOB,Nationality,Passport Details,Address 1,Post/Zip Code,Country,Other Information,Group Type,Alias Type,Regime,"
        "Listed On,Last Updated,Group ID\n"
        'EXAMPLE,Ali,,00/00/1957,(1) Pakistani (2) Saudi Arabian,"A12345 (Pakistani). Issued on 28 Sept 2001",,,,,Individual,Prime Alias,'
        "Al-Qaida,24/04/2002,20/01/2015,7087\n"
        "EXEMPLE,Ali,,,,,,,In Syria as at June 2013,,Individual,FKA,Al-Qaida,24/04/2002,20/01/2015,7087\n"
    )
    watchlist = imported({"conlist.csv": text}, date=None)["uk-sanctions"].watchlist
    (entry,) = watchlist.entries
    assert (watchlist.date, watchlist.format) == (dt.date(2016, 2, 12), "uk-conlist")
    assert (entry.name, entry.former_names, entry.born) == ("Ali EXAMPLE", ["Ali EXEMPLE"], ["1957"])
    assert (entry.countries, entry.identifiers) == (["PK", "SA", "SY"], {"passport": ["A12345"]})


def test_uk_xml(entries):
    text = """<?xml version="1.0"?><Designations><DateGenerated>2026-06-24</DateGenerated><Designation><UniqueID>RUS0001</UniqueID>
      <Names><Name><Name1>Ada</Name1><Name6>EXAMPLE</Name6><NameType>Primary Name</NameType></Name>
        <Name><Name6>EXEMPLE</Name6><NameType>Alias</NameType></Name></Names>
      <NonLatinNames><NonLatinName><NameNonLatinScript>Ада</NameNonLatinScript></NonLatinName></NonLatinNames>
      <RegimeName>Russia</RegimeName><IndividualEntityShip>Individual</IndividualEntityShip><DateDesignated>01/02/2021</DateDesignated>
      <Addresses><Address><AddressLine1>1 Street</AddressLine1><AddressCountry>Russia</AddressCountry></Address></Addresses>
      <IndividualDetails><Individual><DOBs><DOB>dd/mm/1945</DOB></DOBs><Nationalities><Nationality>Russia</Nationality></Nationalities>
        <PassportDetails><Passport><PassportNumber>P1</PassportNumber></Passport></PassportDetails></Individual></IndividualDetails>
      </Designation></Designations>"""
    entry = entries({"uk.xml": text})["RUS0001"]
    assert (entry.name, entry.aliases, entry.original_names, entry.born) == ("Ada EXAMPLE", ["EXEMPLE"], ["Ада"], ["1945"])
    assert (entry.countries, entry.identifiers) == (["RU"], {"passport": ["P1"]})


OPENSANCTIONS = (
    "id,schema,name,aliases,birth_date,countries,addresses,identifiers,sanctions,phones,emails,program_ids,dataset,first_seen,last_seen,last_change\n"
    'NK-1,Company,Example LLC,"ООО Пример;""Example; Trading""",,ru;cy,1 Street,1027700,OFAC SDN,,,US-RUSSIA,US OFAC,2022-01-01,2026-05-01,2026-04-01\n'
    "V-1,Vessel,EXAMPLE STAR,,,pa,,IMO9123456,,,,,EU,2022-01-01,2026-05-01,2026-04-01\n"
    "C-1,CryptoWallet,abc,,,,,,,,,,US,2022-01-01,2026-05-01,2026-04-01\n"
)


def test_opensanctions_targets(imported):
    one = imported({"targets.simple.csv": OPENSANCTIONS}, date=None)["opensanctions"]
    firm, vessel = one.watchlist.entries
    assert (one.watchlist.date, one.watchlist.official) == (dt.date(2026, 5, 1), False)
    assert (firm.aliases, firm.countries, firm.programmes) == (["ООО Пример", "Example; Trading"], ["RU", "CY"], ["US-RUSSIA"])
    assert vessel.identifiers == {"imo": ["9123456"]}
    assert any("CryptoWallet" in problem for problem in one.problems)


def test_followthemoney_entities(imported):
    lines = [
        {"id": "a", "schema": "Address", "properties": {"full": ["1 Street, Moscow"], "country": ["ru"]}},
        {
            "id": "p",
            "caption": "Example LLC",
            "schema": "Company",
            "properties": {
                "name": ["Example LLC", "ООО Пример"],
                "previousName": ["Old LLC"],
                "weakAlias": ["EX"],
                "addressEntity": ["a"],
                "innCode": ["77"],
                "topics": ["sanction"],
            },
            "last_seen": "2026-05-01T00:00:00",
        },
        {
            "id": "s",
            "schema": "Sanction",
            "properties": {"entity": ["p"], "program": ["RUSSIA"], "startDate": ["2022-03-01"], "authority": ["OFAC"]},
        },
        {"id": "q", "schema": "Person", "caption": "Bystander", "properties": {"name": ["Bystander"], "topics": ["role.pep"]}},
    ]
    text = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines)
    (entry,) = imported({"entities.ftm.json": text}, date=None)["opensanctions"].watchlist.entries
    assert (entry.name, entry.aliases, entry.former_names, entry.weak_aliases) == (
        "Example LLC",
        ["ООО Пример"],
        ["Old LLC"],
        ["EX"],
    )
    assert (entry.addresses, entry.countries, entry.identifiers) == (["1 Street, Moscow"], ["RU"], {"tax": ["77"]})
    assert (entry.programmes, entry.listed_on) == (["RUSSIA"], dt.date(2022, 3, 1))


OWN = "Nr;Firma;Name;Alias;Land;Type;IMO\n1;x;Example Bad Debts Ltd;EBD|Bad Debts;United Kingdom;Company;\n2;x;;;;;\n3;x;EXAMPLE STAR;;;vessel;9123456\n"


def test_a_table_of_ones_own_takes_its_words_from_the_content(imported):
    one = imported({"own.csv": OWN.replace("Land", "Country")}, list_id="Stop list", title="Our stop list")["stop-list"]
    firm, vessel = one.watchlist.entries
    assert (one.watchlist.title.en, one.watchlist.regime, one.watchlist.effect) == ("Our stop list", "OWN", "informational")
    assert (firm.name, firm.aliases, firm.countries, firm.kind) == (
        "Example Bad Debts Ltd",
        ["EBD", "Bad Debts"],
        ["GB"],
        "company",
    )
    assert (vessel.kind, vessel.identifiers) == ("vessel", {"imo": ["9123456"]})
    assert any("rows without a name" in problem for problem in one.problems)
    assert any("columns that are not known" in problem for problem in one.problems)


def test_a_workbook_of_ones_own(entries):
    book = Workbook()
    book.active.append(["our list"])
    book.active.append(["企业名称", "别名", "国家", "列入日期"])
    book.active.append(["示例公司", "Example Co", "中国", dt.datetime(2025, 3, 4)])
    stream = io.BytesIO()
    book.save(stream)
    (entry,) = entries({"own.xlsx": stream.getvalue()}, list_id="own").values()
    assert (entry.name, entry.aliases, entry.countries, entry.listed_on) == (
        "示例公司",
        ["Example Co"],
        ["CN"],
        dt.date(2025, 3, 4),
    )


def test_the_id_of_an_own_entry_lasts_when_rows_move(entries):
    first = entries({"a.csv": "name,country\nOne Ltd,DE\nTwo Ltd,FR\n"}, list_id="own")
    second = entries({"a.csv": "name,country\nTwo Ltd,FR\nOne Ltd,DE\n"}, list_id="own")
    assert {entry.name: ident for ident, entry in first.items()} == {entry.name: ident for ident, entry in second.items()}


def test_a_list_of_ones_own_needs_a_name_and_a_known_effect(imported):
    table = {"own.csv": "name\nOne Ltd\n"}
    with pytest.raises(ListError, match="name it with --list"):
        imported(table)
    with pytest.raises(ListError, match="no effect 'all'"):
        imported(table, list_id="own", effect="all")
    with pytest.raises(ListError, match="no regime 'XX'"):
        imported(table, list_id="own", regime="XX")
    assert imported(table, list_id="own", effect="trade_barred", regime="US")["own"].watchlist.effect == "trade_barred"


def test_a_list_written_by_hand_is_imported_as_it_stands(imported):
    text = "id: stop-list\ntitle: Our stop list\nentries:\n  - {id: a, name: Example Bad Debts Ltd, aliases: [EBD]}\n"
    (entry,) = imported({"stop-list.yaml": text})["stop-list"].watchlist.entries
    assert (entry.id, entry.name, entry.aliases) == ("a", "Example Bad Debts Ltd", ["EBD"])


def test_a_file_is_not_taken_for_a_list_it_cannot_be(imported):
    with pytest.raises(ListError, match="of the format un-xml, and us-ofac-sdn is published as"):
        imported({"consolidated.xml": UN}, list_id="us-ofac-sdn")
    with pytest.raises(ListError, match="of the format own-csv"):
        imported({"own.csv": "name\nOne Ltd\n"}, list_id="us-ofac-sdn")


def test_files_may_be_packed(entries):
    assert entries({"consolidated.xml.gz": gzip.compress(UN.encode())}).keys() == {"CDi.001", "CDe.001"}


def test_names_of_the_eu_that_were_changed_last_do_not_become_the_main_name(entries):
    text = """<export xmlns="http://eu.europa.ec/fpi/fsd/export" generationDate="2026-08-05T16:47:04.449+02:00" globalFileId="184961">
      <sanctionEntity designationDetails="" unitedNationId="" euReferenceNumber="EU.1.2" logicalId="191">
      <regulation programme="TERR" entryIntoForceDate="2025-02-01"/><subjectType code="person" classificationCode="P"/>
      <nameAlias wholeName="Exemple Aly" nameLanguage="FR" strong="true" logicalId="161419"/>
      <nameAlias wholeName="علي" nameLanguage="AR" strong="true" logicalId="12"/>
      <nameAlias firstName="Ali" lastName="EXAMPLE" wholeName="Ali EXAMPLE" strong="true" logicalId="289"/>
      <birthdate circa="true" calendarType="GREGORIAN" yearRangeFrom="1953" yearRangeTo="1958" countryIso2Code="AF"/>
      </sanctionEntity></export>"""
    entry = entries({"eu.xml": text})["EU.1.2"]
    assert (entry.name, set(entry.aliases)) == ("Ali EXAMPLE", {"Exemple Aly", "علي"})
    assert entry.born == ["1953 to 1958"]


def test_numbers_of_the_uk_stand_among_words(entries):
    head = "<IndividualEntityShip>{}</IndividualEntityShip><Names><Name><Name6>EXAMPLE</Name6><NameType>Primary Name</NameType></Name></Names>"
    firm = "<EntityDetails><Entity><BusinessRegistrationNumbers><BusinessRegistrationNumber>UK Company no. 06527449</BusinessRegistrationNumber>"
    firm += "</BusinessRegistrationNumbers><ParentCompanies><ParentCompany>Parent JSC</ParentCompany></ParentCompanies></Entity></EntityDetails>"
    ship = "<ShipDetails><Ship><IMONumbers><IMONumber>IMO9562233</IMONumber></IMONumbers></Ship></ShipDetails>"
    text = (
        "<Designations><DateGenerated>10/09/2026</DateGenerated>"
        f"<Designation><UniqueID>BEL1</UniqueID>{head.format('Entity')}{firm}</Designation>"
        f"<Designation><UniqueID>DPR1</UniqueID>{head.format('Ship')}{ship}</Designation></Designations>"
    )
    found = entries({"uk.xml": text})
    assert (found["BEL1"].identifiers, found["BEL1"].note) == ({"registration": ["06527449"]}, "Parent JSC")
    assert found["DPR1"].identifiers == {"imo": ["9562233"]}
    assert entries({"uk.csv": UK.replace("9123456", "IMO9562233")})["RUS1"].identifiers == {"imo": ["9562233"]}
