"""The file of --law: every problem with its line; what it says changes states for its days and nothing else."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from screening import ContentError
from screening.content.confirmations import read_law, untouched, with_law
from screening.content.snapshot import shipped
from screening.judge.status import changes, known_state, state

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2026, 11, 22)
NOTICE = "cn-mofcom-gac-2025-57"
GOOD = f"""\
confirmations:
  - instrument: {NOTICE}
    state: in_force
    from: 2026-11-11
    until: 2027-01-31
    source: "reply of the Ministry of Commerce, 2026-11-20"
    checked_by: J. Doe
    checked_on: 2026-11-20
    expires: 2026-12-05
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "law.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(tmp_path: Path, text: str) -> list[str]:
    with pytest.raises(ContentError) as raised:
        read_law(written(tmp_path, text), shipped(), TODAY)
    return [f"{p.line}: {p.message}" for p in raised.value.problems]


def test_a_state_holds_for_its_days_and_the_shipped_one_elsewhere(tmp_path: Path) -> None:
    content = shipped()
    law = read_law(written(tmp_path, GOOD), content, TODAY)
    before, after = content.instruments[NOTICE].dates, with_law(content, law).instruments[NOTICE].dates
    days = {
        day: state(after, dt.date.fromisoformat(day)).status for day in ("2026-11-10", "2026-11-11", "2027-01-31", "2027-02-01")
    }
    assert days == {
        "2026-11-10": "suspended",
        "2026-11-11": "in_force",
        "2027-01-31": "in_force",
        "2027-02-01": "unconfirmed",
    }
    assert state(before, dt.date(2026, 11, 11)).status == "unconfirmed"
    assert known_state(after, dt.date(2026, 11, 11)).status == "unconfirmed"
    confirmed = state(after, dt.date(2026, 11, 11)).confirmed
    assert confirmed is not None
    assert confirmed.checked_by == "J. Doe"
    assert changes(after, dt.date(2027, 1, 25), 14) is not None


def test_without_an_end_it_reaches_as_far_as_it_counts(tmp_path: Path) -> None:
    text = "\n".join(row for row in GOOD.splitlines() if "until" not in row and "expires" not in row)
    (law,) = read_law(written(tmp_path, text), shipped(), TODAY)
    assert law.expires == dt.date(2026, 12, 20)  # 30 days after it was checked
    assert (law.covers(dt.date(2026, 12, 20)), law.covers(dt.date(2026, 12, 21))) == (True, False)
    assert (law.lapsed(dt.date(2026, 12, 20)), law.lapsed(dt.date(2026, 12, 21))) == (False, True)


def test_a_notice_that_lists_parties_can_be_confirmed(tmp_path: Path) -> None:
    content = shipped()
    ident, notice = next((w.id, n) for w in content.watchlists.values() for n in w.notices)
    law = read_law(written(tmp_path, GOOD.replace(NOTICE, notice).replace("in_force", "ended")), content, TODAY)
    dates = with_law(content, law).watchlists[ident].notices[notice].dates
    assert state(dates, TODAY).status == "ended"


def test_an_item_with_dates_of_its_own_is_confirmed_by_its_own_id(tmp_path: Path) -> None:
    content = shipped()
    law, item = next((i, item) for i in content.instruments.values() for item in i.items if item.dates)
    whole = read_law(written(tmp_path, GOOD.replace(NOTICE, law.id).replace("in_force", "ended")), content, TODAY)
    left = next(i for i in with_law(content, whole).instruments[law.id].items if i.code == item.code)
    assert left == item
    assert f"{law.id}/{item.code}" in untouched(content, whole)[law.id]
    own = read_law(written(tmp_path, GOOD.replace(NOTICE, f"{law.id}/{item.code}").replace("in_force", "ended")), content, TODAY)
    changed = next(i for i in with_law(content, own).instruments[law.id].items if i.code == item.code)
    assert changed.dates is not None
    assert state(changed.dates, TODAY).status == "ended"


def test_every_problem_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    text = f"""\
confirmations:
  - instrument: cn-mofcom-gac-2025-75
    state: unconfirmed
    from: 2026-11-11
    source: "a reply"
    checked_by: J. Doe
    checked_on: 2026-11-20
  - instrument: {NOTICE}
    state: in_force
    from: 2026-11-31
    source: ""
    checked_on: 2026-11-20
    reason: none
"""
    found = "\n".join(problems(tmp_path, text))
    assert "3: state: Input should be 'in_force'" in found
    assert "10: from: Input should be a valid date" in found
    assert "8: checked_by: Missing required" in found or "checked_by" in found
    assert "13: reason: is not a key of a confirmation" in found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (NOTICE, "cn-mofcom-gac-2025-75", "2: there is no instrument or notice"),
        (NOTICE, f"{NOTICE}/1C906.a", "1C906"),
        ("until: 2027-01-31", "until: 2026-11-01", "5: the state ends on 2026-11-01"),
        ("checked_on: 2026-11-20", "checked_on: 2026-11-23", "8: 2026-11-23 lies ahead"),
        ("expires: 2026-12-05", "expires: 2026-12-21", "9: 2026-12-21 is not within 30 days"),
        ("expires: 2026-12-05", "expires: 2026-11-19", "9: 2026-11-19 is not within 30 days"),
        ("J. Doe", '" "', "7: is empty"),
        ("confirmations:", "confirmation:", "1: there is no key 'confirmation'"),
    ],
)
def test_what_makes_no_sense_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert any(said in problem for problem in problems(tmp_path, GOOD.replace(old, new)))


def test_a_state_that_begins_after_it_lapses_needs_an_end(tmp_path: Path) -> None:
    text = GOOD.replace("    until: 2027-01-31\n", "").replace("from: 2026-11-11", "from: 2026-12-06")
    assert problems(tmp_path, text) == [
        "4: the state begins on 2026-12-06, but without `until` it is told no further than 2026-12-05; say until when"
    ]


def test_two_states_on_one_day_are_refused(tmp_path: Path) -> None:
    second = GOOD.partition("\n")[2].replace("in_force", "suspended").replace("from: 2026-11-11", "from: 2027-01-31")
    assert problems(tmp_path, GOOD + second.replace("until: 2027-01-31", "until: 2027-03-31")) == [
        f"11: {NOTICE} is in_force on some of these days as told in line 2; only one can be true"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "- x",
        "confirmations: 3",
        "confirmations: [1, null, [], {}]",
        "confirmations: {a: b}",
        "\x00",
        "a: &a [*a, *a]",
        "{" * 99,
    ],
)
def test_whatever_the_file_holds_it_is_told(tmp_path: Path, text: str) -> None:
    assert problems(tmp_path, text)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="No such file"):
        read_law(tmp_path / "none.yaml", shipped(), TODAY)
