"""What is kept ready of the shipped content is read as it was made, and nothing else is."""

import io
import pickle
import subprocess
from dataclasses import replace

import pytest

from screening import prepared
from screening.content.folders import worked_out
from screening.content.listmodels import PartyEntry
from screening.content.snapshot import shipped
from screening.judge.plan import Plan
from screening.parties import Parties
from screening.screener import Screener

LINE = {"description": "Dysprosium oxide 99.9%", "export_country": "CN", "destination_country": "DE", "ship_date": "2025-05-05"}


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """The file in which the plan is kept, somewhere else."""
    path = tmp_path / "plan.pickle"
    monkeypatch.setattr(prepared, "worked_out", lambda _: path)
    monkeypatch.setattr(prepared, "keep", lambda _, data: path.write_bytes(data))
    return path


def test_what_was_kept_is_read_and_answers_as_what_is_made_anew(kept, monkeypatch):
    prepared.shipped_plan()
    monkeypatch.setattr(prepared, "_made", lambda: pytest.fail("made anew"))
    read = prepared.shipped_plan()
    made = Plan(shipped())
    assert [rule.id for rule in read.rules] == [rule.id for rule in made.rules]
    assert read.goods.lexicon.facts_of == made.goods.lexicon.facts_of
    assert Screener().screen_line(LINE).hits == Screener.of(shipped()).screen_line(LINE).hits != []


@pytest.mark.parametrize("damaged", [b"", b"\x80\x05", b"not a pickle", pickle.dumps([1, 2])])
def test_a_damaged_file_is_made_anew(kept, damaged):
    kept.write_bytes(damaged)
    assert len(prepared.shipped_plan().rules) == len(Plan(shipped()).rules)
    assert len(kept.read_bytes()) > 1_000_000


def test_a_file_that_asks_for_other_objects_is_refused(kept, tmp_path):
    class Harm:
        def __reduce__(self):
            return subprocess.check_output, (["touch", str(tmp_path / "harm")],)

    kept.write_bytes(pickle.dumps(Harm()))
    assert prepared.shipped_plan().rules
    assert not (tmp_path / "harm").exists()


def test_the_checkout_keeps_one():
    prepared.shipped_plan()
    assert worked_out("plan.pickle").is_file()


def test_kept_names_answer_as_names_taken_apart_now(tmp_path, monkeypatch):
    monkeypatch.setattr(prepared, "worked_out", lambda name: tmp_path / name)
    monkeypatch.setattr(prepared, "keep", lambda name, data: (tmp_path / name).write_bytes(data))
    content = shipped()
    listed = [entry.name for watchlist in content.watchlists.values() for entry in watchlist.entries]
    asked = [*listed, *(f"{name.split()[0]} Trading Co., Ltd." for name in listed), "J. Smith", "深圳示例有限公司"]
    anew = Parties(content).match(asked)
    prepared.shipped_names()
    monkeypatch.setattr(prepared, "_made_names", lambda: pytest.fail("made anew"))
    kept = Parties(content, prepared.shipped_names())
    assert kept.match(asked).equals(anew)


def test_kept_names_are_left_aside_where_the_lists_are_others():
    content = shipped()
    own = replace(content.watchlists["cn-watch-list"], id="own", entries=[PartyEntry(id="1", name="Kalinda Metals Ltd")])
    more = replace(content, watchlists={**content.watchlists, "own": own})
    others = replace(content, watchlists={name: replace(own, id=name) for name in content.watchlists})
    less = replace(content, watchlists={"own": own})
    other_words = replace(content, party_matching={**content.party_matching, "review": 0.9})
    for changed in (more, others, less, other_words):
        ready = prepared.shipped_names()
        assert ready.fits(changed) == (changed is more)
        asked = ["KALINDRA METALS LTD", "Skydio, Inc.", "Skydyo Inc", "Kalinda"]
        assert Parties(changed, ready).match(asked).equals(Parties(changed).match(asked))


def test_what_a_module_only_uses_is_not_named():
    asked = io.BytesIO(b"\x80\x04\x8c\x0fscreening.spill\x8c\x12ThreadPoolExecutor\x93.")
    with pytest.raises(pickle.UnpicklingError, match="no part of prepared content"):
        prepared._Reader(asked).load()
