"""Measures speed and memory in one run and prints each number beside its target.

Everything is a ratio to something measured in the same run, so that the table means the same on a slow machine:
screening against the least work any screening must do (``floor.py``), the start of the program against ``import polars``.
Every measured thing is a process of its own. This one imports neither polars nor the program: a child's peak memory
begins with what its parent held.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_COMMAND = str(Path(sys.executable).with_name("screening"))
_FINISHED = {0, 1, 3}
"""Exit statuses of a screening that ran to its end; 2 and above 3 are failures."""
_TARGET_RATIO = 5.0
_TARGET_MEMORY_MB = 2000.0
_TARGET_START = 2.5
_TARGET_LINE_MS = 15.0
_TARGET_HUNDRED_MS = 60.0


@dataclass(frozen=True)
class Cost:
    """What one process took."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    status: int
    output: str
    error: str

    def checked(self, *statuses: int) -> Cost:
        """This cost, or an end of the benchmark with the process's own message."""
        if self.status not in statuses:
            sys.exit(f"a measured process ended with status {self.status}:\n{self.error.strip() or self.output.strip()}")
        return self


def measure(*command: str) -> Cost:
    """Run ``command`` and say what it took: wall and processor time, peak resident memory."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as error:
        begun = perf_counter()
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=error)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        texts = []
        for file in (output, error):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
    unit = 1 if platform.system() == "Darwin" else 1024  # ru_maxrss is in bytes there, in kilobytes elsewhere
    return Cost(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * unit / 1e6, process.returncode, *texts)


def python(*arguments: str) -> Cost:
    """``measure`` this interpreter."""
    return measure(sys.executable, *arguments).checked(0)


def typical(costs: list[Cost]) -> Cost:
    """The cost with the median time."""
    return sorted(costs, key=lambda cost: cost.seconds)[len(costs) // 2]


@contextmanager
def workplace(given: Path | None) -> Iterator[Path]:
    """The folder for files that are measured, which stay where it was given; ends the benchmark where nothing is set up."""
    if not Path(_COMMAND).exists():
        sys.exit(f"{_COMMAND} is missing; run 'make setup' first")
    folder = given or Path(tempfile.mkdtemp(prefix="screening-bench-"))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield folder
    finally:
        if given is None:
            shutil.rmtree(folder)


def compare_with_floor(folder: Path, lines: int, seed: int, repeat: int) -> None:
    """Long manifest: the floor and the screening of the same file."""
    manifest, copy = folder / "big.csv", folder / "floor.csv"
    python("-m", "benchmarks.generate", str(manifest), "--lines", str(lines), "--seed", str(seed))
    print(f"{lines:,} lines, {manifest.stat().st_size / 1e6:,.0f} MB of CSV")
    floor = typical([python("-m", "benchmarks.floor", str(manifest), str(copy), "Description of Goods") for _ in range(3)])
    copy.unlink()
    row(
        "floor: read, normalise, write",
        f"{floor.seconds:.2f} s",
        f"{lines / floor.seconds:,.0f} lines/s, {floor.cpu_seconds:.1f} s CPU",
    )
    row("floor: peak memory", f"{floor.peak_mb:,.0f} MB")
    outputs = ("-o", str(folder / "hits.parquet"), "-o", str(folder / "big.lines.parquet"))
    runs = [measure(_COMMAND, "screen", str(manifest), *outputs).checked(*_FINISHED) for _ in range(repeat)]
    screened = typical(runs)
    row("screening", f"{screened.seconds:.2f} s", f"{lines / screened.seconds:,.0f} lines/s, {screened.cpu_seconds:.1f} s CPU")
    row(
        "screening / floor",
        f"{screened.seconds / floor.seconds:.1f} x",
        target(screened.seconds / floor.seconds, _TARGET_RATIO, "x"),
    )
    peak = max(run.peak_mb for run in runs)
    row("screening: peak memory", f"{peak:,.0f} MB", target(peak, _TARGET_MEMORY_MB, "MB"))


def compare_with_import(folder: Path, repeat: int) -> None:
    """Short manifest: the whole program against ``import polars``, taken in turns."""
    manifest = folder / "small.csv"
    python("-m", "benchmarks.generate", str(manifest), "--lines", "50")
    measure(_COMMAND, "screen", str(manifest)).checked(*_FINISHED)  # the first run may write its snapshot
    pairs = [
        (python("-c", "import polars"), measure(_COMMAND, "screen", str(manifest)).checked(*_FINISHED)) for _ in range(repeat)
    ]
    polars, small = median(pair[0].seconds for pair in pairs), median(pair[1].seconds for pair in pairs)
    row("import polars", f"{polars * 1000:.0f} ms")
    row("screening 50 lines, whole process", f"{small * 1000:.0f} ms")
    row("screening 50 lines / import polars", f"{small / polars:.1f} x", target(small / polars, _TARGET_START, "x"))


def time_single_lines() -> None:
    """One line at a time, in process."""
    times = json.loads(python("-m", "benchmarks.line").output)
    row("Screener(), once", f"{times['prepare_ms']:.0f} ms")
    row("screen_line, median", f"{times['median_ms']:.1f} ms", target(times["median_ms"], _TARGET_LINE_MS, "ms"))
    row("screen_line, 95th percentile", f"{times['p95_ms']:.1f} ms")
    row("screen of 100 dicts, median", f"{times['hundred_ms']:.1f} ms", target(times["hundred_ms"], _TARGET_HUNDRED_MS, "ms"))


def row(what: str, value: str, remark: str = "") -> None:
    """Print one line of the table."""
    print(f"  {what:<36}{value:>12}   {remark}".rstrip(), flush=True)


def target(value: float, limit: float, unit: str) -> str:
    """The target, and by how much it is met or missed."""
    return f"target {limit:,g} {unit}: {'met' if value <= limit else f'missed by {value / limit - 1:.0%}'}"


def main() -> None:
    """Measure and print. Numbers never change the exit status; a process that fails does."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=1_000_000, help="length of the long manifest")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--repeat", type=int, default=1, help="runs of the long screening; the median counts")
    parser.add_argument("--starts", type=int, default=7, help="runs of the short screening; the median counts")
    parser.add_argument("--folder", type=Path, help="where files go, and stay; else a temporary folder")
    arguments = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} processors, {platform.system()} {platform.machine()}")
    with workplace(arguments.folder) as folder:
        compare_with_floor(folder, arguments.lines, arguments.seed, arguments.repeat)
        compare_with_import(folder, arguments.starts)
        time_single_lines()


if __name__ == "__main__":
    main()
