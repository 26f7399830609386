"""The points of the detour ratio lie where the countries lie."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screening.content.document import read_document
from screening.judge.route import distance_km

RULES = Path(__file__).parents[2] / "rules"
DOCUMENT = read_document(RULES / "facts" / "coordinates.yaml")
COORDINATES = DOCUMENT.data["coordinates"]


def test_no_code_stands_twice_and_the_file_is_sound():
    assert DOCUMENT.problems == []  # a code that stands twice is one of them


def test_every_code_is_two_capital_letters_in_order():
    assert [code for code in COORDINATES if not re.fullmatch("[A-Z]{2}", code)] == []
    assert list(COORDINATES) == sorted(COORDINATES)


def test_every_code_is_one_that_manifests_are_read_into():
    known = read_document(RULES / "reading" / "countries.yaml").data["countries"]
    assert set(COORDINATES) - set(known) == set()


def test_nearly_every_country_has_a_point():
    assert len(COORDINATES) >= 230
    assert {"CN", "HK", "MO", "TW", "NO", "XK", "KZ", "US"} <= set(COORDINATES)


def test_every_point_is_on_the_globe():
    wrong = {
        code: point
        for code, point in COORDINATES.items()
        if len(point) != 2 or not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180)
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("one", "other", "kilometres"),
    [
        ("CN", "US", 11_860),  # Shanghai, New York
        ("NL", "US", 5_860),  # Rotterdam, New York
        ("AU", "SG", 6_300),  # Sydney, Singapore
        ("AE", "IN", 1_930),  # Dubai, Mumbai
        ("AU", "NZ", 2_160),  # Sydney, Auckland
        ("FJ", "WS", 1_150),  # Suva, Apia: across the date line
    ],
)
def test_distances_between_trading_centres_are_the_known_ones(one, other, kilometres):
    assert distance_km(COORDINATES[one], COORDINATES[other]) == pytest.approx(kilometres, rel=0.15)
