"""``screening screen``: statuses, outputs, options."""

from __future__ import annotations

import io
import json
import re
import sys
from pathlib import Path

import openpyxl
import polars as pl
import pytest

SAMPLES = Path(__file__).parents[2] / "samples"


@pytest.mark.parametrize(
    ("kinds", "options", "status"),
    [
        (["clear"], [], 0),
        (["hold", "clear"], [], 1),
        (["hold"], ["--fail-on", "hold"], 1),
        (["hold"], ["--fail-on", "review"], 1),
        (["hold"], ["--fail-on", "never"], 0),
        (["review"], [], 0),
        (["review"], ["--fail-on", "review"], 1),
        (["not_judged", "clear"], [], 3),
        (["not_judged", "hold"], [], 1),
        (["clear", "reject"], [], 3),
        (["hold", "reject"], [], 1),
        (["hold", "reject"], ["--fail-on", "never"], 3),
        ([], [], 0),
    ],
)
def test_the_status_tells_what_was_found(run, manifest, kinds, options, status):
    assert run("screen", manifest(*kinds), *options).status == status


def test_a_trade_message_is_screened_like_a_sheet(run, tmp_path):
    page, report = tmp_path / "page.html", tmp_path / "report.json"
    assert run("screen", SAMPLES / "cargo-report.edi", "-o", page, "-o", report).status == 1
    found = json.loads(report.read_text(encoding="utf-8"))
    assert (found["counts"]["lines"], found["counts"]["shipments"]) == (3, 2)
    assert [(line["outcome"], line["shipment"]) for line in found["lines"]] == [
        ("hold", "EXLBL1001"),
        ("clear", "EXLBL1001"),
        ("clear", "EXLBL1002"),
    ]
    assert found["rejects"] == []
    assert "cargo-report.edi, GID 1, line 13 of the file" in page.read_text(encoding="utf-8")


def test_an_incomplete_message_is_screened_and_ends_with_status_3(run, tmp_path):
    text = (SAMPLES / "cargo-report.edi").read_text(encoding="utf-8").replace(": DY 1.2 %", "").replace("NDFEB", "FERRITE")
    short = tmp_path / "short.edi"
    short.write_text(text.replace("MEA+AAE+G+KGM:312'\n", ""), encoding="utf-8")
    ended = run("screen", short)
    assert ended.status == 3
    assert "34 segments" in " ".join(ended.out.split())


def test_the_summary_goes_to_standard_output(run, manifest):
    ended = run("screen", manifest("hold", "clear"))
    assert ended.err == ""
    assert "Hold         1" in ended.out


@pytest.mark.parametrize("kinds", [["hold"], ["clear"], ["not_judged"], ["reject", "clear"], []])
@pytest.mark.parametrize("reports", [[], ["-o", "out.json"], ["-o", "out.xlsx"]])
def test_the_next_command_runs(run, manifest, tmp_path, monkeypatch, kinds, reports):
    monkeypatch.chdir(tmp_path)
    manifest(*kinds)
    ended = run("screen", "manifest.csv", *reports)
    command = " ".join(ended.out.split("\nNext", 1)[1].split()).split()
    assert command[0] == "screening"
    assert run(*command[1:]).status in (0, 1, 3)


def test_every_format_at_once(run, manifest, tmp_path):
    names = [
        f"out{suffix}" for suffix in (".xlsx", ".html", ".json", ".jsonl", ".csv", ".parquet", ".lines.csv", ".lines.parquet")
    ]
    ended = run("screen", manifest("hold", "clear"), *(part for name in names for part in ("-o", tmp_path / name)))
    assert ended.status == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*names, "manifest.csv"])
    assert pl.read_parquet(tmp_path / "out.lines.parquet")["outcome"].to_list() == ["hold", "clear"]
    hits = json.loads((tmp_path / "out.json").read_text())["lines"][0]["hits"]
    assert pl.read_parquet(tmp_path / "out.parquet").height == len(hits)


def test_a_dash_writes_nothing_but_json_to_standard_output(run, manifest):
    ended = run("screen", manifest("hold"), "-o", "-")
    assert ended.err == ""
    report = json.loads(ended.out)
    assert report["counts"]["hold"] == 1
    assert set(report) == {"run", "inputs", "counts", "lines", "shipments", "rejects", "rules", "watchlists"}


