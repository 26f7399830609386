"""Keeps the pieces of a run: in memory while they are few lines, in a temporary folder of the run's own once they are many."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

IN_MEMORY = 150_000
"""Lines kept in memory before pieces go to disk: about one chunk, so that small runs write nothing."""


class Spill:
    """A sequence of frames, appended once and read again in order, piece by piece."""

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._lines = 0
        self.parts: list[pl.DataFrame | Path] = []

    def append(self, frame: pl.DataFrame) -> None:
        """Keep ``frame`` at the end."""
        self._lines += frame.height
        if self._lines > IN_MEMORY:
            self.parts = [part if isinstance(part, Path) else self._write(part, i) for i, part in enumerate(self.parts)]
            self.parts.append(self._write(frame, len(self.parts)))
        else:
            self.parts.append(frame)

    def __iter__(self) -> Iterator[pl.DataFrame]:
        """The frames in the order in which they came."""
        for part in self.parts:
            yield part if isinstance(part, pl.DataFrame) else pl.read_parquet(part)

    def close(self) -> None:
        """Remove what was written."""
        self.parts = []
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    def _write(self, frame: pl.DataFrame, number: int) -> Path:
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="screening-")
        path = Path(self._folder.name) / f"{number:06d}.parquet"
        frame.write_parquet(path, compression="lz4", statistics=False)
        return path
