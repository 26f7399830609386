"""The corpus of unseen goods: how outcomes are judged, and that what was mended stays so."""

import pytest

from benchmarks import unseen

OUTCOMES = {"hold", "review", "not_judged", "clear"}


@pytest.mark.parametrize(
    ("expected", "allowed", "outcome", "judged"),
    [
        ("hold", "", "hold", "right"),
        ("review", "clear", "clear", "allowed"),
        ("clear", "", "review", "false review"),
        ("clear", "review", "hold", "false hold"),
        ("hold", "review", "clear", "missed hold"),
        ("review", "", "not_judged", "missed review"),
    ],
)
def test_an_outcome_is_judged_by_what_the_law_asks_for(expected, allowed, outcome, judged):
    assert unseen.judge({"expected": expected, "allowed": allowed}, outcome) == judged


def test_every_line_says_what_is_expected_what_came_first_and_why():
    rows = unseen.read()
    places = [(row["batch"], row["line"]) for row in rows]
    assert len(set(places)) == len(places) >= 500
    for row in rows:
        assert {row["expected"], *row["allowed"].split()} <= OUTCOMES, row
        assert row["first"] in {*OUTCOMES, ""}, row
        assert row["expected"] not in row["allowed"].split(), row
        assert row["description"], row
        assert row["why"], row


def test_what_was_said_at_first_sight_is_written_once(tmp_path):
    corpus = tmp_path / "unseen.csv"
    corpus.write_text("batch,line,first\n1,1,clear\n1,2,\n", encoding="utf-8")
    assert unseen.write_first(["hold", "review"], corpus) == 1
    assert unseen.write_first(["clear", "clear"], corpus) == 0
    assert [row["first"] for row in unseen.read(corpus)] == ["clear", "review"]


def test_what_was_wrong_at_first_sight_is_mended():
    rows = [row for row in unseen.read() if row["first"]]
    outcomes, hits = unseen.screen(rows)
    wrong = {
        f"{row['batch']}-{row['line']} {row['description']}: {outcome}"
        for row, outcome in zip(rows, outcomes, strict=True)
        if unseen.judge(row, outcome) not in ("right", "allowed")
    }
    assert not wrong, hits
