# ruff: noqa: E501 - published formats have long lines
"""Lists of US authorities, as OFAC, the trade administration and BIS publish them. The entries are invented."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from screening.errors import ListError

SDN = (
    '36,"EXAMPLE AIRLINES",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'EXAIR\'; Tax ID No. 800-1 (Colombia)."\r\n'
    '37,"DOE, John","individual","SDGT] [IRAN","Minister",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 15 Jan 1955; alt. DOB 1956; POB Rome; '
    "nationality Korea, North; a.k.a. 'THE BOSS'; Passport A12345 (Iran); Gender Male; Linked To: EXAMPLE AIRLINES.\"\r\n"
    '38,"EXAMPLE STAR","vessel","IRAN",-0- ,"9HA1","Cargo","2000",-0- ,"Panama","Owner S.A.",'
    "\"Vessel Registration Identification IMO 7406784; MMSI 572469210; f.k.a. 'OLD STAR'.\"\r\n\x1a"
)
ALT = '36,1,"aka","EXAMPLE AIR",-0- \r\n36,2,"fka","OLD EXAMPLE AIR",-0- \r\n37,3,"aka","DOE, Jon",-0- \r\n\x1a'
ADD = '36,1,"1 Example Street","Havana","Cuba",-0- \r\n37,2,-0- ,-0- ,"Region: Gaza",-0- \r\n\x1a'
COMMENTS = "37,\" a.k.a. 'SHORTY'.\"\r\n\x1a"


def test_ofac_files_join_by_their_ids(entries):
    found = entries({"sdn.csv": SDN, "alt.csv": ALT, "add.csv": ADD, "sdn_comments.csv": COMMENTS})
    firm, person, vessel = found["36"], found["37"], found["38"]
    assert (firm.name, firm.kind, firm.aliases, firm.former_names) == (
        "EXAMPLE AIRLINES",
        "company",
        ["EXAMPLE AIR"],
        ["OLD EXAMPLE AIR"],
    )
    assert firm.weak_aliases == ["EXAIR"]
    assert firm.addresses == ["1 Example Street, Havana"]
    assert set(firm.countries) == {"CU", "CO"}
    assert firm.identifiers == {"tax": ["800-1"]}
    assert (person.kind, person.aliases, person.weak_aliases) == ("person", ["DOE, Jon"], ["THE BOSS", "SHORTY"])
    assert person.born == ["1955-01-15", "1956"]
    assert person.programmes == ["SDGT", "IRAN"]
    assert set(person.countries) == {"KP", "IR", "PS"}
    assert person.identifiers == {"passport": ["A12345"]}
    assert "Linked To: EXAMPLE AIRLINES" in person.note
    assert (vessel.kind, vessel.former_names, vessel.countries) == ("vessel", ["OLD STAR"], ["PA"])
    assert vessel.identifiers == {"imo": ["7406784"], "mmsi": ["572469210"], "call_sign": ["9HA1"]}


def test_a_header_somebody_added_to_ofac_files_is_no_entry(imported):
    header = "ID,Name,Type,Country,Title,Col_F,Col_G,Col_H,Col_I,Col_J,Col_K,Details\r\n"
    one = imported({"sdn.csv": header + SDN, "add.csv": "ID,Col_B,Address,City,Country,\r\n" + ADD})["us-ofac-sdn"]
    assert len(one.watchlist.entries) == 3
    assert any("do not begin with an id" in problem for problem in one.problems)
    assert any("without aliases" in problem for problem in one.problems)


def test_the_consolidated_list_is_known_by_its_programmes(imported):
    text = '9,"HOLDING CO",-0- ,"CMIC-EO13959",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
    assert imported({"cons_prim.csv": text})["us-ofac-consolidated"].watchlist.effect == "licence_for_items"
    assert imported({"sdn.csv": SDN})["us-ofac-sdn"].watchlist.effect == "trade_barred"


def test_aliases_without_their_entries_are_refused(imported):
    with pytest.raises(ListError, match=r"sdn\.csv or cons_prim\.csv"):
        imported({"alt.csv": ALT})
    with pytest.raises(ListError, match="not of the same day"):
        imported({"sdn.csv": SDN, "alt.csv": "".join(f'{n},{n},"aka","NAME {n}",-0- \r\n' for n in range(900, 950))})


SDN_XML = """<?xml version="1.0" standalone="yes"?>
<sdnList xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/XML">
  <publshInformation><Publish_Date>08/07/2026</Publish_Date><Record_Count>{count}</Record_Count></publshInformation>
  <sdnEntry><uid>100</uid><firstName>Jane</firstName><lastName>DOE</lastName><title>Director</title><sdnType>Individual</sdnType>
    <remarks>(Linked To: EXAMPLE LINES)</remarks><programList><program>RUSSIA-EO14024</program></programList>
    <idList><id><uid>1</uid><idType>Passport</idType><idNumber>P77</idNumber><idCountry>Russia</idCountry></id>
      <id><uid>2</uid><idType>Gender</idType><idNumber>Female</idNumber></id></idList>
    <akaList><aka><uid>3</uid><type>a.k.a.</type><category>strong</category><lastName>DOE</lastName><firstName>Janet</firstName></aka>
      <aka><uid>4</uid><type>a.k.a.</type><category>weak</category><lastName>THE DOE</lastName></aka></akaList>
    <nationalityList><nationality><uid>5</uid><country>Russia</country></nationality></nationalityList>
    <dateOfBirthList><dateOfBirthItem><uid>6</uid><dateOfBirth>07 Oct 1980</dateOfBirth></dateOfBirthItem></dateOfBirthList></sdnEntry>
  <sdnEntry><uid>200</uid><lastName>EXAMPLE STAR</lastName><sdnType>Vessel</sdnType>
    <programList><program>IRAN</program></programList>
    <idList><id><uid>7</uid><idType>Vessel Registration Identification</idType><idNumber>IMO 9123456</idNumber></id></idList>
    <akaList><aka><uid>8</uid><type>f.k.a.</type><category>strong</category><lastName>OLD STAR</lastName></aka></akaList>
    <addressList><address><uid>9</uid><address1>1 Port Road</address1><city>Shanghai</city><country>China</country></address></addressList>
    <vesselInfo><callSign>CALL</callSign><vesselFlag>Iran</vesselFlag></vesselInfo></sdnEntry>
