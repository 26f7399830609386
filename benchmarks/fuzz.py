"""Fuzzes everything that reads what strangers wrote, guided by coverage, and keeps the smallest input of every finding.

    python -m pip install --group fuzz
    python -m benchmarks.fuzz delimited --seconds 300

A target is a function of bytes. It may refuse them with an error of this package; any other error, a row that nobody accounts
for, and more than five seconds are findings. Each is kept once, in ``build/fuzz/<target>/findings`` with its traceback beside it;
the corpus beside it is where the next run begins. What is found becomes an input of tests/hostile.
"""

# ruff: noqa: PLC0415 - what is fuzzed is imported under the eyes of the fuzzer

from __future__ import annotations

import argparse
import contextlib
import hashlib
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from benchmarks.seeds import LONGEST, WORDS, packed, seeds

Target = Callable[[bytes], None]

SLOW = 5.0
"""Seconds for one input that count as a finding: ordinary ones take milliseconds."""
HANG = 60
"""Seconds after which the fuzzer itself ends an input."""
MEMORY_MB = 3000


# -- targets -------------------------------------------------------------------------------------------------------------


def manifest_target(suffix: str, pack: Callable[[bytes], bytes] | None = None) -> Target:
    """Reads ``data`` as a manifest; every row must become one thing."""
    from screening.content.snapshot import shipped
    from screening.manifest import read_manifest
    from screening.screener import Screener

    words, path = Screener.of(shipped(law=False)).words, _place(suffix)

    def run(data: bytes) -> None:
        path.write_bytes(pack(data) if pack else data)
        reader = read_manifest(path, words)
        rows: set[tuple[str, int]] = set()
        met = 0
        for chunk in reader.chunks():
            for frame in (chunk.lines.select("sheet", "row"), chunk.rejects.select("sheet", "row")):
                met += frame.height
                rows.update(frame.rows())
        if met != len(rows):
            raise AssertionError("a row became two things")
        for number, sheet in enumerate(reader.inputs[0].sheets):
            there = sheet.lines + sheet.rejects + sum(sheet.skipped.values())
            last = max((row for name, row in rows if name == sheet.name), default=0)
            if len(reader.inputs[0].sheets) == 1 and there < last:
                raise AssertionError(f"sheet {number} accounts for {there} rows and has at least {last}")

    return run


def content_target() -> Target:
    """Reads ``data`` as rules; what is accepted must run."""
    from screening.content.load import load
    from screening.content.snapshot import shipped
    from screening.screener import Screener

    base, path = shipped(law=False), _place(".yaml")
    line = {"description": "Dysprosium oxide 99.9 %", "hs_code": "2846901500", "net_kg": 1, "value": "5 USD"}

    def run(data: bytes) -> None:
        path.write_bytes(data)
        content = load([path], base=base)
        if content.rules or content.instruments or content.watchlists:
            Screener.of(content).screen([line, {**line, "net_kg": None, "ship_date": "2025-06-01"}])

    return run


def lists_target() -> Target:
    """Reads ``data`` as a published list; its first byte says under which name."""
    from screening.content.listfile import read_list
    from screening.content.snapshot import shipped
    from screening.errors import ContentError
    from screening.parties.importing import Choices, import_files

    content, folder = shipped(), Path(tempfile.mkdtemp(prefix="fuzz-"))
    names = ("list.csv", "list.xml", "list.json", "list.jsonl", "list.txt", "list.gz", "list.yaml")

    def run(data: bytes) -> None:
        path = folder / names[data[0] % len(names) if data else 0]
        path.write_bytes(data[1:])
        if path.suffix == ".jsonl":
            with contextlib.suppress(ContentError):
                read_list(path)
        for one in import_files([path], content, Choices(list_id="own")):
            if not all(entry.name and entry.id for entry in one.watchlist.entries):
                raise AssertionError("an entry without name or id")

    return run


def values_target() -> Target:
    """Reads the lines of ``data`` as numbers, dates, measures and compositions."""
    import polars as pl

    from screening.content.snapshot import shipped
    from screening.manifest.dates import date_order, read_dates
    from screening.manifest.numbers import number_style, read_numbers
    from screening.screener import Screener

    screener = Screener.of(shipped(law=False))
    goods, months = screener.plan.goods, screener.words.options["months"]

    def run(data: bytes) -> None:
        texts = [text.strip() or None for text in data.decode(errors="replace").replace("\0", "\n").split("\n")][:50]
        cells = pl.Series("c0", texts, dtype=pl.String)
        number_style(cells)
        for style in ("point", "comma", "each"):
            values = read_numbers(cells, style).values.drop_nulls()
            if len(values) != len(values.filter(values.is_finite() & (values >= 0))):
                raise AssertionError("a number that is none")
        read_dates(cells, date_order(cells.drop_nulls().to_list()), months, {})
        found = goods.facts_of(cells.drop_nulls().unique(maintain_order=True))
        for name in found.columns:
            if name.endswith(".lo"):
                low, high = found[name], found[name.removesuffix("lo") + "hi"]
                if (low > high).any():
                    raise AssertionError(f"{name} is above its upper end")

    return run


