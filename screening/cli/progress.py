"""Progress bars for long work: on standard error, only where that is a terminal, and only after a second.

Nothing is imported or counted for a command that ends sooner.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from threading import Lock, Timer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_AFTER = 1.0
"""Seconds of work before a bar is shown."""
_SAMPLE = 1 << 20
"""Bytes of a text that tell how long its lines are."""


class Bars:
    """One bar for each stage of a command, with an estimate of what is left where the whole is known.

    Used with ``with``; told of progress by :meth:`tell`. Where nobody looks it does nothing.
    """

    def __init__(self, units: dict[str, str], *, quiet: bool, whole: Callable[[], dict[str, int | None]] = dict) -> None:
        """Prepare.

        Args:
            units: the stages in their order, and what is counted of each, such as ``lines``.
            quiet: show nothing.
            whole: gives the whole of the first stages, where it is known before they begin; called when bars are shown.
        """
        self._units = units
        self._whole = whole
        self._told: dict[str, tuple[int, int | None]] = {}
        self._lock = Lock()
        self._bars: Any = None
        self._tasks: dict[str, Any] = {}
        self._timer = None if quiet or not _is_watched() else Timer(_AFTER, self._show)

    def __enter__(self) -> Self:
        if self._timer is not None:
            self._timer.daemon = True
            self._timer.start()
        return self

    def __exit__(self, *ended: object) -> None:
        if self._timer is None:
            return
        self._timer.cancel()
        with self._lock:
            self._timer = None
            if self._bars is not None:
                self._bars.stop()

    def tell(self, stage: str, done: int, whole: int | None = None) -> None:
        """``done`` of a stage is done, of ``whole`` where that is known."""
        if self._timer is None:
            return
        with self._lock:
            known = self._told.get(stage, (0, None))[1]
            self._told[stage] = (done, known if whole is None else whole)
            self._draw()

    def _show(self) -> None:
        from rich.console import Console  # noqa: PLC0415 - only where a bar is shown
        from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn  # noqa: PLC0415

        known = self._whole()
        texts = (TextColumn("{task.description}"), TextColumn("{task.completed:,.0f} {task.fields[unit]}"))
        columns = (texts[0], BarColumn(), texts[1], TimeElapsedColumn(), TextColumn("left"), TimeRemainingColumn())
        with self._lock:
            if self._timer is None:  # the work ended meanwhile
                return
            for stage, whole in known.items():
                done, told = self._told.get(stage, (0, None))
                self._told[stage] = (done, told or whole)
            console = Console(stderr=True)
            self._bars = Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False)
            self._bars.start()
            self._draw()

    def _draw(self) -> None:
        if self._bars is None:
            return
        for stage, unit in self._units.items():
            if stage in self._told:
                done, whole = self._told[stage]
                if stage not in self._tasks:
                    self._tasks[stage] = self._bars.add_task(stage, total=None, unit=unit)
                self._bars.update(self._tasks[stage], completed=done, total=None if whole is None else max(whole, done))


def lines_in(manifests: Iterable[str]) -> int | None:
    """About how many lines manifests have, from what costs nothing to know; None where that says nothing."""
    counts = [_lines_of(Path(manifest)) for manifest in manifests]
    return None if None in counts else sum(count for count in counts if count is not None)


def _lines_of(path: Path) -> int | None:
    import polars as pl  # noqa: PLC0415 - loaded long since

    suffix = path.suffix.lower()
    try:
        if not path.is_file():
            return None
        if suffix == ".parquet":
            return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
        if suffix not in (".csv", ".tsv", ".txt", ".jsonl", ".ndjson"):
            return None
        with path.open("rb") as file:
            head = file.read(_SAMPLE)
        ends = head.count(b"\n")
        return path.stat().st_size * ends // len(head) if ends else None
    except (OSError, pl.exceptions.PolarsError):  # the reading tells what is wrong
        return None


def _is_watched() -> bool:
    return sys.stderr is not None and sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
