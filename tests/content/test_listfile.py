"""The own form of an imported list: what is written is read, and nothing else is."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.content.listfile import read_list, write_list
from screening.content.listmodels import Ownership, PartyEntry, SourceFile
from screening.content.models import Dates, Suspension
from screening.content.waivers import entry_hash
from screening.errors import ContentError

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
SEVERAL = st.lists(TEXTS, max_size=3)
DAYS = st.none() | st.dates()
PAUSES = st.lists(st.builds(Suspension, from_=st.dates()), max_size=2)
ENTRIES = st.builds(
    PartyEntry,
    id=TEXTS,
    name=TEXTS,
    kind=st.sampled_from(["company", "person", "vessel", "aircraft", "address", "unknown"]),
    aliases=SEVERAL,
    original_names=SEVERAL,
    former_names=SEVERAL,
    weak_aliases=SEVERAL,
    addresses=SEVERAL,
    countries=SEVERAL,
    identifiers=st.dictionaries(TEXTS, SEVERAL, max_size=2),
    born=SEVERAL,
    programmes=SEVERAL,
    listed_on=DAYS,
    delisted_on=DAYS,
    dates=st.none()
    | st.builds(
        Dates, in_force=st.dates(), ended=DAYS, suspensions=st.lists(st.builds(Suspension, from_=st.dates()), max_size=2)
    ),
    note=TEXTS,
)


@pytest.fixture(scope="session")
def listing(own_list):
    """A list whose header says everything that one may say."""

    def made(entries):
        day = dt.date(2026, 3, 1)
        return own_list(
            entries,
            date=day,
            retrieved=day,
            effect="informational",
            files=[SourceFile(name="a.csv", sha256="0" * 64, bytes=3)],
            counts={"entries": len(entries)},
            ownership=Ownership(percent=50, dates=Dates(in_force=day)),
        )

    return made


@given(st.lists(ENTRIES, max_size=5))
def test_what_is_written_is_read(listing, entries):
    with tempfile.TemporaryDirectory() as folder:
        path = write_list(listing(entries), Path(folder))
        found = read_list(path)
        assert found.entries == entries
        assert (found.ownership, found.files, found.counts) == (
            listing(entries).ownership,
            listing(entries).files,
            listing(entries).counts,
        )
        assert [entry_hash(entry) for entry in found.entries] == [entry_hash(entry) for entry in entries]
        assert found.sha256 == read_list(write_list(found, Path(folder))).sha256


@given(st.lists(ENTRIES, min_size=1, max_size=3), st.data())
def test_no_byte_of_an_entry_can_change_unseen(listing, entries, data):
    with tempfile.TemporaryDirectory() as folder:
        path = write_list(listing(entries), Path(folder))
        whole = path.read_bytes()
        place = data.draw(st.integers(whole.index(b"\n") + 1, len(whole) - 1))
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(ContentError, match="not as it was written"):
            read_list(path)


@given(ENTRIES, TEXTS)
def test_the_hash_of_an_entry_follows_what_it_says(entry, note):
    other = PartyEntry(**{name: getattr(entry, name) for name in entry.__dataclass_fields__} | {"note": note})
    assert (entry_hash(entry) == entry_hash(other)) is (entry == other)
