"""The program in surroundings that fail it: signals, closed and full streams, no home, no room, another alphabet."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and streams of other systems")

TEXT = (
    "Description,HS code,Net weight (kg),Export country,Ship date\nLeather shoes,6403990090,200,CN,2025-06-01\n"
    "Dysprosium oxide,2846901500,100,CN,2025-06-01\n"
)
STOPPED = """
import os, sys
from screening import spill
from screening.cli import main, screen
from screening.report import atomic
where, number = sys.argv.pop(1), int(sys.argv.pop(1))
spill.IN_MEMORY = 0
told, replaced = screen._Told.__call__, os.replace
def tell(self, stage, lines):
    if stage == where:
        os.kill(os.getpid(), number)
    told(self, stage, lines)
def replace(*names):
    if where == "write":
        os.kill(os.getpid(), number)
    replaced(*names)
screen._Told.__call__, atomic.os.replace = tell, replace
main()
"""


@pytest.fixture
def manifest(put):
    return put("goods.csv", TEXT)


@pytest.fixture
def start(tmp_path, manifest):
    """Starts the program in folders of its own and gives how it ended; nothing of it may stay but what ``makes`` names."""

    def run(*arguments, code=None, shell="", makes=(), env=None):
        here, temporary = tmp_path / "here", tmp_path / "temporary"
        for folder in (here, temporary):
            folder.mkdir(exist_ok=True)
        command = [sys.executable, *(["-c", code] if code else ["-m", "screening"]), *map(str, arguments)]
        if shell:  # streams as a shell opens and closes them
            command = ["sh", "-c", f'exec "$@" {shell}', "sh", *command]
        surroundings = {**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": os.pathsep.join(sys.path), **(env or {})}
        ended = subprocess.run(command, capture_output=True, cwd=here, env=surroundings, timeout=100, check=False)
        assert {path.name for path in here.iterdir()} == set(makes)
        assert not list(temporary.iterdir())
        assert b"Traceback" not in ended.stderr
        assert ended.stderr.count(b"\n") <= 1
        return ended

    return run


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("stage", ["read", "judge", "write"])
def test_whatever_stops_a_run_leaves_nothing(start, manifest, stage, number):
    ended = start(stage, int(number), "screen", manifest, "-o", "out.xlsx", code=STOPPED)
    assert ended.returncode == 2
    assert ended.stdout == b""
    assert b"interrupted" in ended.stderr


@pytest.mark.parametrize(
    ("arguments", "shell", "status", "said"),
    [
        (["screen", "-"], "<&-", 2, b"no standard input"),
        (["screen", "-"], "</dev/null", 2, b"empty"),
        (["screen", "MANIFEST"], ">&-", 1, b""),
        (["screen", "MANIFEST", "-o", "-"], ">&-", 2, b"no standard output"),
        (["screen", "MANIFEST"], "2>&-", 1, b""),
        (["screen", "missing.csv"], "2>&-", 2, b""),
        (["screen", "missing.csv"], "2>/dev/full", 2, b""),
        (["screen", "MANIFEST"], ">/dev/full", 2, b"No space left"),
        (["screen", "MANIFEST", "-o", "-"], ">/dev/full", 2, b"No space left"),
        (["rules", "list"], ">/dev/full", 2, b"No space left"),
    ],
)
def test_streams_that_are_closed_or_full(start, manifest, arguments, shell, status, said):
    ended = start(*[manifest if one == "MANIFEST" else one for one in arguments], shell=shell)
    assert ended.returncode == status
    assert said in ended.stderr


@pytest.mark.parametrize(
    "surroundings",
    [
        {"HOME": "/nowhere", "XDG_CACHE_HOME": "/proc/nowhere"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "ascii"},
        {"TERM": "dumb", "COLUMNS": "1"},
        {"COLUMNS": "x", "LINES": "-1"},
    ],
    ids=str,
)
def test_surroundings_that_lack_something(start, manifest, surroundings):
    ended = start("screen", manifest, "--language", "both", "-o", "out.html", makes=["out.html"], env=surroundings)
    assert ended.returncode == 1
    assert ended.stderr == b""
    assert ended.stdout


def test_temporary_files_that_have_no_place(start, manifest, put, books):
    """Only what needs a copy for reading says so; where no folder can be had at all that is a sentence too."""
    code = "import sys, tempfile\ntempfile.tempdir = '/nowhere'\nfrom screening.cli import main\nmain()"
    for path in (manifest, put("old.xls", books.xls())):
        ended = start("screen", path, code=code)
        assert ended.returncode == 2
        assert b"/nowhere" in ended.stderr


def test_too_little_memory_is_a_sentence(start, manifest):
    code = (
        "from screening.screener import Screener\n"
        "def screen(*_, **__):\n    raise MemoryError\n"
        "Screener.screen = screen\nfrom screening.cli import main\nmain()"
    )
    ended = start("screen", manifest, code=code)
    assert ended.returncode == 2
    assert b"not enough memory" in ended.stderr
