"""What is put on disk comes back as it was, whatever its columns repeat; work done beside or in threads keeps its order."""

from __future__ import annotations

import datetime as dt
from threading import Lock
from time import sleep

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from screening.spill import IN_MEMORY, Beside, Spill, in_order

KINDS = {
    "text": (pl.String, st.sampled_from([None, "", "a", "b"])),
    "bits": (pl.UInt64, st.sampled_from([None, 0, 1 << 62])),
    "day": (pl.Date, st.sampled_from([None, dt.date(2026, 1, 1), dt.date(2026, 1, 2)])),
    "said": (pl.Boolean, st.sampled_from([None, True, False])),
    "mass": (pl.Float64, st.sampled_from([None, 0.0, float("nan"), 1.5])),
    "lists": (pl.List(pl.String), st.sampled_from([None, [], ["a"]])),
}


@st.composite
def frames(draw: st.DrawFn) -> pl.DataFrame:
    """Few values in several columns of each kind, so that columns of one value and equal columns are common."""
    height = draw(st.integers(1, 4))
    columns = [pl.Series("line", range(height), dtype=pl.UInt32)]
    for number in range(draw(st.integers(0, 8))):
        kind, values = KINDS[draw(st.sampled_from(sorted(KINDS)))]
        columns.append(pl.Series(f"c{number}", draw(st.lists(values, min_size=height, max_size=height)), dtype=kind))
    return pl.DataFrame(columns)


@settings(max_examples=60)
@given(st.lists(frames(), min_size=1, max_size=3))
def test_pieces_on_disk_come_back_in_their_order_with_all_columns(pieces: list[pl.DataFrame]) -> None:
    spill = Spill()
    for piece in pieces:
        spill.append(spill.put_away(piece, IN_MEMORY))
    assert len(spill) == len(pieces)
    for number, piece in enumerate(pieces):
        found = spill.frame(number)
        assert found.schema == piece.schema
        assert found.equals(piece)
    spill.close()


def test_the_first_lines_stay_in_memory_and_later_ones_do_not() -> None:
    spill = Spill()
    frame = pl.DataFrame({"line": [1]})
    assert spill.put_away(frame, IN_MEMORY - 1).kept is frame
    assert not isinstance(spill.put_away(frame, IN_MEMORY).kept, pl.DataFrame)
    spill.close()


@pytest.mark.parametrize("large", [True, False])
@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_work_keeps_the_order_of_its_items(count: int, large: bool) -> None:
    assert list(in_order(lambda n: n * n, range(count), large=lambda _: large)) == [n * n for n in range(count)]


def test_work_beside_is_done_one_after_the_other() -> None:
    done: list[int] = []
    with Beside() as beside:
        results = [beside.submit(lambda n=n: done.append(n) or n, large=n > 1) for n in range(6)]
        assert [result() for result in results] == list(range(6))
    assert done == list(range(6))


def test_an_error_of_work_beside_comes_where_its_result_is_asked_for() -> None:
    def fail() -> None:
        raise ValueError("told")

    with Beside() as beside:
        result = beside.submit(fail, large=True)
        with pytest.raises(ValueError, match="told"):
            result()


def test_little_waits_beside_the_rest() -> None:
    """What waits holds whole pieces of a manifest."""
    under_way, most = 0, 0
    lock = Lock()

    def work() -> None:
        nonlocal under_way
        sleep(0.01)
        with lock:
            under_way -= 1

    with Beside() as beside:
        for _ in range(12):
            results = beside.submit(work, large=True)
            with lock:
                under_way += 1
                most = max(most, under_way)
        results()
    assert most <= 4