def settings_target() -> Target:
    """Reads ``data`` as a mapping, waivers, confirmations or a table of owners; the first byte says which."""
    import datetime as dt

    from screening.content.confirmations import read_law
    from screening.content.snapshot import shipped
    from screening.content.waivers import read_waivers
    from screening.manifest import read_mapping
    from screening.parties.ownership import read_shares

    content, path, day = shipped(), _place(".yaml"), dt.date(2026, 11, 21)
    readers: tuple[Callable[[], object], ...] = (
        lambda: read_mapping(path),
        lambda: read_waivers(path, content, day).on(day),
        lambda: read_law(path, content, day),
        lambda: read_shares(path, content),
    )

    def run(data: bytes) -> None:
        path.write_bytes(data[1:])
        readers[data[0] % len(readers) if data else 0]()

    return run


def names_target() -> Target:
    """Looks the lines of ``data`` up in the shipped lists."""
    from screening.content.snapshot import shipped
    from screening.parties import Parties

    parties = Parties(shipped())

    def run(data: bytes) -> None:
        parties.match(data.decode(errors="replace").split("\n")[:20])

    return run


TARGETS: dict[str, Callable[[], Target]] = {
    "delimited": lambda: manifest_target(".csv"),
    "json": lambda: manifest_target(".json"),
    "jsonl": lambda: manifest_target(".jsonl"),
    "xlsx": lambda: manifest_target(".xlsx", packed),
    "xml": lambda: manifest_target(".xml"),
    "page": lambda: manifest_target(".html"),
    "edifact": lambda: manifest_target(".edi"),
    "content": content_target,
    "lists": lists_target,
    "values": values_target,
    "settings": settings_target,
    "names": names_target,
}


# -- running -------------------------------------------------------------------------------------------------------------


def _place(suffix: str) -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-")) / f"a{suffix}"


def judged(target: Target, findings: Path) -> Target:
    """``target`` with everything but an error of this package kept as a finding."""
    from screening.errors import ScreeningError

    def run(data: bytes) -> None:
        started = perf_counter()
        try:
            target(data)
        except ScreeningError as error:
            if len(str(error)) > 100_000:
                _keep(findings, data, "message", "a message of more than 100,000 characters")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # panics of the readers are no Exception
            frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "/screening/" in frame.filename]
            place = f"{Path(frames[-1].filename).stem}-{frames[-1].name}" if frames else "elsewhere"
            _keep(findings, data, f"{type(error).__name__}-{place}", traceback.format_exc())
        if (took := perf_counter() - started) > SLOW:
            _keep(findings, data, "slow", f"{took:.1f} s")

    return run


def _keep(findings: Path, data: bytes, name: str, told: str) -> None:
    """Keep the smallest input of a finding."""
    path = findings / name
    if not path.exists() or len(data) < path.stat().st_size:
        path.write_bytes(data)
        path.with_suffix(".txt").write_text(told, encoding="utf-8")


def fuzz(name: str, folder: Path, seconds: int) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    findings, corpus = folder / "findings", folder / "corpus"
    with atheris.instrument_imports(include=["screening", "yaml", "csv", "json"]):
        target = judged(TARGETS[name](), findings)
    for data in seeds(name):
        (corpus / hashlib.sha1(data, usedforsecurity=False).hexdigest()).write_bytes(data)
    words = folder / "words"
    words.write_text("".join(f'"{_escaped(word)}"\n' for word in WORDS.get(name, ())), encoding="utf-8")
    options = [f"-max_total_time={seconds}", f"-timeout={HANG}", f"-rss_limit_mb={MEMORY_MB}", f"-max_len={LONGEST}"]
    options += [f"-dict={words}"] if name in WORDS else []
    options += [f"-artifact_prefix={findings}/stopped-", "-print_final_stats=1", "-report_slow_units=30"]
    atheris.Setup([sys.argv[0], *options, str(corpus)], target)
    atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b'\\"' else f"\\x{byte:02x}" for byte in word.encode())


def main() -> None:
    """Fuzz a target and print what was found; status 1 where something was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", choices=[*TARGETS])
    parser.add_argument("--seconds", type=int, default=300)
    parser.add_argument("--folder", type=Path, default=Path("build/fuzz"), help="where corpus and findings are kept")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    folder = given.folder.resolve() / given.target
    for part in ("findings", "corpus"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    if given.here:
        fuzz(given.target, folder, given.seconds)
        return
    command = [sys.executable, "-m", "benchmarks.fuzz", given.target, "--here", "--seconds", str(given.seconds)]
    command += ["--folder", str(given.folder)]
    with tempfile.TemporaryDirectory() as temporary:
        done = subprocess.run(command, env={**os.environ, "TMPDIR": temporary}, capture_output=True, check=False)
    log = done.stderr.decode(errors="replace").splitlines()
    told = [line for line in log if line.startswith(("stat::", "Done"))] or log[-20:]
    found = sorted(path for path in (folder / "findings").iterdir() if path.suffix != ".txt")
    print("\n".join([given.target, *told, f"findings: {len(found)}"]))
    for path in found:
        beside = path.with_suffix(".txt")
        told = beside.read_text(encoding="utf-8").strip().splitlines()[-1] if beside.exists() else "the fuzzer stopped"
        print(f"  {path} ({path.stat().st_size} bytes): {told}")
    sys.exit(bool(found) or done.returncode)


if __name__ == "__main__":
    main()