def test_a_manifest_on_standard_input(run, manifest):
    ended = run("screen", "-", "-o", "-", stdin=manifest("hold", "clear").read_bytes())
    assert ended.status == 1
    assert [line["source"] for line in json.loads(ended.out)["lines"]] == [
        {"file": "-", "sheet": "", "row": 2},
        {"file": "-", "sheet": "", "row": 3},
    ]


def test_nothing_on_standard_input(refused):
    assert "empty" in refused("screen", "-", stdin=b"")


def test_several_manifests_are_one_run(run, manifest):
    ended = run("screen", manifest("clear"), manifest("hold", name="second.csv"), "-o", "-")
    report = json.loads(ended.out)
    assert [line["line"] for line in report["lines"]] == [1, 2]
    assert [line["outcome"] for line in report["lines"]] == ["clear", "hold"]
    assert len(report["inputs"]) == 2


def test_the_day_of_the_law(run, manifest):
    before = json.loads(run("screen", manifest("hold"), "--as-of", "2025-04-03", "-o", "-").out)
    since = json.loads(run("screen", manifest("hold"), "--as-of", "2025-04-04", "-o", "-").out)
    statuses = [
        next(hit["status"] for hit in report["lines"][0]["hits"] if hit["item_code"] == "1C905.b") for report in (before, since)
    ]
    assert statuses == ["not_yet", "in_force"]
    assert before["run"]["as_of"] == "2025-04-03"


@pytest.mark.parametrize("day", ["tomorrow", "2026-13-01", "21.11.2026", ""])
def test_a_day_that_is_none(refused, manifest, day):
    assert refused("screen", manifest("clear"), "--as-of", day) == f"{day!r} is not a day; write it as 2026-11-21."


def test_the_value_of_empty_cells(run, tmp_path):
    path = tmp_path / "bare.csv"
    path.write_text("Description,HS code\nDysprosium oxide,2846901500\n")
    assert run("screen", path, "--as-of", "2025-06-01").status == 3
    assert run("screen", path, "--as-of", "2025-06-01", "--default", "export_country=CN").status == 1


@pytest.mark.parametrize(
    ("default", "said"),
    [
        ("export_country", "FIELD=VALUE"),
        ("colour=red", "no column|There is no column"),
        ("net_kg=heavy", "heavy"),
        ("=CN", "column"),
    ],
)
def test_a_default_that_makes_no_sense(refused, manifest, default, said):
    assert re.search(said, refused("screen", manifest("clear"), "--default", default))


def test_one_sheet_of_a_workbook(run, refused, book):
    path = book(March=["hold"], April=["clear"])
    assert run("screen", path, "--sheet", "April").status == 0
    assert run("screen", path).status == 1
    assert "'March', 'April'" in refused("screen", path, "--sheet", "May")


def test_columns_are_shown_corrected_and_given_back(run, tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("Description,HS code,Whereto,Abfahrt aus,Ship date\nDysprosium oxide,2846901500,DE,CN,2025-06-01\n")
    mapping = tmp_path / "m.yaml"
    shown = run("columns", path, "-o", mapping)
    assert shown.status == 0
    assert "Abfahrt aus" in shown.out
    assert f"--columns {mapping}" in shown.err
    assert run("screen", path, "--columns", mapping).status == 3
    text = mapping.read_text(encoding="utf-8")
    assert '"Abfahrt aus": "-"' in text
    mapping.write_text(text.replace('"Abfahrt aus": "-"', '"Abfahrt aus": "export_country"'), encoding="utf-8")
    assert run("screen", path, "--columns", mapping).status == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read"),
        ("- a\n", "must hold files"),
        ("a: {b: {columns: {Description: colour}}}\n", "no column of a manifest"),
        ("a: [1\n", "not valid YAML"),
        ("a: {b: {column: {}}}\n", "unknown key"),
    ],
)
def test_a_mapping_that_cannot_be_used(refused, manifest, tmp_path, text, said):
    mapping = tmp_path / "m.yaml"
    if text is not None:
        mapping.write_text(text)
    assert said in refused("screen", manifest("clear"), "--columns", mapping)


