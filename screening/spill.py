"""Keeps the pieces of a run: in memory while they are few lines, in a temporary folder of the run's own once they are many.

Also works on several pieces at once: most steps use one processor, so two pieces share two of them.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count, islice
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeVar

import polars as pl

from screening.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

LARGE = 1_000
"""Lines from which a piece is worth a thread."""
IN_MEMORY = 50_000
"""Lines kept in memory before pieces go to disk, so that small runs write nothing."""

_PLAIN = (pl.String, pl.UInt64, pl.Date, pl.Boolean)
"""Kinds of columns that are looked at for values that repeat."""

_Given = TypeVar("_Given")
_Made = TypeVar("_Made")
_AT_ONCE = 2
"""Pieces worked on at the same time: more would cost memory and gain little, since the heavy steps use all processors."""


def in_order(
    work: Callable[[_Given], _Made], items: Iterable[_Given], *, large: Callable[[_Given], bool] = lambda _: False
) -> Iterator[_Made]:
    """``work`` of every item, in their order, a few at a time; an error ends it where it would without threads.

    Args:
        work: what is done to an item.
        items: as many as there are.
        large: whether an item is worth beginning with before it is known that there is a second.
    """
    source = iter(items)
    first = list(islice(source, 1))
    if not any(map(large, first)):
        first += islice(source, 1)
        if len(first) < 2:  # one small piece needs no threads
            yield from map(work, first)
            return
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        under_way: deque[Future[_Made]] = deque(pool.submit(work, item) for item in first)
        for item in source:
            under_way.append(pool.submit(work, item))
            if len(under_way) > _AT_ONCE:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


class Beside:
    """Does work in a thread of its own, one piece after the other; the first small pieces at once, for which none is begun."""

    def __init__(self) -> None:
        self._pool: ThreadPoolExecutor | None = None
        self._waiting: deque[Future[Any]] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def submit(self, work: Callable[[], _Made], *, large: bool) -> Callable[[], _Made]:
        """Do ``work`` or have it done; what is returned waits for its result.

        Waits where much is left to do: what work holds would fill the memory.
        """
        if self._pool is None and not large:
            done = work()
            return lambda: done
        if self._pool is None:
            self._pool = ThreadPoolExecutor(1)
        while len(self._waiting) >= _AT_ONCE:
            self._waiting.popleft().result()
        future = self._pool.submit(work)
        self._waiting.append(future)
        return future.result


class Piece(NamedTuple):
    """A frame put away."""

    kept: pl.DataFrame | Path
    schema: pl.Schema
    rest: Mapping[str, pl.Expr] = {}
    """The columns that a file does not have, and what they hold."""


class Spill:
    """A sequence of frames, appended once and read again in order, piece by piece.

    On disk a piece has only the columns that hold something of their own: those of one value, and those that repeat another,
    come back when it is read.
    """

    def __init__(self) -> None:
        self._folder: Path | None = None
        self._lock = Lock()
        self.lines = 0
        """Of the frames appended whole."""
        self._names = count()
        self._pieces: list[Piece] = []

    def append(self, frame: pl.DataFrame | Piece) -> None:
        """Keep ``frame`` at the end."""
        if isinstance(frame, pl.DataFrame):
            before, self.lines = self.lines, self.lines + frame.height
            frame = self.put_away(frame, before)
        self._pieces.append(frame)

    def put_away(self, frame: pl.DataFrame, before: int) -> Piece:
        """``frame`` as it can be appended, on disk unless it is among the first lines; any thread may do this part.

        Args:
            frame: any frame.
            before: lines that come before its own.
        """
        if before + frame.height <= IN_MEMORY:
            return Piece(frame, frame.schema)
        rest = _implied(frame)
        return Piece(self._write(frame.drop(list(rest))), frame.schema, rest)

    def __len__(self) -> int:
        return len(self._pieces)

    def frame(self, number: int) -> pl.DataFrame:
        """The piece ``number``, read."""
        kept = self._pieces[number].kept
        return kept if isinstance(kept, pl.DataFrame) else self.scan(number).collect()

    def scan(self, number: int) -> pl.LazyFrame:
        """The piece ``number`` with all its columns, in the order of its lines."""
        kept, schema, rest = self._pieces[number]
        if isinstance(kept, pl.DataFrame):
            return kept.lazy()
        return pl.scan_parquet(kept).select(rest.get(name, pl.col(name)) for name in schema)

    def scans(self) -> Iterator[pl.LazyFrame]:
        """The pieces in the order in which they came."""
        return map(self.scan, range(len(self._pieces)))

    def together(self) -> pl.DataFrame:
        """All pieces as one frame."""
        return self.frame(0) if len(self) == 1 else pl.concat(self.scans()).collect()

    def close(self) -> None:
        """Remove what was written."""
        self._pieces.clear()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def _write(self, frame: pl.DataFrame) -> Path:
        try:
            return self._put(frame)
        except (OSError, pl.exceptions.PolarsError) as error:
            reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
            message = f"The lines cannot be kept in {self._folder or 'a temporary folder'}: {reason}. "
            raise ReportError(message + "Free space there, or let TMPDIR name a folder with more.") from error

    def _put(self, frame: pl.DataFrame) -> Path:
        with self._lock:
            if self._folder is None:
                self._folder = Path(tempfile.mkdtemp(prefix="screening-"))
                # a run keeps its folder as long as it lives; TemporaryDirectory would warn when it goes
                weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
            path = self._folder / f"{next(self._names):06d}.parquet"
        frame.write_parquet(path, compression="uncompressed", statistics=False)
        return path


def _implied(frame: pl.DataFrame) -> dict[str, pl.Expr]:
    """The columns that hold one value or the same as another, and what they hold; never the first."""
    found: dict[str, pl.Expr] = {}
    alike: dict[object, str] = {}
    for column in frame.get_columns()[1:]:
        name, kind, empty = column.name, column.dtype, column.null_count()
        if empty == frame.height:
            found[name] = pl.lit(None, dtype=kind).alias(name)
        elif kind in _PLAIN:
            looks = (kind, empty, *(column[place] for place in (0, frame.height // 2, -1)))
            if not empty and len({*looks[2:]}) == 1 and (column == column[0]).all():
                found[name] = pl.lit(column[0], dtype=kind).alias(name)
            elif column.equals(frame[alike.setdefault(looks, name)]) and alike[looks] != name:
                found[name] = pl.col(alike[looks]).alias(name)
    return found
