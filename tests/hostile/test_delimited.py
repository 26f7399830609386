"""Delimited text of any bytes: every row is accounted for, and a bad one costs no other."""

from __future__ import annotations

import polars as pl
import pytest

from screening.terms import OUTCOMES

HEAD = "Description,HS code,Net weight (kg),Export country,Ship date\n"
GOOD = "Leather shoes,6403990090,200,CN,2025-06-01\n"
HELD = "Dysprosium oxide,2846901500,100,CN,2025-06-01\n"
REPORTS = (".xlsx", ".html", ".json", ".jsonl", ".csv", ".parquet", ".lines.csv", ".lines.parquet")


def test_unclosed_quotation_marks_cost_their_own_rows(judge, put):
    result = judge(put("a.csv", HEAD + GOOD * 3 + '"Leather shoes,6403990090,200,CN,2025-06-01\n' + HELD + GOOD))
    assert result.lines["row"].to_list() == [2, 3, 4, 6, 7]
    assert result.rejects["row"].to_list() == [5]
    assert result.counts["hold"] == 1


def test_quotation_marks_everywhere(judge, put):
    result = judge(put("a.csv", HEAD + '"""","""",""",,\n' * 20 + HELD))
    assert result.counts["hold"] == 1
    assert result.counts["lines"] + result.counts["rejects"] + sum(result.inputs[0].sheets[0].skipped.values()) <= 22


def test_nul_bytes_and_control_characters_inside_cells(judge, put):
    text = HEAD + "Leather\x00 shoes\x07,6403990090,200,CN,2025-06-01\n" + "\x07Dysprosium oxide\x00,2846901500,1,CN,2025-06-01\n"
    result = judge(put("a.csv", text))
    assert result.counts["lines"] == 2
    assert result.counts["hold"] == 1


def test_bytes_that_are_no_utf8(judge, put):
    result = judge(put("a.csv", HEAD.encode() + b"Leather shoes \xff\xfe\x80,6403990090,200,CN,2025-06-01\n" + HELD.encode()))
    assert result.counts["lines"] == 2
    assert result.counts["hold"] == 1


def test_utf16_cut_in_the_middle_of_a_character(judge, put):
    result = judge(put("a.csv", (HEAD + HELD + GOOD).encode("utf-16") + b"x"))
    assert result.counts["hold"] == 1


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c"])
def test_odd_line_breaks_do_not_break_lines(screen, put, mark):
    result = screen(put("a.csv", HEAD + f"Leather{mark}shoes,6403990090,200,CN,2025-06-01\n" + HELD))
    assert result.lines["row"].to_list() == [2, 3]


def test_rows_that_are_too_long_or_too_short(judge, put):
    result = judge(put("a.csv", HEAD + "a,b,c,d,e,f,g,h,i,j,k,l,m,n\nLeather shoes\n" + HELD + "x" + "," * 5000 + "y\n" + GOOD))
    assert result.counts["hold"] == 1
    assert result.rejects["row"].to_list() == [2, 5]


def test_a_cell_of_a_megabyte(judge, put):
    result = judge(put("a.csv", HEAD + "shoe " * 200_000 + ",6403990090,200,CN,2025-06-01\n" + HELD))
    assert result.counts["lines"] == 2
    assert result.counts["hold"] == 1


def test_a_megabyte_without_a_blank(judge, put):
    result = judge(put("a.csv", HEAD + "(" * 500_000 + "9" * 500_000 + ",6403990090,1,CN,2025-06-01\n" + HELD))
    assert result.counts["hold"] == 1


def test_many_columns(screen, put):
    names = ",".join(f"column {number}" for number in range(5000, 7000))
    result = screen(put("a.csv", f"Description,HS code,{names}\nDysprosium oxide,2846901500,{','.join('x' * 2000)}\n"))
    assert result.counts["lines"] == 1
    assert len([name for name in result.lines.columns if name.startswith("extra.")]) == 2000


def test_columns_beyond_all_measure_are_refused(refused, put):
    names = ",".join(f"column {letter}" for letter in ["x"] * 100_000)
    assert "16,384 columns" in refused(put("a.csv", f"Description,HS code,{names}\nshoes,6403990090{',' * 100_000}\n"))


def test_many_columns_of_the_same_name(screen, put):
    result = screen(
        put("a.csv", "Description,HS code" + ",Net weight (kg)" * 50 + "\nLeather shoes,6403990090" + ",7" * 50 + "\n")
    )
    assert result.lines["net_kg"].to_list() == [7]
    assert result.lines.width == len(set(result.lines.columns))


def test_headers_that_look_like_the_program_s_own(judge, put):
    names = [
        "line",
        "row",
        "file",
        "sheet",
        "outcome",
        "score",
        "shipment",
        "c0",
        "raw.net_kg",
        "extra.x",
        "position",
        "materials",
    ]
    result = judge(
        put("a.csv", f"Description,HS code,{','.join(names)}\nDysprosium oxide,2846901500,{','.join('x' * len(names))}\n")
    )
    assert result.lines["line"].to_list() == [1]
    assert result.lines["outcome"].item() in OUTCOMES
    frame = pl.DataFrame({"description": ["Leather shoes"], **{name: ["x"] for name in names}})
    assert judge(frame).lines["outcome"].item() in OUTCOMES


def test_odd_headers_are_carried_through(judge, tmp_path):
    headers = ["=1+1", "<script>", "\x1b[2J", "a" * 20_000, "{}", "$.*", "[x", "", " ", "^$", "^.*$", "\u202e", "Description"]
    frame = pl.DataFrame({"description": ["Leather shoes"], "hs_code": ["6403990090"], **{header: ["x"] for header in headers}})
    result = judge(frame)
    assert result.counts["lines"] == 1
    assert result.lines["description"].item().startswith("Leather shoes")
    for suffix in REPORTS:
        result.write(tmp_path / f"out{suffix}")