def test_an_annotated_copy(run, book, tmp_path):
    path = book(Lines=["hold", "clear"])
    before = path.read_bytes()
    ended = run("screen", path, "--annotate", tmp_path / "marked.xlsx")
    assert ended.status == 1
    assert path.read_bytes() == before
    page = openpyxl.load_workbook(tmp_path / "marked.xlsx")["Lines"]
    assert "1C905.b" in page["A2"].comment.text
    assert page["A3"].comment is None


def test_rules_of_ones_own(run, manifest, rule):
    path = rule()
    report = json.loads(run("screen", manifest("hold", "clear"), "--rules", path, "--no-shipped", "-o", "-").out)
    assert [[hit["rule"] for hit in line["hits"]] for line in report["lines"]] == [[], ["own.shoes"]]
    assert [applied["id"] for applied in report["rules"]] == ["own.shoes"]
    both = json.loads(run("screen", manifest("hold", "clear"), "--rules", path, "-o", "-").out)
    assert [line["outcome"] for line in both["lines"]] == ["hold", "hold"]
    twice = run("screen", manifest("clear"), "--rules", path, "--rules", path)
    assert twice.status == 2
    assert "own.shoes" in twice.err
    assert "twice" in twice.err


LIST = """\
id: cn-control-list
regime: CN
title: {en: Own list, zh: 自有名单}
publisher: Example
url: https://example.org
licence: none
official: false
date: 2026-11-01
effect: trade_barred
verified_on: 2026-11-01
entries:
  - {id: one, name: Example Widgets GmbH}
"""


def test_lists_of_ones_own(run, tmp_path):
    path = tmp_path / "parties.csv"
    path.write_text("Description,Consignee,Export country,Ship date\nLeather shoes,Example Widgets GmbH,CN,2026-11-10\n")
    (tmp_path / "list.yaml").write_text(LIST.replace("cn-control-list", "own-list"), encoding="utf-8")
    ended = run("screen", path, "--watchlists", tmp_path / "list.yaml", "-o", "-")
    report = json.loads(ended.out)
    assert "own-list" in [found["id"] for found in report["watchlists"]]
    assert report["lines"][0]["outcome"] == "hold"
    assert "Example Widgets GmbH" in report["lines"][0]["hits"][0]["reason"]


@pytest.mark.parametrize("option", ["--rules", "--watchlists"])
def test_content_that_is_not_there(run, manifest, tmp_path, option):
    ended = run("screen", manifest("clear"), option, tmp_path / "nothing")
    assert ended.status == 2
    assert "does not exist" in ended.err
    assert "Traceback" not in ended.err


def test_wrong_rules_name_file_and_line(run, manifest, tmp_path):
    (tmp_path / "wrong.yaml").write_text("rules:\n  - id: a\n    colour: red\n")
    ended = run("screen", manifest("clear"), "--rules", tmp_path / "wrong.yaml")
    assert ended.status == 2
    assert "wrong.yaml:3: " in ended.err


@pytest.mark.parametrize(("language", "words"), [("en", ["Hold"]), ("zh", ["暂缓放行"]), ("both", ["Hold", "暂缓放行"])])
def test_the_language_of_reports(run, manifest, tmp_path, language, words):
    page = tmp_path / "out.html"
    ended = run("screen", manifest("hold"), "--language", language, "-o", page)
    for word in words:
        assert word in ended.out
        assert word in page.read_text(encoding="utf-8")


def test_the_language_of_the_json_report(run, manifest):
    report = json.loads(run("screen", manifest("hold"), "--language", "zh", "-o", "-").out)
    assert "氧化镝" in report["lines"][0]["hits"][0]["title"]


