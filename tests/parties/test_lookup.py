"""Ships, numbers and addresses: what finds a listed party besides its name, in a run."""

from __future__ import annotations

from dataclasses import replace

import pytest

from screening import Screener
from screening.content.listmodels import PartyEntry
from screening.content.snapshot import shipped
from screening.parties.others import imo, plain_number

SHIPS = [
    PartyEntry(id="ship", name="KALINDA STAR", kind="vessel", former_names=["OCEAN MARENKO"], identifiers={"imo": ["9074729"]}),
    PartyEntry(id="plain", name="ZORVATH SPIRIT", kind="vessel"),
    PartyEntry(id="firm", name="Kalinda Metals Ltd", kind="company", countries=["CY"], identifiers={"tax": ["7744001497"]}),
    PartyEntry(
        id="place",
        name="Address in Sheung Wan",
        kind="address",
        addresses=["Unit 1205, Wing Zorvath Building, 97 Kalinda Strand, Hong Kong"],
    ),
]


@pytest.fixture(scope="module")
def hits():
    content = shipped()
    listing = replace(content.watchlists["cn-unreliable-entities"], entries=SHIPS, notices={})
    screener = Screener.of(replace(content, watchlists={listing.id: listing}))

    def found(**line):
        base = {
            "description": "Leather shoes",
            "export_country": "CN",
            "ship_date": "2026-10-01",
            "consignee_name": "Example Shoes GmbH",
        }
        result = screener.screen_line(base | line)
        return {hit["evidence"][0]["counterpart"].split()[1]: hit for hit in result.hits if hit["family"] == "party"}

    return found


def test_imo_numbers_have_a_check_digit():
    assert imo("IMO 9074729") == "9074729"
    assert imo("9074728") == ""
    assert imo("907472") == ""
    assert plain_number("77 44-001497") == "7744001497"
    assert plain_number("123") == ""


def test_ship_is_found_by_its_name_and_its_former_name(hits):
    assert hits(vessel_name="MV Kalinda Star")["ship"]["evidence"][0]["field"] == "vessel_name"
    assert "former name" in hits(vessel_name="Ocean Marenko")["ship"]["reason"]


def test_imo_number_decides(hits):
    assert set(hits(vessel_name="ANYTHING ELSE", vessel_imo="9074729")) == {"ship"}
    assert set(hits(vessel_name="KALINDA STAR", vessel_imo="9074729")) == {"ship"}
    assert hits(vessel_name="KALINDA STAR", vessel_imo="9319466") == {}  # another ship of the same name
    assert set(hits(vessel_name="KALINDA STAR", vessel_imo="1234560")) == {"ship"}  # a wrong number says nothing
    assert set(hits(vessel_name="ZORVATH SPIRIT", vessel_imo="9319466")) == {"plain"}  # no number is listed


def test_numbered_sister_ships_are_other_ships(hits):
    assert hits(vessel_name="KALINDA STAR 2") == {}


def test_name_of_a_ship_is_no_party(hits):
    assert hits(consignee_name="Kalinda Star") == {}
    assert hits(vessel_name="Kalinda Metals") == {}


def test_number_of_a_party_finds_it(hits):
    found = hits(consignee_id="INN 7744001497")
    assert found == {} or set(found) == {"firm"}
    assert hits(consignee_id="7744001497")["firm"]["evidence"][0]["field"] == "consignee_id"
    assert set(hits(consignee_name="Some Trader INN 7744001497")) == {"firm"}


def test_address_of_an_entry_that_names_only_a_place(hits):
    found = hits(consignee_address="UNIT 1205 WING ZORVATH BLDG., 97 KALINDA STRAND, HONG KONG")
    assert found["place"]["evidence"][0]["field"] == "consignee_address"
    assert hits(consignee_address="Unit 7, Another Building, 12 Other Road, Hong Kong") == {}


@pytest.mark.parametrize(("country", "said"), [("CY", "country agrees"), ("FR", "country differs"), (None, None)])
def test_country_is_evidence_and_decides_nothing(hits, country, said):
    hit = hits(consignee_name="Kalinda Metals Ltd", consignee_country=country)["firm"]
    assert [row["method"] for row in hit["evidence"] if row["field"] == "consignee_country"] == ([said] if said else [])
    assert hit["action"] == "hold"


def test_words_are_laid_side_by_side_in_the_evidence(hits):
    rows = hits(consignee_name="KALINDRA METALS LTD")["firm"]["evidence"]
    assert any(row["method"] == "words aligned" and "kalindra~kalinda" in row["compared"] for row in rows)
