"""Bars are shown to whoever watches a terminal, after a second of work, on standard error; to nobody else, and nothing stays."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import polars as pl
import pytest

from screening.cli import main, progress

MANIFEST = "Description,HS code,Net weight (kg)\nLeather shoes,6403990090,20\nBoots,6403990090,7\n"


class Terminal(io.TextIOWrapper):
    def isatty(self):
        return True

    def text(self):
        self.flush()
        return self.buffer.getvalue().decode()


@pytest.fixture
def watched(monkeypatch):
    """Runs a command before a terminal, whose bars are shown at once; gives standard output and error."""

    def run(*arguments, terminal=True, **environment):
        for name, value in {"TERM": "xterm", "COLUMNS": "100", **environment}.items():
            monkeypatch.setenv(name, value)
        out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        err = Terminal(io.BytesIO(), encoding="utf-8") if terminal else io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
        with monkeypatch.context() as patched:
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            patched.setattr(progress, "Timer", AtOnce)
            with pytest.raises(SystemExit):
                main([str(argument) for argument in arguments])
        out.flush()
        err.flush()
        return out.buffer.getvalue().decode(), err.buffer.getvalue().decode()

    return run


class AtOnce:
    """A timer that does not wait."""

    def __init__(self, seconds, work):
        self.daemon, self.start = False, work

    def cancel(self):
        pass


@pytest.fixture
def manifest(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(MANIFEST)
    return path


def plain(shown):
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)


def test_every_stage_has_a_bar_with_the_whole_of_it(watched, manifest, tmp_path):
    out, shown = watched("screen", manifest, "-o", tmp_path / "out.json")
    assert "\x1b" not in out
    assert "Reading" not in out
    for told in ("Reading", "Judging", "Writing", "2 lines", "0 reports"):
        assert told in plain(shown)
    assert shown.rstrip().endswith("\x1b[2K")  # the bars are gone, and the cursor is back
    assert "\x1b[?25h" in shown


def test_bars_go_when_a_run_fails(watched, tmp_path):
    _, shown = watched("screen", tmp_path / "missing.csv")
    assert shown.count("\x1b[?25l") == shown.count("\x1b[?25h") == 1
    assert "there is no such file" in shown.rpartition("\x1b[2K")[2]


@pytest.mark.parametrize(
    ("options", "terminal", "environment"),
    [(["--quiet"], True, {}), (["-q"], True, {}), ([], False, {}), ([], True, {"TERM": "dumb"})],
)
def test_nobody_else_is_shown_any(watched, manifest, options, terminal, environment):
    out, shown = watched("screen", manifest, *options, terminal=terminal, **environment)
    assert shown == ""
    assert "2 lines" in out


def test_a_short_run_is_shown_none_and_loads_none(manifest):
    code = (
        "import sys\nfrom screening.cli import main\nsys.stderr.isatty = lambda: True\n"
        "try:\n    main(sys.argv[1:])\nexcept SystemExit:\n    print('rich.progress' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", code, "screen", str(manifest)], capture_output=True, check=True, text=True)
    assert ended.stdout.splitlines()[-1] == "False"
    assert ended.stderr == ""


def test_lines_are_estimated_from_what_is_known(tmp_path, manifest):
    frame = pl.DataFrame({"description": ["shoes"] * 500})
    frame.write_parquet(tmp_path / "a.parquet")
    (tmp_path / "long.csv").write_text(MANIFEST * 100_000)
    (tmp_path / "empty.csv").touch()
    (tmp_path / "bad.parquet").write_text("PAR1")
    assert progress.lines_in([str(manifest)]) == 3
    assert progress.lines_in([str(manifest), str(tmp_path / "a.parquet")]) == 503
    assert progress.lines_in([str(tmp_path / "long.csv")]) == pytest.approx(300_000, rel=0.01)
    for unknown in ("empty.csv", "bad.parquet", "missing.csv", "a.xlsx", "."):
        assert progress.lines_in([str(manifest), str(tmp_path / unknown)]) is None


def test_lists_that_are_fetched_and_imported_have_bars(watched, tmp_path):
    (tmp_path / "own.csv").write_text("name\nExample One Ltd\n")
    _, shown = watched("watchlists", "import", tmp_path / "own.csv", "-o", tmp_path / "lists", "--list", "own")
    assert "Importing" in plain(shown)

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b"x" * 5000)

        def log_message(self, *told):
            pass

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/sdn.csv"
        out, shown = watched("watchlists", "update", "us-ofac-sdn", "-o", tmp_path / "lists", "--from", address)
        server.shutdown()
    assert out == ""
    assert "5,000 bytes" in plain(shown)
