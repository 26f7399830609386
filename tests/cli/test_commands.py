"""``columns``, ``explain``, ``rules`` and the program as a whole."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ITEM = "cn-mofcom-gac-2025-18/1C905.b"


@pytest.fixture
def program():
    """The command line as a process of its own."""

    def call(*arguments, **options):
        return subprocess.Popen(
            [sys.executable, "-m", "screening", *map(str, arguments)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **options,
        )

    return call


@pytest.fixture
def report(run, manifest, tmp_path):
    path = tmp_path / "run.json"
    assert run("screen", manifest("clear", "hold"), "-o", path).status == 1
    return path


def test_the_versions(run):
    ended = run("--version")
    assert ended.status == 0
    assert ended.out.startswith("screening ")
    assert ", rules 20" in ended.out


@pytest.mark.parametrize(
    "arguments",
    [["bogus"], ["screen"], ["screen", "a.csv", "--colour"], ["screen", "a.csv", "--fail-on", "clear"], ["rules", "bogus"]],
)
def test_usage_errors_have_status_2(run, arguments):
    ended = run(*arguments)
    assert ended.status == 2
    assert "Usage" in ended.err


@pytest.mark.parametrize(
    "arguments", [["--help"], ["screen", "--help"], ["columns", "--help"], ["explain", "--help"], ["rules", "--help"]]
)
def test_help(run, arguments):
    ended = run(*arguments)
    assert ended.status == 0
    assert "Usage" in ended.out


def test_a_mistake_of_the_program_has_status_2_and_says_so(run, manifest, monkeypatch):
    def fail(*_, **__):
        raise ZeroDivisionError

    monkeypatch.setattr("screening.screener.Screener.screen", fail)
    ended = run("screen", manifest("clear"))
    assert ended.status == 2
    assert "this is a bug (ZeroDivisionError)" in ended.err


def test_an_interrupt_is_one_sentence(run, manifest, tmp_path, monkeypatch):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("screening.report.jsonfile._write_lines", interrupt)
    ended = run("screen", manifest("clear"), "-o", tmp_path / "out.json")
    assert (ended.status, ended.out) == (2, "")
    assert ended.err == "screening: interrupted; a report that was not finished was not written.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.csv"]


def test_a_full_disk_is_one_sentence(refused, manifest, tmp_path, monkeypatch):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("screening.report.jsonfile._write_lines", full)
    assert "No space left on device" in refused("screen", manifest("clear"), "-o", tmp_path / "out.json")
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.csv"]


@pytest.mark.skipif(os.name == "nt", reason="signals of other systems")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_of_the_process(program, number):
    started = program("screen", "-", stdin=subprocess.PIPE)
    started.stdin.write(b"Description,HS code\n")
    started.stdin.flush()
    import time

    time.sleep(0.6)
    started.send_signal(number)
    out, err = started.communicate(timeout=20)
    assert (started.returncode, out) == (2, b"")
    assert err in (b"", b"screening: interrupted; a report that was not finished was not written.\n")  # b"" while it starts


@pytest.mark.skipif(os.name == "nt", reason="pipes of other systems")
def test_a_reader_that_goes_away(program, manifest):
    started = program("rules", "list")
    started.stdout.close()
    err = started.stderr.read()
    started.wait(timeout=20)
    started.stderr.close()
    assert started.returncode == 2
    assert err == b""


def test_columns_of_every_sheet(run, book):
    ended = run("columns", book(March=["clear"], April=["clear"]))
    assert ended.status == 0
    assert ended.out.count("description") >= 2
    assert "March" in ended.out
    assert "March" not in run("columns", book(March=["clear"], April=["clear"]), "--sheet", "April").out


def test_columns_of_what_cannot_be_read(refused, tmp_path):
    assert "no such file" in refused("columns", tmp_path / "missing.csv")
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    assert "does not exist" in refused("columns", tmp_path / "a.csv", "-o", tmp_path / "nowhere" / "m.yaml")


# -- explain -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("data.vague-description", ["Description that names no goods", "What it looks for", "Known false hits", "Examples"]),
        ("party.cn-control-list", ["no_dual_use"]),
        ("cn-mofcom-gac-2025-18", ["in force from 2025-04-04", "1C905.b", "Last verified on"]),
        (ITEM, ["Dysprosium oxide", "2846901500", "What settles it", "Where it stands"]),
        ("1C905.b", ["Dysprosium oxide"]),
        ("dysprosium", ["Dysprosium (dy, Dy)", ITEM]),
        ("Dy", [ITEM]),
        ("镝", [ITEM]),
    ],
)
def test_explain(run, name, says):
    ended = run("explain", name, "--as-of", "2026-11-21")
    assert ended.status == 0, ended.err
    for text in says:
        assert text in ended.out


def test_explain_tells_the_state_of_the_day(run):
    before, since = (run("explain", "cn-mofcom-gac-2025-18", "--as-of", day).out for day in ("2025-04-03", "2025-04-04"))
    assert before.splitlines()[3] != since.splitlines()[3]


def test_explain_in_chinese(run):
    assert "氧化镝" in run("explain", ITEM, "--language", "zh").out
    both = run("explain", ITEM, "--language", "both").out
    assert "氧化镝" in both
    assert "Dysprosium" in both


def test_explain_what_is_not_there(refused):
    assert "Did you mean data.vague-description?" in refused("explain", "data.vague-descripton")
    assert "Nothing is called 'xyzzy'" in refused("explain", "xyzzy")
    assert "not a day" in refused("explain", ITEM, "--as-of", "x")


def test_explain_a_hit_of_a_run(run, report):
    hit = json.loads(report.read_text(encoding="utf-8"))["lines"][1]["hits"][0]
    for name in (hit["id"], hit["id"][:10]):
        ended = run("explain", name, "--run", report)
        assert ended.status == 0, ended.err
        for text in (
            hit["title"],
            hit["rule"],
            "Line 2:",
            "row 3",
            "Dysprosium oxide",
            "reference HS code 2846901500",
            "in force",
        ):
            assert text in ended.out
        words = " ".join(ended.out.split())
        assert " ".join(hit["reason"].split()) in words
        assert " ".join(hit["next_step"].split()) in words
        assert hit["citations"][0]["url"] in ended.out
    assert "证据" in run("explain", hit["id"], "--run", report, "--language", "zh").out


def test_every_hit_of_a_run_can_be_explained(run, report):
    for line in json.loads(report.read_text(encoding="utf-8"))["lines"]:
        for hit in line["hits"]:
            assert run("explain", hit["id"], "--run", report).status == 0


@pytest.mark.parametrize(
    "text", ["", "{", "3", "[]", '{"run": {}}', '{"run": {}, "lines": 3}', '{"run": {}, "lines": [{"hits": [{}]}]}', "[" * 5000]
)
def test_explain_out_of_what_is_no_report(refused, tmp_path, text):
    path = tmp_path / "run.json"
    path.write_text(text)
    assert "JSON report" in refused("explain", "0123456789abcdef", "--run", path)


def test_explain_a_hit_that_is_not_there(refused, report, tmp_path):
    assert "there is no hit" in refused("explain", "zzz", "--run", report)
    assert "there is no hit" in refused("explain", "", "--run", report)
    assert "no such file" in refused("explain", "zzz", "--run", tmp_path / "missing.json")
    assert "cannot be read" in refused("explain", "zzz", "--run", tmp_path)


# -- rules ---------------------------------------------------------------------------------------------------------------


def test_the_list_of_rules(run):
    rows = [row.split("\t") for row in run("rules", "list").out.splitlines()]
    assert all(len(row) == 4 for row in rows)
    assert ITEM in [row[0] for row in rows]
    assert [row[0] for row in rows] == sorted(row[0] for row in rows)
    parties = run("rules", "list", "--family", "party").out.splitlines()
    assert {text.split("\t")[1] for text in parties} == {"party"}
    assert run("rules", "list", "--no-shipped").out == ""


def test_a_rule_as_it_stands_in_its_file(run, refused):
    shown = run("rules", "show", "data.vague-description").out
    assert shown.startswith("rules/red_flags/data.yaml:")
    assert "id: data.vague-description" in shown
    assert "data.key-values-missing" not in shown
    item = run("rules", "show", ITEM).out
    assert "1C905.b" in item
    assert "rules/instruments/cn/2025-18-rare-earths.yaml" in item
    assert "There is no rule" in refused("rules", "show", "nothing")
    assert "has no item" in refused("rules", "show", "cn-mofcom-gac-2025-18/9Z999")


def test_the_check_of_rules(run, tmp_path):
    assert run("rules", "check").out.startswith("No problems. ")
    (tmp_path / "a.yaml").write_text("rules: 3\n")
    (tmp_path / "b.yaml").write_text("colour: red\n")
    ended = run("rules", "check", tmp_path)
    assert ended.status == 2
    assert "a.yaml:1" in ended.err
    assert "b.yaml:1" in ended.err


def test_the_examples_of_rules(run, tmp_path):
    ended = run("rules", "test", "data.")
    assert ended.status == 0
    assert "examples hold" in ended.out


def test_an_example_that_does_not_hold(run, rule):
    ended = run("rules", "test", "own.", "--rules", rule(expected="clear"))
    assert ended.status == 1
    assert "FAILED own.shoes: leather shoes: expected clear, got hit" in ended.out
    assert run("rules", "test", "own.", "--rules", rule()).status == 0


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ecl-2020", ["article 45", "bonded", "in force from 2020-12-01"]),
        ("cn-mofcom-gac-2025-70", ["Suspends", "cn-mofcom-gac-2025-57 from 2025-11-07 to 2026-11-10", "ended"]),
        ("cn-mofcom-faq-2025-re", ["generally outside (2)", "Rotor and stator"]),
        ("cn-mofcom-2025-61", ["the 0.1 % rule", "A share of value", "50 % or more", "unconfirmed"]),
        ("cn-mofcom-2025-21", ["unconfirmed", "by cn-mofcom-statement-2025-11-05", "Lists 16 parties", "Cubic Corporation"]),
        ("cn-watch-list", ["single licence", "cn-mofcom-2026-28", "40 entries"]),
    ],
)
def test_laws_notices_and_lists_are_explained(run, name, said):
    ended = run("explain", name, "--as-of", "2026-11-21")
    assert ended.status == 0
    told = " ".join(ended.out.split())
    assert [words for words in said if words not in told] == []


def test_rules_diff_tells_what_a_rule_of_ones_own_changes(run, rule, manifest):
    ended = run("rules", "diff", "shipped", rule(), "--on", manifest("clear", "hold"))
    assert ended.status == 1
    assert "clear -> hold  1" in ended.out
    assert "own.shoes  +1 -0 ~0" in ended.out
    assert run("rules", "diff", "shipped", "shipped", "--on", manifest("clear")).status == 0
    assert run("rules", "diff", "shipped", "nowhere", "--on", manifest("clear")).status == 2


def test_rules_profile_shows_every_rule(run, rule, manifest):
    ended = run("rules", "profile", manifest("clear", "hold"), "--rules", rule(), "--no-shipped")
    assert ended.status == 0
    assert ended.out.startswith("2 lines: read ")
    assert [row.split()[-1] for row in ended.out.splitlines()[4:]] == ["own.shoes"]


def test_rules_check_warns_about_own_files_only_and_keeps_its_status(run, tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text("rules:\n  - {id: own.x, title: X, family: data, detect: {x: {brand: {in: [X]}}}}\n", encoding="utf-8")
    ended = run("rules", "check", path)
    warnings = ended.err.splitlines()
    assert ended.status == 0
    assert any("is true of none of" in row for row in warnings)
    assert all(row.startswith(f"warning: {path.name}:2: own.x: ") for row in warnings)
    assert ended.out.startswith("No problems. ")
    assert ended.out.endswith(f"; {len(warnings)} warnings.\n")


def test_what_is_controlled_on_a_route(run):
    ended = run("explain", "dysprosium", "--as-of", "2025-12-01", "--from", "China", "--to", "Thailand")
    assert "on 2025-12-01, leaving CN for TH" in ended.out.replace("\n", " ")
    assert "cn-mofcom-gac-2025-18/1C905.b: Dysprosium oxide and its mixtures [in force; hold]" in ended.out
    assert run("explain", "label.too-dense", "--from", "CN").status == 2
    assert run("explain", "dysprosium", "--from", "Atlantis").status == 2


def test_explain_tells_what_was_confirmed(run, tmp_path):
    today = dt.date.today()
    law = tmp_path / "law.yaml"
    law.write_text(
        "confirmations:\n  - {instrument: cn-mofcom-gac-2025-57, state: in_force, from: 2026-11-11, source: a reply, "
        f"checked_by: J. Doe, checked_on: {today}}}\n",
        encoding="utf-8",
    )
    day = max(today, dt.date(2026, 11, 11)).isoformat()
    ended = run("explain", "cn-mofcom-gac-2025-57", "--as-of", day, "--law", law)
    assert "in force. (" in ended.out
    assert "confirmed by J. Doe" in ended.out.replace("\n  ", " ")
