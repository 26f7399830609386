"""Reads a workbook in a process of its own (see `workbooks`).

    python -m screening.manifest.apart FILE FOLDER MEMORY

Writes each sheet to FOLDER, takes at most MEMORY bytes, and tells of them on standard output, as JSON.
"""

from __future__ import annotations

import contextlib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl

PROCESSOR = 120
"""Seconds of processor time."""


def main() -> None:
    """Read ``argv[1]`` into the folder ``argv[2]`` with ``argv[3]`` bytes of memory."""
    _limit(int(sys.argv[3]))
    from screening.manifest.layout import look  # noqa: PLC0415 - within the limits
    from screening.manifest.workbooks import UnreadableError, read_sheets  # noqa: PLC0415 - within the limits

    path, folder = Path(sys.argv[1]), Path(sys.argv[2])
    sheets = []
    try:
        layouts, damaged = look(path)
        if damaged:
            raise UnreadableError(f"its part {damaged} is not as it was packed")
        for number, (name, visible, frame, first, trouble) in enumerate(read_sheets(path)):
            file = folder / f"{number}.parquet"
            if frame is not None and (full := _written(frame, file)):
                json.dump({"full": full}, sys.stdout)
                return
            sheets.append((name, visible, str(file) if frame is not None else "", first, trouble))
    except UnreadableError as error:
        json.dump({"error": str(error)}, sys.stdout)
        return
    told = {name: (layout.hides, layout.merged, layout.more_merged) for name, layout in layouts.items()}
    json.dump({"sheets": sheets, "layouts": told}, sys.stdout)


def _written(frame: pl.DataFrame, file: Path) -> str:
    """Why a sheet could not be written; nothing where it could."""
    import polars as pl  # noqa: PLC0415 - within the limits

    try:
        frame.write_parquet(file, compression="uncompressed", statistics=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        return str(error).partition("\n")[0]
    return ""


def _limit(memory: int) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # where the system knows no such limits, the time is one
        import resource  # noqa: PLC0415 - not everywhere

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR, PROCESSOR))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
