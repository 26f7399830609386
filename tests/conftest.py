"""Hypothesis profiles: ``HYPOTHESIS_PROFILE=ci`` or ``nightly`` looks further than the default ``dev``."""

import datetime as dt
import os

import pytest
from hypothesis import HealthCheck, settings

_SLOW_MACHINE = [HealthCheck.too_slow]  # a busy machine is no reason to fail

settings.register_profile("dev", max_examples=25, derandomize=True, deadline=None, suppress_health_check=_SLOW_MACHINE)
settings.register_profile("ci", settings.get_profile("dev"), max_examples=200, print_blob=True)
settings.register_profile("nightly", settings.get_profile("ci"), max_examples=5000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))


@pytest.fixture(scope="session")
def own_list():
    """Makes a list of one's own of entries; what else it says can be given."""
    from screening.content.listmodels import Watchlist
    from screening.terms import Text

    def make(entries, **said):
        header = {
            "id": "own",
            "title": Text("our list", "本公司名单"),
            "publisher": "-",
            "url": "",
            "date": dt.date(2026, 11, 1),
            "licence": "-",
            "official": False,
            "regime": "OWN",
            "effect": "trade_barred",
            "verified_on": dt.date(2026, 11, 1),
        }
        return Watchlist(**{**header, **said}, entries=list(entries))

    return make
