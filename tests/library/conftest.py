"""One screener, and lines that get different outcomes."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from screening import Screener

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.fixture(scope="session")
def screener():
    return Screener()


@pytest.fixture(scope="session")
def today():
    return dt.date(2026, 11, 21)


@pytest.fixture(scope="session")
def samples():
    return SAMPLES


@pytest.fixture
def lines():
    """Held, reviewed, clear and not judged lines with all kinds of values; all of them dated."""
    common = {"export_country": "CN", "destination_country": "US", "ship_date": "2026-11-10"}
    return [
        {
            **common,
            "description": "Dysprosium oxide 99.9%",
            "hs_code": "2846901500",
            "net_kg": 100.5,
            "gross_kg": 110,
            "volume_m3": 0.25,
            "value": 30000,
            "currency": "USD",
            "house_bill": "HB-1",
            "consignee_name": "Example Optics GmbH",
        },
        {**common, "description": "Leather shoes", "hs_code": "6403990090", "net_kg": 200, "value": 4000, "currency": "EUR"},
        {
            **common,
            "description": "Tile adhesive, grey",
            "hs_code": "3214900000",
            "net_kg": 25000,
            "gross_kg": 25400,
            "volume_m3": 4,
            "value": 900000,
            "currency": "USD",
            "transport_mode": "air",
            "house_bill": "HB-1",
        },
        {**common, "description": "Leather shoes", "house_bill": "HB-2", "consignee_name": "General Dynamics Mission Systems"},
        {**common, "hs_code": "6403990090", "house_bill": "HB-2"},
        {
            **common,
            "description": "三氧化二锑 99.99%",
            "hs_code": "2825800000",
            "net_kg": 1000,
            "transit_countries": ["SG", "MY"],
        },
    ]