</sdnList>"""


def test_sdn_xml(imported):
    watchlist = imported({"sdn.xml": SDN_XML.format(count=2)}, date=None)["us-ofac-sdn"].watchlist
    person, vessel = watchlist.entries
    assert watchlist.date == dt.date(2026, 8, 7)
    assert (person.name, person.aliases, person.weak_aliases) == ("DOE, Jane", ["DOE, Janet"], ["THE DOE"])
    assert (person.born, person.countries, person.identifiers) == (["1980-10-07"], ["RU"], {"passport": ["P77"]})
    assert (vessel.kind, vessel.former_names, vessel.addresses) == ("vessel", ["OLD STAR"], ["1 Port Road, Shanghai"])
    assert vessel.countries == ["CN", "IR"]
    assert vessel.identifiers == {"imo": ["9123456"], "call_sign": ["CALL"]}


def test_a_file_with_fewer_entries_than_it_says_is_refused(imported):
    with pytest.raises(ListError, match="says that it has 18,000 entries and has 2"):
        imported({"sdn.xml": SDN_XML.format(count=18000)})


ADVANCED = """<?xml version="1.0" encoding="utf-8"?>
<Sanctions xmlns="https://sanctionslistservice.ofac.treas.gov/api/PublicationPreview/exports/ADVANCED_XML">
<DateOfIssue CalendarTypeID="1"><Year>2026</Year><Month>7</Month><Day>4</Day></DateOfIssue>
<ReferenceValueSets>
  <AliasTypeValues><AliasType ID="1400">A.K.A.</AliasType><AliasType ID="1401">F.K.A.</AliasType><AliasType ID="1403">Name</AliasType></AliasTypeValues>
  <CountryValues><Country ID="11086" ISO2="IR">Iran</Country><Country ID="2">Cuba</Country></CountryValues>
  <FeatureTypeValues><FeatureType ID="8">Birthdate</FeatureType><FeatureType ID="10">Nationality Country</FeatureType>
    <FeatureType ID="13">SWIFT/BIC</FeatureType><FeatureType ID="25">Location</FeatureType></FeatureTypeValues>
  <IDRegDocTypeValues><IDRegDocType ID="1571">Passport</IDRegDocType></IDRegDocTypeValues>
  <ListValues><List ID="1550">SDN List</List><List ID="91507">Sectoral Sanctions Identifications List</List></ListValues>
  <LocPartTypeValues><LocPartType ID="1454">CITY</LocPartType></LocPartTypeValues>
  <NamePartTypeValues><NamePartType ID="1520">Last Name</NamePartType><NamePartType ID="1521">First Name</NamePartType>
    <NamePartType ID="1525">Entity Name</NamePartType></NamePartTypeValues>
  <PartySubTypeValues><PartySubType ID="3" PartyTypeID="2">Unknown</PartySubType><PartySubType ID="4" PartyTypeID="1">Unknown</PartySubType></PartySubTypeValues>
  <PartyTypeValues><PartyType ID="1">Individual</PartyType><PartyType ID="2">Entity</PartyType></PartyTypeValues>
  <ScriptValues><Script ID="215">Latin</Script><Script ID="160">Arabic</Script></ScriptValues>
