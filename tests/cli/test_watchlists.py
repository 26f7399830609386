"""``screening watchlists``, and lists of the own form in a screening."""

from __future__ import annotations

import json

import pytest

from screening import Screener
from screening.cli import main

TABLE = "id,name,aliases,country\n1,Example Bad Debts Ltd,EBD Trading,GB\n2,Example Optics GmbH,,DE\n"


def run(capsys, *arguments):
    """Status and output of a command."""
    with pytest.raises(SystemExit) as caught:
        main([*map(str, arguments)])
    return caught.value.code, *capsys.readouterr()


@pytest.fixture
def lists(tmp_path, capsys):
    """A folder with one imported list."""
    (tmp_path / "own.csv").write_text(TABLE)
    folder = tmp_path / "lists"
    arguments = ("--list", "own", "--title", "Our stop list", "--effect", "trade_barred", "--date", "2026-10-01")
    status, out, _ = run(capsys, "watchlists", "import", tmp_path / "own.csv", "-o", folder, *arguments)
    assert status == 0
    assert "own: 2 entries with 3 names, as of 2026-10-01, OWN trade_barred; new" in out
    return folder


def test_an_imported_list_is_screened_with(lists, tmp_path):
    line = {"description": "Leather shoes", "export_country": "CN", "consignee_name": "EBD Trading", "ship_date": "2026-10-20"}
    assert Screener(watchlists=lists).screen_line(line).outcome == "hold"
    assert Screener().screen_line(line).outcome == "clear"
    assert Screener(watchlists=lists / "own.jsonl").screen_line(line).outcome == "hold"


def test_the_run_names_the_list_with_its_sum(lists, tmp_path):
    run = Screener(watchlists=lists).screen([{"description": "Leather shoes"}])
    (row,) = run.watchlists.filter(id="own").to_dicts()
    header = json.loads((lists / "own.jsonl").read_bytes().split(b"\n")[0])
    assert (row["title"], row["entries"], len(row["sha256"])) == ("Our stop list", 2, 64)
    assert header["files"][0]["sha256"] != row["sha256"]
    assert header["counts"] == {"entries": 2, "names": 3, "unknown": 2, "delisted": 0}


def test_a_folder_may_hold_lists_of_both_forms(lists):
    (lists / "more.yaml").write_text(
        "id: more\ntitle: {en: more, zh: 更多}\npublisher: us\nurl: ''\ndate: 2026-03-01\nlicence: internal\nofficial: false\n"
        "regime: OWN\neffect: informational\nverified_on: 2026-03-01\nentries:\n  - {id: a, name: Other Example Ltd}\n"
    )
    names = Screener(watchlists=lists).list_table["id"].to_list()
    assert {"own", "more"} <= set(names)


def test_a_list_of_the_same_id_stands_twice(lists, capsys):
    status, _, err = run(capsys, "screen", "-", "--watchlists", lists, "--watchlists", lists)
    assert status == 2
    assert "'own' stands twice" in err


def test_list_and_check_tell_age_and_counts(lists, capsys, tmp_path):
    status, out, _ = run(capsys, "watchlists", "list", lists)
    assert status == 0
    assert "own\t2026-10-01\t2\tOWN\ttrade_barred\tOur stop list" in out.splitlines()
    assert any(line.startswith("cn-control-list\t") for line in out.splitlines())
    (tmp_path / "old.csv").write_text(TABLE.replace("country", "colour"))
    run(capsys, "watchlists", "import", tmp_path / "old.csv", "-o", lists, "--list", "old", "--date", "2020-01-01")
    status, out, _ = run(capsys, "watchlists", "check", lists)
    assert status == 1
    assert "old: 2 entries, as of 2020-01-01 (OLD: " in out
    assert "columns that are not known: colour" in out


def test_check_names_what_is_not_there(capsys, tmp_path):
    status, _, err = run(capsys, "watchlists", "check", tmp_path / "nowhere")
    assert status == 2
    assert "does not exist" in err


def test_diff_tells_what_was_added_removed_and_changed(lists, capsys, tmp_path):
    (tmp_path / "new.csv").write_text("id,name,aliases,country\n1,Example Bad Debts Ltd,EBD|EBD Trading,GB\n3,New Example,,\n")
    run(capsys, "watchlists", "import", tmp_path / "new.csv", "-o", tmp_path / "new", "--list", "own", "--date", "2026-11-01")
    status, out, _ = run(capsys, "watchlists", "diff", lists / "own.jsonl", tmp_path / "new" / "own.jsonl")
    assert status == 0
    assert "1 added, 1 removed, 1 changed" in out
    assert "- 2  Example Optics GmbH" in out
    assert "+ 3  New Example" in out
    assert "aliases: +EBD" in out


def test_an_old_manifest_is_screened_against_what_changed(lists, capsys, tmp_path):
    (tmp_path / "new.csv").write_text(f"{TABLE}3,New Example,,\n")
    run(capsys, "watchlists", "import", tmp_path / "new.csv", "-o", tmp_path / "new", "--list", "own", "--date", "2026-11-01")
    manifest = tmp_path / "old.csv"
    manifest.write_text("Description,Consignee\nShoes,New Example Ltd\nShoes,Example Bad Debts Ltd\n")
    _, out, _ = run(capsys, "watchlists", "diff", lists / "own.jsonl", tmp_path / "new" / "own.jsonl", "-o", tmp_path / "changed")
    assert f"written: {tmp_path / 'changed' / 'own.jsonl'}" in out
    run(capsys, "screen", manifest, "--no-shipped", "--watchlists", tmp_path / "changed", "-o", tmp_path / "run.json")
    found = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))
    assert [[hit["rule"] for hit in line["hits"] if hit["family"] == "party"] != [] for line in found["lines"]] == [True, False]


def test_update_without_a_published_list_says_which_there_are(lists, capsys):
    status, _, err = run(capsys, "watchlists", "update", "-o", lists)
    assert status == 2
    assert "us-ofac-sdn" in err


def test_update_that_fails_says_so_and_ends_with_2(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    status, _, err = run(capsys, "watchlists", "update", "us-ofac-sdn", "-o", tmp_path, "--from", "http://127.0.0.1:9/SDN.XML")
    assert status == 2
    assert "cannot be fetched" in err