def test_an_output_that_cannot_be_is_refused_before_the_manifest_is_read(refused, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    for output, said in [
        ("out.pdf", "its suffix names no format"),
        ("out", "its suffix names no format"),
        ("nowhere/out.html", "does not exist"),
        ("folder", "its suffix names no format"),
        ("folder.json/out.json", "does not exist"),
    ]:
        assert said in refused("screen", "no such file.csv", "-o", output)
    (tmp_path / "x.json").mkdir()
    assert "it is a folder" in refused("screen", "no such file.csv", "-o", "x.json")


def test_one_bad_output_leaves_the_good_one_unwritten(refused, manifest, tmp_path):
    path = manifest("hold")
    refused("screen", path, "-o", tmp_path / "good.json", "-o", tmp_path / "bad.pdf")
    assert [found.name for found in tmp_path.iterdir()] == ["manifest.csv"]


def test_a_manifest_is_never_overwritten(refused, manifest, book, tmp_path):
    path, workbook = manifest("hold"), book(Lines=["hold"])
    (tmp_path / "link.csv").symlink_to(path)
    before = path.read_bytes(), workbook.read_bytes()
    for arguments in (
        ["screen", path, "-o", path],
        ["screen", path, "-o", tmp_path / "link.csv"],
        ["screen", path, "-o", tmp_path / "." / "manifest.csv"],
        ["screen", workbook, "--annotate", workbook],
        ["columns", path, "-o", path],
    ):
        assert "one of the manifests" in refused(*arguments)
    assert (path.read_bytes(), workbook.read_bytes()) == before


def test_two_reports_of_one_name(refused, manifest, tmp_path):
    assert "twice" in refused("screen", manifest("clear"), "-o", tmp_path / "a.json", "-o", tmp_path / "." / "a.json")


def test_a_copy_that_cannot_be_annotated(refused, manifest, book, tmp_path):
    first, second = book(Lines=["clear"]), book("second.xlsx", Lines=["clear"])
    assert ".xlsx or .xlsm" in refused("screen", manifest("clear"), "--annotate", tmp_path / "out.xlsx")
    assert ".xlsx or .xlsm" in refused("screen", first, "--annotate", tmp_path / "out.csv")
    assert "one by one" in refused("screen", first, second, "--annotate", tmp_path / "out.xlsx")
    assert "does not exist" in refused("screen", first, "--annotate", tmp_path / "nowhere" / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


def test_an_older_report_survives_a_screening_that_fails(refused, tmp_path):
    report = tmp_path / "out.json"
    report.write_text("older")
    refused("screen", tmp_path / "missing.csv", "-o", report)
    assert report.read_text() == "older"
    assert [found.name for found in tmp_path.iterdir()] == ["out.json"]


def test_colour_only_where_it_is_wanted(manifest, monkeypatch):
    from screening.cli import main

    class Terminal(io.TextIOWrapper):
        def isatty(self):
            return True

    def shown(**environment):
        for name in ("NO_COLOR", "TERM"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        out, err = Terminal(io.BytesIO(), encoding="utf-8"), Terminal(io.BytesIO(), encoding="utf-8")
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            with pytest.raises(SystemExit):
                main(["screen", str(path)])
        out.flush()
        err.flush()
        return out.buffer.getvalue().decode(), err.buffer.getvalue().decode()

    path = manifest("hold")
    coloured, _ = shown(TERM="xterm")
    assert "\x1b[" in coloured
    assert "\x1b[" not in shown(TERM="xterm", NO_COLOR="")[0]
    assert "\x1b[" not in shown(TERM="dumb")[0]


def test_a_terminal_is_shown_no_escape_sequences_of_a_manifest(run, tmp_path):
    path = tmp_path / "evil\x1b[31m.csv"
    path.write_text("Description,HS code,Export country,Ship date\n\x1b]0;owned\x07Dysprosium oxide,2846901500,CN,2025-06-01\n")
    for command in (["screen", path], ["columns", path], ["screen", path, "--sheet", "\x1b[2J", "--as-of", "\x1b[2J"]):
        ended = run(*command)
        assert "\x1b" not in ended.out + ended.err


def test_bound_by_decides_what_may_hold(run, manifest):
    ended = run("screen", manifest("hold"), "--bound-by", "EU", "-o", "-")
    report = json.loads(ended.out)
    assert ended.status == 0
    assert report["run"]["settings"]["bound_by"] == ["EU"]
    assert any(hit["foreign"] for hit in report["lines"][0]["hits"])
    assert run("screen", manifest("hold"), "--bound-by", "XX").status == 2


def test_a_wrong_file_of_confirmations_stops_the_run_with_every_line(run, manifest, tmp_path):
    law = tmp_path / "law.yaml"
    law.write_text("confirmations:\n  - instrument: nothing\n    state: maybe\n    form: 2026-11-11\n", encoding="utf-8")
    ended = run("screen", manifest("hold"), "--law", law)
    assert ended.status == 2
    assert f"{law}:3: state: Input should be" in ended.err
    assert f"{law}:4: form: is not a key of a confirmation" in ended.err
    assert run("screen", manifest("hold"), "--law", tmp_path / "none.yaml").status == 2