</ReferenceValueSets>
<Locations>
  <Location ID="26"><LocationCountry CountryID="11086"/><LocationPart LocPartTypeID="1454"><LocationPartValue Primary="true"><Value>Tehran</Value></LocationPartValue></LocationPart></Location>
  <Location ID="27"><LocationPart LocPartTypeID="1"><LocationPartValue Primary="true"><Value>Cuba</Value></LocationPartValue></LocationPart></Location>
</Locations>
<IDRegDocuments><IDRegDocument ID="2" IDRegDocTypeID="1571" IdentityID="50"><IDRegistrationNo>P12345</IDRegistrationNo></IDRegDocument></IDRegDocuments>
<DistinctParties>
  <DistinctParty FixedRef="2674"><Profile ID="2674" PartySubTypeID="4"><Identity ID="50" Primary="true">
    <Alias AliasTypeID="1403" Primary="true" LowQuality="false">
      <DocumentedName ID="1"><DocumentedNamePart><NamePartValue NamePartGroupID="71" ScriptID="215">DOE</NamePartValue></DocumentedNamePart>
        <DocumentedNamePart><NamePartValue NamePartGroupID="72" ScriptID="215">Ali</NamePartValue></DocumentedNamePart></DocumentedName>
      <DocumentedName ID="2"><DocumentedNamePart><NamePartValue NamePartGroupID="72" ScriptID="160">علي</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
    <Alias AliasTypeID="1400" Primary="false" LowQuality="true"><DocumentedName ID="3"><DocumentedNamePart>
      <NamePartValue NamePartGroupID="72" ScriptID="215">The Engineer</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
    <NamePartGroups><MasterNamePartGroup><NamePartGroup ID="71" NamePartTypeID="1520"/></MasterNamePartGroup>
      <MasterNamePartGroup><NamePartGroup ID="72" NamePartTypeID="1521"/></MasterNamePartGroup></NamePartGroups></Identity>
    <Feature FeatureTypeID="8"><FeatureVersion><DatePeriod><Start><From><Year>1962</Year><Month>1</Month><Day>1</Day></From></Start>
      <End><To><Year>1962</Year><Month>12</Month><Day>31</Day></To></End></DatePeriod></FeatureVersion></Feature>
    <Feature FeatureTypeID="10"><FeatureVersion><VersionLocation LocationID="27"/></FeatureVersion></Feature>
    <Feature FeatureTypeID="25"><FeatureVersion><VersionLocation LocationID="26"/></FeatureVersion></Feature></Profile></DistinctParty>
  <DistinctParty FixedRef="9000"><Profile ID="9000" PartySubTypeID="3"><Identity ID="51" Primary="true">
    <Alias AliasTypeID="1403" Primary="true" LowQuality="false"><DocumentedName ID="4"><DocumentedNamePart>
      <NamePartValue NamePartGroupID="73" ScriptID="215">EXAMPLE BANK</NamePartValue></DocumentedNamePart></DocumentedName></Alias>
    <Alias AliasTypeID="1401" Primary="false" LowQuality="false"><DocumentedName ID="5"><DocumentedNamePart>
      <NamePartValue NamePartGroupID="73" ScriptID="215">OLD BANK</NamePartValue></DocumentedNamePart></DocumentedName></Alias></Identity>
    <Feature FeatureTypeID="13"><FeatureVersion><VersionDetail DetailTypeID="1432">EXAMIRTH</VersionDetail></FeatureVersion></Feature></Profile></DistinctParty>
