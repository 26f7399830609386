"""The command line in this process: arguments in, status, standard output and standard error out."""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass, replace
from functools import cache

import openpyxl
import pytest

from screening.cli import main
from screening.content.snapshot import _from_files, _from_snapshot
from screening.screener import Screener

HEAD = "Description,HS code,Net weight (kg),Export country,Destination country,Value USD,Ship date,Licence no"


RULE = """\
rules:
  - id: own.shoes
    title: {en: Shoes, zh: 鞋}
    family: data
    basis: data
    action: hold
    confidence: high
    certainty: confirmed
    detect:
      shoes: {description: {matches: '(?i)shoes'}}
    reason: {en: "Shoes are held here.", zh: 鞋须暂缓}
    next_step: {en: Ask the boss., zh: 请示}
    citations:
      - {source: fatf, claim: none, read_in: copy}
    examples:
      - {name: leather shoes, expect: EXPECTED, line: {description: Leather shoes}}
      - {name: shoes, expect: hit, line: {description: Shoes}}
      - {name: running shoes, expect: hit, line: {description: Running shoes}}
      - {name: boots, expect: clear, line: {description: Boots}}
      - {name: hats, expect: clear, line: {description: Hats}}
      - {name: no text, expect: not_judged, line: {hs_code: "6403990090"}}
"""


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


@pytest.fixture(scope="session", autouse=True)
def content():
    """Reads and compiles the shipped content once for all tests; what a command does with it stays as it is."""
    files, snapshot = cache(_from_files), cache(_from_snapshot)
    prepared = cache(Screener)

    def screener(rules, watchlists, *, shipped, **more):
        ordinary = shipped and not any([rules, watchlists, *more.values()])
        return prepared() if ordinary else Screener(rules, watchlists, shipped=shipped, **more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("screening.content.snapshot._from_files", lambda: replace(files()))
        patched.setattr("screening.content.snapshot._from_snapshot", lambda: replace(snapshot()))
        patched.setattr("screening.cli.screen.Screener", screener)
        yield


@pytest.fixture
def rule(tmp_path):
    """Writes a rule of the user's own, that holds shoes, and gives its file."""

    def write(expected="hit"):
        path = tmp_path / "shoes.yaml"
        path.write_text(RULE.replace("EXPECTED", expected), encoding="utf-8")
        return path

    return write


@pytest.fixture
def run(capfd, monkeypatch):
    def call(*arguments, stdin=None):
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Ended(ended.value.code or 0, captured.out, captured.err)

    return call


@pytest.fixture
def refused(run):
    """Runs a command that must end with status 2 and one sentence, and gives the sentence."""

    def call(*arguments, **options):
        ended = run(*arguments, **options)
        assert ended.status == 2, ended
        assert ended.out == ""
        assert ended.err.startswith("screening: "), ended.err
        assert ended.err.count("\n") == 1, ended.err
        assert "Traceback" not in ended.err
        return ended.err.removeprefix("screening: ").strip()

    return call


@pytest.fixture
def lines():
    """Lines by what becomes of them."""
    return {
        "hold": "Dysprosium oxide,2846901500,100,CN,DE,30000,2025-06-01,",
        "review": "Dysprosium oxide,2846901500,100,CN,DE,30000,2025-06-01,26-AB-123456",
        "clear": "Leather shoes,6403990090,200,CN,DE,4000,2025-06-01,",
        "not_judged": ",6403990090,200,CN,DE,4000,2025-06-01,",
        "reject": ",,5,,,17,,",
    }


@pytest.fixture
def manifest(tmp_path, lines):
    """Writes lines below the usual header and gives the path."""

    def write(*kinds, name="manifest.csv"):
        path = tmp_path / name
        path.write_text("\n".join([HEAD, *(lines[kind] for kind in kinds), ""]), encoding="utf-8")
        return path

    return write


@pytest.fixture
def book(tmp_path, lines):
    """Writes sheets of lines as a workbook and gives the path."""

    def write(name="manifest.xlsx", **sheets):
        workbook = openpyxl.Workbook()
        workbook.remove(workbook.active)
        for title, kinds in sheets.items():
            sheet = workbook.create_sheet(title)
            for line in (HEAD, *(lines[kind] for kind in kinds)):
                sheet.append(line.split(","))
        path = tmp_path / name
        workbook.save(path)
        workbook.close()
        return path

    return write
