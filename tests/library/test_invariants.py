"""What may change nothing in the results, and what missing values may not do."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from screening.terms import COLUMNS

DAY = dt.date(2026, 11, 21)
GOODS = ("description", "declaration_elements", "product_code", "brand", "model", "marks", "end_use", "remarks", "hs_code")
"""Texts contradict and exclude one another, so that one of them missing may let another speak; so does the code."""
INSTEAD = {
    "net_kg": "the gross mass counts where the net mass is missing",
    "export_country": "taken from the loading port or the shipper's country",
    "loading_port": "the shipper's country counts then",
    "declaration_date": "the law of the ship date, or of today, applies",
    "ship_date": "the law of today applies",
    "value": "derived otherwise",
    "value_usd": "derived otherwise",
}
"""Columns in whose place others stand where they are missing."""


@pytest.fixture(scope="module")
def base(screener, samples):
    """The lines of the documented cases as a frame, and what was found on them."""
    lines = screener.screen(samples / "documented-cases.xlsx", today=DAY).lines.select(list(COLUMNS))
    return lines, screener.screen(lines, today=DAY)


def same_lines(run, whole):
    assert_frame_equal(run.lines, whole.lines, check_column_order=False, rel_tol=1e-12)


def pairs(frame):
    return set(frame.select("line", "rule").iter_rows())


# -- order, chunks, duplicates -------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 7])
def test_the_size_of_a_chunk_changes_nothing(screener, base, monkeypatch, rows, tmp_path, samples):
    lines, whole = base
    if rows == 1:
        lines = lines.head(20)
        whole = screener.screen(lines, today=DAY)
    monkeypatch.setattr("screening.manifest.sheets.BATCH_ROWS", rows)
    monkeypatch.setattr("screening.manifest.delimited.BATCH_ROWS", rows)
    monkeypatch.setattr("screening.manifest.records.BATCH_ROWS", rows)
    run = screener.screen(lines, today=DAY)
    assert run.meta.digest == whole.meta.digest
    assert run.hits.equals(whole.hits)
    assert run.evidence.equals(whole.evidence)
    same_lines(run, whole)
    if rows == 7:
        lines.with_columns(pl.col("transit_countries").list.join("; ")).write_csv(tmp_path / "lines.csv")
        assert screener.screen(tmp_path / "lines.csv", today=DAY).hits.equals(whole.hits)


def test_the_size_of_a_round_of_explaining_changes_nothing(screener, base, monkeypatch):
    lines, _ = base
    twice = pl.concat([lines, lines])  # identical lines, whose hits are told apart by counting
    expected = screener.screen(twice, today=DAY)
    monkeypatch.setattr("screening.judge.explain._ROUND", 7)
    run = screener.screen(twice, today=DAY)
    assert run.meta.digest == expected.meta.digest
    assert run.hits.equals(expected.hits)
    assert run.evidence.equals(expected.evidence)


def test_what_waits_on_disk_changes_nothing(screener, samples, monkeypatch, tmp_path):
    manifest = tmp_path / "twice.csv"  # lines that come again in a later round are numbered there
    lines = screener.screen(samples / "documented-cases.xlsx", today=DAY).lines.select("description", "hs_code", "net_kg")
    pl.concat([lines, lines]).write_csv(manifest)
    whole = screener.screen(manifest, today=DAY)
    monkeypatch.setattr("screening.judge.explain._ROUND", 5)
    monkeypatch.setattr("screening.spill.IN_MEMORY", 20)
    run = screener.screen(manifest, today=DAY)
    assert len(run.hit_parts) > len(whole.hit_parts) > 0
    assert run.meta.digest == whole.meta.digest
    for name in (".json", ".jsonl", ".csv"):
        head = {"id": whole.meta.id, "started": whole.meta.started, "finished": whole.meta.finished}
        one, two = (
            dataclasses.replace(each, meta=dataclasses.replace(each.meta, **head)).write(tmp_path / f"{number}{name}")
            for number, each in enumerate((whole, run))
        )
        assert one.read_bytes() == two.read_bytes()
    assert run.hits.equals(whole.hits)
    assert run.evidence.equals(whole.evidence)
    assert run.rules.equals(whole.rules)
    assert run.counts == whole.counts


def test_lines_on_disk_are_the_same_lines(screener, base, monkeypatch):
    lines, whole = base
    monkeypatch.setattr("screening.manifest.sheets.BATCH_ROWS", 10)
    monkeypatch.setattr("screening.spill.IN_MEMORY", 20)
    run = screener.screen(lines, today=DAY)
    assert run.meta.digest == whole.meta.digest
    same_lines(run, whole)
    folder = run.workspace.understood._folder
    assert folder.is_dir()
    del run
    gc.collect()
    assert not folder.exists()


@pytest.mark.slow
@settings(max_examples=5)
@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_line_numbers_only(screener, base, random):
    lines, whole = base
    order = list(range(lines.height))
    random.shuffle(order)
    run = screener.screen(lines[order], today=DAY)

    def by_row(result, numbers):
        found = {}
        for line, ident, rule, action in result.hits.select("line", "id", "rule", "action").iter_rows():
            found.setdefault(numbers[line - 1], set()).add((ident, rule, action))
        return found

    # identical lines share content: their hits are told apart by order alone
    there, here = by_row(whole, range(lines.height)), by_row(run, order)
    assert sorted(map(sorted, there.values())) == sorted(map(sorted, here.values()))
    outcomes = [run.lines["outcome"][order.index(row)] for row in range(lines.height)]
    assert outcomes == whole.lines["outcome"].to_list()


def test_a_hit_keeps_its_id_when_rows_come_before_it(screener, lines):
    alone = screener.screen([lines[0]])
    behind = screener.screen([lines[1], lines[5], lines[0]])
    assert alone.hits["id"].to_list() == behind.hits.filter(pl.col("line") == 3)["id"].to_list()


def test_identical_lines_have_hits_of_their_own(screener, lines):
    run = screener.screen([lines[0]] * 3)
    assert run.hits["id"].is_unique().all()
    by_line = [set(run.hits.filter(pl.col("line") == line)["rule"]) for line in (1, 2, 3)]
    assert by_line[0] <= by_line[1]
    assert by_line[1] == by_line[2]
    alone = screener.screen([lines[0]])
    assert set(alone.hits["id"]) <= set(run.hits.filter(pl.col("line") == 1)["id"])


def test_another_document_gives_another_id(screener, lines):
    one, other = (screener.screen([{**lines[0], "document_ref": name}]) for name in ("A", "B"))
    assert not set(one.hits["id"]) & set(other.hits["id"])
    assert one.hits["rule"].to_list() == other.hits["rule"].to_list()


def test_columns_that_mean_nothing_change_nothing(screener, lines):
    lines = lines[:3]
    plain = screener.screen(lines)
    extra = screener.screen([{**line, "warehouse shelf": str(number)} for number, line in enumerate(lines)])
    assert extra.hits.drop("id").equals(plain.hits.drop("id"))
    assert extra.meta.digest == plain.meta.digest
    assert extra.lines["extra.warehouse shelf"].to_list() == [str(number) for number in range(len(lines))]


def test_the_digest_tells_content_settings_and_results_apart(screener, lines):
    lines = lines[:2]
    digest = screener.screen(lines).meta.digest
    assert screener.screen(lines, today=dt.date(2026, 1, 1)).meta.digest == digest, "every line has its own date"
    assert screener.screen(lines, as_of="2026-11-10").meta.digest != digest
    assert screener.screen(lines, defaults={"origin_country": "CN"}).meta.digest != digest
    assert screener.screen([*lines[:-1], {**lines[-1], "description": "Dysprosium oxide"}]).meta.digest != digest
    undated = [{"description": "Dysprosium oxide", "export_country": "CN"}]
    days = {screener.screen(undated, today=dt.date(2026, month, 1)).meta.digest for month in (1, 2)}
    assert len(days) == 2


# -- missing values ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def without(screener, base):
    """The base lines with one column emptied."""
    lines, _ = base
    done = {}

    def screened(column):
        if column not in done:
            emptied = lines.with_columns(pl.lit(None, lines.schema[column]).alias(column))
            done[column] = screener.screen(emptied, today=DAY)
        return done[column]

    return screened


@pytest.fixture(scope="module")
def filled(base):
    lines, _ = base
    return [name for name in COLUMNS if lines[name].null_count() < lines.height]


def absence_speaks(screener, rule):
    """Rules that look for something missing: those on data, and those with a condition on what is not stated."""
    prepared = next(found for found in screener.plan.rules if found.id == rule)
    return getattr(prepared.spec, "family", "") == "data" or any(atom.op == "exists" for atom in prepared.atoms())


@pytest.mark.slow
def test_a_missing_value_accuses_nobody(screener, base, filled, without):
    """A column emptied makes no new hit, but of rules that look for what is missing, or where another stands in its place."""
    _, whole = base
    for column in filled:
        if column in GOODS or column in INSTEAD or column == "licence_no":
            continue
        new = pairs(without(column).hits) - pairs(whole.hits)
        assert {rule for _, rule in new if not absence_speaks(screener, rule)} == set(), column


@pytest.mark.slow
def test_a_missing_value_clears_nobody(screener, base, filled, without):
    """A hit that a column was needed for does not vanish: its rule is told as not judged on the line.

    Apart from what the texts of the goods say, from columns in whose place others stand, from rules over several lines, and from
    conditions marked ``exempts``, for which unknown counts as not met.
    """
    _, whole = base
    over_lines = {rule.id for rule in screener.plan.rules if getattr(rule.spec, "group", None) is not None}
    exempting = {rule.id for rule in screener.plan.rules if "exempts" in repr(rule.spec.detect)}
    for column in filled:
        if column in GOODS or column in INSTEAD:
            continue
        run = without(column)
        cleared = pairs(whole.hits) - pairs(run.hits) - pairs(run.not_judged)
        assert {rule for _, rule in cleared if rule not in over_lines | exempting} == set(), column


def test_the_licence_is_the_one_thing_whose_absence_decides(screener, lines):
    held = {**lines[0]}
    stated = {**held, "licence_no": "26-AB-123456"}
    assert screener.screen_line(held).outcome == "hold"
    assert screener.screen_line(stated).outcome == "review"
    for placeholder in ("N/A", "-", "applied", "see remarks", "无", "TBA"):
        result = screener.screen_line({**held, "licence_no": placeholder})
        assert result.outcome == "hold", placeholder


@pytest.mark.parametrize(
    ("licence", "outcome"),
    [
        ("applied on 3 May", "hold"),
        ("申请中，预计五月", "hold"),
        ("EAR99", "hold"),
        ("进口许可证 33-24-A00123", "hold"),
        ("phytosanitary certificate 4711", "hold"),
        ("26-JA-123456, renewal applied for", "review"),
        ("出口许可证 26-JA-123456，原产地证 4711", "review"),
        ("export license no. 7, certificate of origin 12", "review"),
    ],
)
def test_words_in_the_licence_column_that_state_none(screener, lines, licence, outcome):
    assert screener.screen_line({**lines[0], "licence_no": licence}).outcome == outcome


@pytest.mark.parametrize(
    ("remark", "rules"),
    [
        ("属于两用物项，管制编码1C905.b", {"cn-mofcom-gac-2025-18/1C905.b"}),
        ("管制编码：1C905.b。", {"cn-mofcom-gac-2025-18/1C905.b"}),
        ("两用物项编码为（1C905.a.4）", {"cn-mofcom-gac-2025-18/1C905.a.4"}),
        ("Dual-use item, control code: 1C905.b", {"cn-mofcom-gac-2025-18/1C905.b"}),
        ("不属于两用物项1C905.b", set()),
        ("非管制物项，与1C905.b相近", set()),
        ("Not a dual-use item (1C905.b), Dy 0.05 %", set()),
        ("drawing no. 1C905.b", set()),
    ],
)
def test_the_control_code_is_read_from_the_remark_of_a_declaration(screener, remark, rules):
    line = {"description": "Functional powder", "export_country": "CN", "declaration_date": "2025-06-02"}
    for column in ("remarks", "declaration_elements"):
        result = screener.screen_line({**line, column: remark})
        assert {hit["rule"] for hit in result.hits if hit["basis"] == "law"} == rules, column
    assert screener.screen_line({**line, "item_code": "EAR99", "remarks": remark}).outcome != "hold"


@pytest.mark.parametrize(
    ("remark", "rules"),
    [
        ("不属于管制物项，Dy+Tb<0.05%", set()),
        ("Not a dual-use item: Dy 0 %, Tb 0 %", set()),
        ("不属于管制物项，镝含量0.3%，铽0%", {"1C905.a.4"}),
        ("fragile, Dy 0.3 %", {"1C904.a.4", "1C905.a.4"}),
        (None, {"1C904.a.4", "1C905.a.4"}),
    ],
)
def test_the_parameters_in_the_remark_on_control_are_those_of_the_goods(screener, remark, rules):
    line = {"description": "NdFeB magnets 48H", "export_country": "CN", "declaration_date": "2025-06-02", "remarks": remark}
    asked = [hit for hit in screener.screen_line(line).hits if hit["basis"] == "law" and hit["action"] != "note"]
    assert {hit["item_code"] for hit in asked} == rules


@pytest.mark.parametrize(
    "procedure", ["3010", "货样广告品", "4561", "退运货物", "1300", "2600", "暂时进出货物", "1233", "保税仓库货物", "0110"]
)
def test_a_customs_procedure_never_silences_a_control(screener, lines, procedure):
    plain = screener.screen_line(lines[0])
    told = screener.screen_line({**lines[0], "customs_procedure": procedure})
    assert told.outcome == plain.outcome == "hold"
    assert {hit["rule"] for hit in plain.hits} <= {hit["rule"] for hit in told.hits}
    added = [hit for hit in told.hits if hit["rule"].startswith("procedure.")]
    assert len(added) == (procedure != "0110")
    assert all(hit["next_step"] and hit["action"] == "note" for hit in added)


def test_what_was_missing_is_named(screener):
    result = screener.screen_line({"description": "Tile adhesive", "hs_code": "3214900000"})
    missing = {gap["rule"]: gap["missing"] for gap in result.not_judged}
    assert "volume_m3" in missing["data.impossible-density"]
    assert result.outcome == "clear"


@pytest.mark.parametrize("column", ["net_kg", "gross_kg", "volume_m3", "value", "quantity", "packages"])
def test_impossible_numbers_are_missing_numbers(screener, lines, column):
    absent = {name: given for name, given in lines[0].items() if name != column}
    # documents of their own, so that no rule over lines sees them together
    values = [None, float("nan"), float("inf"), float("-inf"), -5.0, "-5", "NaN", "inf", "1e999"]
    given = [{**absent, column: value, "house_bill": f"H{number}"} for number, value in enumerate(values)]
    run = screener.screen(given)
    assert run.lines[column].to_list() == [None] * len(values)
    rules = [run.hits.filter(pl.col("line") == line)["rule"].to_list() for line in run.lines["line"]]
    assert rules == [rules[0]] * len(values)