</DistinctParties>
<SanctionsEntries>
  <SanctionsEntry ID="1" ProfileID="2674" ListID="1550"><EntryEvent><Date><Year>2020</Year><Month>1</Month><Day>10</Day></Date></EntryEvent>
    <SanctionsMeasure><Comment/></SanctionsMeasure><SanctionsMeasure><Comment>SDGT</Comment></SanctionsMeasure></SanctionsEntry>
  <SanctionsEntry ID="2" ProfileID="9000" ListID="91507"><SanctionsMeasure><Comment>UKRAINE-EO13662</Comment></SanctionsMeasure></SanctionsEntry>
</SanctionsEntries>
</Sanctions>"""


def test_sdn_advanced_xml_gives_a_list_for_every_list_it_names(imported):
    lists = imported({"sdn_advanced.xml": ADVANCED}, date=None)
    assert set(lists) == {"us-ofac-sdn", "us-ofac-ssi"}
    (person,) = lists["us-ofac-sdn"].watchlist.entries
    (bank,) = lists["us-ofac-ssi"].watchlist.entries
    assert lists["us-ofac-sdn"].watchlist.date == dt.date(2026, 7, 4)
    assert (person.id, person.kind, person.name) == ("2674", "person", "DOE, Ali")
    assert (person.original_names, person.weak_aliases) == (["علي"], ["The Engineer"])
    assert (person.born, person.addresses, person.identifiers) == (["1962"], ["Tehran"], {"passport": ["P12345"]})
    assert set(person.countries) == {"CU", "IR"}
    assert (person.listed_on, person.programmes) == (dt.date(2020, 1, 10), ["SDGT"])
    assert (bank.kind, bank.former_names, bank.identifiers) == ("company", ["OLD BANK"], {"swift": ["EXAMIRTH"]})


CSL = (
    "source,entity_number,type,programs,name,title,addresses,federal_register_notice,start_date,end_date,standard_order,"
    "license_requirement,license_policy,call_sign,vessel_type,gross_tonnage,gross_registered_tonnage,vessel_flag,vessel_owner,remarks,"
    "source_list_url,alt_names,citizenships,dates_of_birth,nationalities,places_of_birth,source_information_url,ids\n"
    'Entity List (EL) - Bureau of Industry and Security,,,,"Example Research Institute; and any successor, sub-unit, or subsidiary thereof",,'
    '"113 Example Road, Hebei, China; and 21 Other Road, Hebei, CN",83 FR 1,2018-08-01,,,For all items,Denial,,,,,,,,u,'
    '"ERI; and Example 13",,,,,u,\n'
    'Denied Persons List (DPL) - Bureau of Industry and Security,,,,EXAMPLE PERSON,,"1 Street, MIAMI, FL, 33130, US",82 F.R. 1,'
    "2017-10-16,2020-10-13,Y,,,,,,,,,,u,,,,,,u,\n"
    'Specially Designated Nationals (SDN) - Treasury Department,20264,Entity,SDNTK,EXAMPLE HOLDINGS LLC,,"80 SW 8th Street, Miami, US",,,,,,,'
    ',,,,,,,u,,,,,,u,"US, 80-0890696, Tax ID No.; Executive Order 13662 Directive Determination -, Subject to Directive 2"\n'
)


def test_the_consolidated_screening_list_becomes_a_list_for_every_effect(imported):
    lists = imported({"csl.csv": CSL})
    effects = {ident: one.watchlist.effect for ident, one in lists.items()}
    assert effects == {
        "us-bis-entity-list": "licence_for_items",
        "us-bis-denied-persons": "trade_barred",
        "us-ofac-sdn": "trade_barred",
    }
    (entity,) = lists["us-bis-entity-list"].watchlist.entries
    assert (entity.name, entity.aliases) == ("Example Research Institute", ["ERI", "Example 13"])
    assert (entity.addresses, entity.countries) == (["113 Example Road, Hebei, China", "21 Other Road, Hebei"], ["CN"])
    (denied,) = lists["us-bis-denied-persons"].watchlist.entries
    assert (denied.listed_on, denied.delisted_on) == (dt.date(2017, 10, 16), dt.date(2020, 10, 14))
    (barred,) = lists["us-ofac-sdn"].watchlist.entries
    assert barred.identifiers == {"tax": ["80-0890696"]}


def test_an_address_that_is_listed_by_itself_is_an_address(entries):
    head = CSL.split("\n", maxsplit=1)[0]
    row = (
        'Entity List (EL) - Bureau of Industry and Security,,,,Address 05,,"Unit 5, 27/F, Example Building, Kowloon, HK",'
        + "," * 21
    )
    (entry,) = entries({"csl.csv": f"{head}\n{row}\n"}).values()
    assert (entry.kind, entry.addresses, entry.countries) == ("address", ["Unit 5, 27/F, Example Building, Kowloon"], ["HK"])


def test_the_form_of_2016_calls_lists_by_their_codes(imported):
    text = (
        CSL.replace("Entity List (EL) - Bureau of Industry and Security", "EL").replace(",ids\n", "\n").replace(",u,\n", ",u\n")
    )
    assert "us-bis-entity-list" in imported({"csl.csv": text})


def test_a_list_that_is_not_known_is_kept_and_said(imported):
    one = imported({"csl.csv": CSL.replace("(EL)", "(NEW)")})["us-screening-list-new"]
    assert one.watchlist.effect == "licence_for_items"
    assert any("'NEW', which is not known" in problem for problem in one.problems)


def test_the_screening_list_as_json(imported):
    record = {
        "source": "Unverified List (UVL) - Bureau of Industry and Security",
        "name": "Example Trading",
        "alt_names": ["Example Trade"],
        "addresses": [{"address": "1 Example Street", "city": "Yerevan", "state": None, "postal_code": None, "country": "AM"}],
        "ids": [{"type": "Registration Number", "number": "77", "country": "AM"}],
        "programs": [],
        "start_date": "2023-01-02",
    }
    (entry,) = imported({"consolidated.json": json.dumps({"total": 1, "results": [record]})})[
        "us-bis-unverified"
    ].watchlist.entries
    assert (entry.name, entry.aliases, entry.countries) == ("Example Trading", ["Example Trade"], ["AM"])
    assert (entry.addresses, entry.identifiers) == (["1 Example Street, Yerevan"], {"registration": ["77"]})
    assert entry.listed_on == dt.date(2023, 1, 2)


DPL = (
    '"Name"\t"Street_Address"\t"City"\t"State"\t"Country"\t"Postal_Code"\t"Effective_Date"\t"Expiration_Date"\t"Standard_Order"\t"Last_Update"'
    '\t"Action"\t"FR_Citation"\n'
    '" EXAMPLE LTD, A/K/A EXAMPLE TRADING"\t"1 STREET"\t"DUBAI "\t""\t"AE"\t""\t"09/18/2015"\t"09/18/2022"\t"Y"\t"2015-09-24"\t""\t"80 F.R 5"\n'
    '" EXAMPLE LTD, A/K/A EXAMPLE TRADING"\t"2 STREET"\t"MIAMI"\t"FL"\t""\t"1"\t"09/18/2015"\t"09/18/2022"\t"Y"\t"3017-08-22"\t""\t"80 F.R 5"\n'
)


def test_denied_persons_with_several_addresses_are_one_entry(imported):
    watchlist = imported({"dpl.txt": DPL}, date=None)["us-bis-denied-persons"].watchlist
    (entry,) = watchlist.entries
    assert watchlist.date == dt.date(2015, 9, 24)  # a row of the year 3017 says nothing
    assert (entry.name, entry.aliases) == ("EXAMPLE LTD", ["EXAMPLE TRADING"])
    assert (len(entry.addresses), entry.countries) == (2, ["AE", "US"])
    assert (entry.listed_on, entry.delisted_on) == (dt.date(2015, 9, 18), dt.date(2022, 9, 19))


def test_what_the_advanced_form_says_of_ships_and_aircraft(entries):
    """Flag, owner and tonnage are texts there, and identify nobody."""
    types = {
        "3": "VESSEL FLAG",
        "4": "VESSEL OWNER",
        "6": "VESSEL GROSS REGISTERED TONNAGE",
        "9": "Place of Birth",
        "47": "Aircraft Model",
    }
    kinds = "".join(f'<FeatureType ID="{number}" FeatureTypeGroupID="1">{name}</FeatureType>' for number, name in types.items())
    said = {"3": "Cuba", "4": "Example Shipping", "6": "212", "9": "Giza, Egypt", "47": "IL-76TD"}
    features = "".join(
        f'<Feature ID="1" FeatureTypeID="{number}"><FeatureVersion ID="7"><Comment/><VersionDetail DetailTypeID="1432">{text}</VersionDetail>'
        "</FeatureVersion></Feature>"
        for number, text in said.items()
    )
    text = ADVANCED.replace("<FeatureType ID", f"{kinds}<FeatureType ID", 1).replace(
        '<Feature FeatureTypeID="13">', f'{features}<Feature FeatureTypeID="13">'
    )
    lists = text.replace('ListID="91507"', 'ListID="1550"')
    bank = entries({"sdn_advanced.xml": lists})["9000"]
    assert (bank.countries, bank.identifiers) == (["CU"], {"swift": ["EXAMIRTH"]})
    assert bank.note == "owner Example Shipping; POB Giza, Egypt; IL-76TD"


def test_the_screening_list_as_json_says_of_which_day_its_lists_are(imported):
    menu = "Non-SDN Menu-Based Sanctions List (NS-MBS List) - Treasury Department"
    data = {
        "total": 1,
        "sources_used": [{"source": menu, "source_last_updated": "2026-09-18T00:00:00+00:00", "import_rate": "Hourly"}],
        "results": [{"source": menu, "name": "EXAMPLE BANK", "alt_names": [], "entity_number": 17016, "type": "Entity"}],
    }
    one = imported({"consolidated.json": json.dumps(data)}, date=None)["us-ofac-mbs"]
    assert (one.watchlist.date, one.watchlist.entries[0].id) == (dt.date(2026, 9, 18), "17016")
