"""Keeps the pieces of a run: in memory while they are few lines, in a temporary folder of the run's own once they are many.

Also works on several pieces at once: most steps use one processor, so two pieces share two of them.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import polars as pl

from screening.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

IN_MEMORY = 150_000
"""Lines kept in memory before pieces go to disk: about one chunk, so that small runs write nothing."""


_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
_AT_ONCE = 2
"""Pieces worked on at the same time: more would cost memory and gain little, since the heavy steps use all processors."""


def in_order(work: Callable[[_Given], _Made], items: Iterable[_Given]) -> Iterator[_Made]:
    """``work`` of every item, in their order, a few at a time; an error ends it where it would without threads."""
    source = iter(items)
    first = list(islice(source, 2))
    if len(first) < 2:  # one piece needs no threads
        yield from map(work, first)
        return
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        under_way: deque[Future[_Made]] = deque()
        for item in chain(first, source):
            under_way.append(pool.submit(work, item))
            if len(under_way) > _AT_ONCE:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


class Spill:
    """A sequence of frames, appended once and read again in order, piece by piece.

    On disk a piece has only the columns that hold something; the empty ones come back when it is read.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._lines = 0
        self._parts: list[pl.DataFrame | Path] = []
        self._schemas: list[pl.Schema] = []

    def append(self, frame: pl.DataFrame) -> None:
        """Keep ``frame`` at the end."""
        self._lines += frame.height
        self._schemas.append(frame.schema)
        self._parts.append(frame)
        if self._lines > IN_MEMORY:
            for number, part in enumerate(self._parts):
                if isinstance(part, pl.DataFrame):
                    self._parts[number] = self._write(part, number)

    def __len__(self) -> int:
        return len(self._parts)

    def frame(self, number: int) -> pl.DataFrame:
        """The piece ``number``, read."""
        part = self._parts[number]
        return part if isinstance(part, pl.DataFrame) else self.scan(number).collect()

    def scan(self, number: int) -> pl.LazyFrame:
        """The piece ``number`` with all its columns, in the order of its lines."""
        part, schema = self._parts[number], self._schemas[number]
        if isinstance(part, pl.DataFrame):
            return part.lazy()
        kept = pl.scan_parquet(part)
        present = set(kept.collect_schema().names())
        return kept.select(pl.col(n) if n in present else pl.lit(None, dtype=kind).alias(n) for n, kind in schema.items())

    def scans(self) -> Iterator[pl.LazyFrame]:
        """The pieces in the order in which they came."""
        return map(self.scan, range(len(self._parts)))

    def together(self) -> pl.DataFrame:
        """All pieces as one frame."""
        return self.frame(0) if len(self) == 1 else pl.concat(self.scans()).collect()

    def close(self) -> None:
        """Remove what was written."""
        self._parts.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _write(self, frame: pl.DataFrame, number: int) -> Path:
        try:
            return self._put(frame, number)
        except (OSError, pl.exceptions.PolarsError) as error:
            reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
            message = f"The lines cannot be kept in {self._folder or 'a temporary folder'}: {reason}. "
            raise ReportError(message + "Free space there, or let TMPDIR name a folder with more.") from error

    def _put(self, frame: pl.DataFrame, number: int) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="screening-"))
            # a run keeps its folder as long as it lives; TemporaryDirectory would warn when it goes
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        path = self._folder / f"{number:06d}.parquet"
        filled = [column.name for column in frame if column.null_count() < frame.height]
        frame.select(filled).write_parquet(path, compression="uncompressed", statistics=False)
        return path
