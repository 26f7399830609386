"""Bad rules and lists: every problem is told with file and line, nothing of a file is run or unfolded."""

from __future__ import annotations

import os
import time

import pytest

from benchmarks.seeds import RULE
from screening import ContentError, Screener
from screening.cli import main
from screening.content.load import load
from screening.content.snapshot import shipped

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + i)}: &{chr(98 + i)} [{', '.join([f'*{chr(97 + i)}'] * 9)}]\n" for i in range(9)
)

BAD = {
    "a tag that would run code": '!!python/object/apply:os.system ["touch PWNED"]\n',
    "a tag inside": 'rules:\n  - !!python/object/new:os.system ["touch PWNED"]\n',
    "a tag of another kind": "rules: !unknown {a: b}\n",
    "a bomb": BOMB,
    "a bomb in rules": BOMB + "rules: *j\n",
    "a merge bomb": "a: &a {x: 1}\nrules:\n  - <<: [*a, *a]\n",
    "a loop": "rules: &r [*r]\n",
    "an alias of nothing": "rules: *nowhere\n",
    "no YAML": "rules: [\n",
    "a tab": "rules:\n\t- id: a\n",
    "nothing": "",
    "a number": "3\n",
    "a list": "- a\n- b\n",
    "a text": "hello\n",
    "two documents": "rules: []\n---\nrules: []\n",
    "an unknown key": "colour: red\n",
    "the same key twice": "rules: []\nrules: []\n",
    "rules that are none": "rules: {a: b}\n",
    "rules of nothing": "rules: [null, 3, x]\n",
    "NUL bytes": "rules:\0\n",
    "control characters": "rules: \x1b[2J\n",
    "deeper than can be read": "[" * 5000,
    "a mapping deeper than can be read": "".join(" " * i + "a:\n" for i in range(1500)),
    "a date that is none": "id: x\nregime: CN\nentries: []\nverified_on: 2026-13-45\n",
    "a pattern that is none": RULE.replace("PATTERN", "(["),
}


@pytest.fixture(scope="module")
def base():
    return shipped()


@pytest.mark.parametrize("name", BAD)
def test_bad_rules_are_told_with_their_file(base, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text(BAD[name], encoding="utf-8")
    started = time.monotonic()
    with pytest.raises(ContentError) as caught:
        load([tmp_path / "bad.yaml"], base=base)
    assert "bad.yaml" in str(caught.value)
    assert all(problem.path.endswith("bad.yaml") for problem in caught.value.problems)
    assert len(str(caught.value)) < 20_000
    assert not (tmp_path / "PWNED").exists()
    assert time.monotonic() - started < 5


def test_rules_that_are_no_text(tmp_path):
    (tmp_path / "bad.yaml").write_bytes(b"\xff\xfe\x00rules")
    (tmp_path / "worse.yaml").write_bytes(bytes(range(256)))
    with pytest.raises(ContentError) as caught:
        Screener(rules=tmp_path)
    assert {problem.path.rpartition("/")[2] for problem in caught.value.problems} == {"bad.yaml", "worse.yaml"}


def test_every_problem_of_every_file_is_told(tmp_path):
    (tmp_path / "a.yaml").write_text("colour: red\nshape: round\n")
    (tmp_path / "b.yml").write_text("rules:\n  - {id: a.b, taste: sweet}\n")
    (tmp_path / "notes.txt").write_text("not content: [")
    with pytest.raises(ContentError) as caught:
        Screener(rules=tmp_path)
    told = [(problem.path.rpartition("/")[2], problem.line) for problem in caught.value.problems]
    assert ("a.yaml", 1) in told
    assert ("a.yaml", 2) in told
    assert any(file == "b.yml" for file, _ in told)
    assert told == sorted(told)


def test_a_pattern_cannot_take_forever(tmp_path):
    """Patterns are searched in linear time, so that no rule of a user can hang on a text of a stranger."""
    (tmp_path / "slow.yaml").write_text(RULE.replace("PATTERN", "(a+)+$"))
    screener = Screener(rules=tmp_path / "slow.yaml", shipped=False)
    started = time.monotonic()
    screener.screen([{"description": "a" * 5000 + "!"}])
    assert time.monotonic() - started < 5


ODD = {
    "a number without end": "1" * 5000,
    "more than any number": "1e999",
    "half a character": '"\\ud800"',
    "a NUL": '"\\0"',
    "a boolean": "true",
    "nothing": "null",
    "a list": "[1]",
    "a mapping": "{a: 1}",
    "a date that is none": "2026-13-45",
    "year 0": "0000-00-00",
    "a page of text": '"' + "x" * 100_000 + '"',
    "braces": '"{x!r:{y}} %s {0} {}"',
}
RULE_KEYS = ("id", "family", "action", "confidence", "title", "detect", "reason", "next_step", "citations")
SELECTIONS = (
    "{description: {matches: VALUE}}",
    "{description: {in: [VALUE]}}",
    "{net_kg: {gte: VALUE}}",
    "{ship_date: {gte: VALUE}}",
    "{goods: {terms: [VALUE]}}",
    "{composition.dy: {gte: VALUE}}",
    "{export_country: {in_set: VALUE}}",
    "VALUE",
)
FACTS = {
    "a measure that cannot be searched for": "measures: {x: [{pattern: '(', needs: [a]}]}",
    "a measure without a number": "measures: {x: [{pattern: 'a', needs: [a]}]}",
    "characters of several": "characters: {ab: c}",
    "characters of none": "characters: {'': c}",
}


@pytest.mark.parametrize("name", ODD)
def test_rules_of_odd_values_are_told_or_run(tmp_path, name):
    """What the check accepts must run; what it refuses is told in few words, however long the value."""
    base, path = shipped(law=False), tmp_path / "odd.yaml"
    rows = RULE.splitlines()
    texts = []
    for key in RULE_KEYS:
        at = next(index for index, row in enumerate(rows) if row.strip(" -").startswith(f"{key}:"))
        start = rows[at][: rows[at].index(key)]
        texts.append("\n".join([*rows[:at], f"{start}{key}: {ODD[name]}", *rows[at + 1 :], ""]))
    texts += [RULE.replace("{description: {matches: 'PATTERN'}}", one.replace("VALUE", ODD[name])) for one in SELECTIONS]
    told = []
    for text in texts:
        path.write_text(text)
        try:
            content = load([path], base=base)
        except ContentError as error:
            told.append(str(error))
            continue
        lines = [{"description": "shoes", "net_kg": 1, "ship_date": "2025-06-01"}] * 2
        assert Screener.of(content).screen(lines).counts["lines"] == 2
    assert told
    assert max(map(len, told)) < 3000


@pytest.mark.parametrize("name", FACTS)
def test_facts_that_cannot_be_used(tmp_path, name):
    (tmp_path / "odd.yaml").write_text(FACTS[name])
    with pytest.raises(ContentError, match=r"odd\.yaml"):
        load([tmp_path / "odd.yaml"], base=shipped(law=False))


def test_spellings_that_come_to_nothing_are_no_spellings(tmp_path):
    (tmp_path / "odd.yaml").write_text("grades: {x: ['(']}\nmasks: ['(', '']\n")
    content = load([tmp_path / "odd.yaml"], base=shipped(law=False))
    assert Screener.of(content).screen([{"description": "( a shoe"}]).counts["lines"] == 1


# -- through the command line --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.xlsx", b"\x00\x01 no workbook"),
        ("a.csv", b""),
        ("a.json", b"[" * 100_000),
        ("a.parquet", b"PAR1"),
        ("a.csv", b"foo,bar\n1,2\n"),
        ("a.pdf", b"%PDF"),
        (None, b""),
    ],
)
def test_a_bad_manifest_is_one_sentence_and_status_2(tmp_path, capfd, name, content):
    path = tmp_path / (name or "missing.csv")
    if name:
        path.write_bytes(content)
    commands = [["screen", str(path), "-o", str(tmp_path / "out.json")]]
    if not content.startswith(b"foo"):  # its headers are shown for what they are
        commands.append(["columns", str(path), "-o", str(tmp_path / "m.yaml")])
    for command in commands:
        with pytest.raises(SystemExit) as ended:
            main(command)
        captured = capfd.readouterr()
        assert ended.value.code == 2
        assert captured.out == ""
        assert captured.err.count("\n") == 1
        assert captured.err.startswith("screening: ")
    assert {found.name for found in tmp_path.iterdir()} <= {name}


def test_bad_rules_are_status_2(tmp_path, capfd):
    (tmp_path / "bad.yaml").write_text(BOMB)
    (tmp_path / "a.csv").write_text("Description,HS code\nshoes,6403990090\n")
    with pytest.raises(SystemExit) as ended:
        main(["screen", str(tmp_path / "a.csv"), "--rules", str(tmp_path / "bad.yaml")])
    captured = capfd.readouterr()
    assert ended.value.code == 2
    assert "bad.yaml" in captured.err
    assert "Traceback" not in captured.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of other systems")
def test_settings_that_are_pipes_are_not_waited_for(command, put, tmp_path):
    goods = put("goods.csv", "Description,HS code\nshoes,6403990090\n")
    pipe = tmp_path / "pipe.yaml"
    os.mkfifo(pipe)
    for option in ("--rules", "--watchlists", "--columns", "--law", "--waivers", "--ownership"):
        status, told = command("screen", goods, option, pipe)
        assert status == 2
        assert "pipe.yaml" in told.replace("\n", " ")


def test_names_are_not_written_over(command, put):
    names = put("names.csv", "name\nExample\n")
    status, told = command("match", "--names", names, "-o", names)
    assert status == 2
    assert "manifests" in told
    assert names.read_text() == "name\nExample\n"
