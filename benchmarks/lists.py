"""Imports every published list of a folder and measures it: entries, names, seconds to import, seconds to load again.

Comes in: a folder of files as their authorities publish them, packed or not. OFAC's CSV files are joined where their names end in
the same month (``ofac_sdn_2021-07.csv``, ``ofac_alt_2021-07.csv``); every other file is a list of its own. Goes out: a table as
Markdown.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from pathlib import Path

from screening.content.listfile import read_list, write_list
from screening.content.snapshot import shipped
from screening.errors import ListError
from screening.parties.importing import Choices, import_files

_SET = re.compile(r"ofac_(nonsdn_cons|sdn_comments|sdn|alt|add)_?(?:prim|alt|add|comments)?_(\d{4}-\d{2})")
_TIMES = 5


def sets_of(folder: Path) -> list[list[Path]]:
    """The files of the folder, those of one OFAC set together."""
    found: dict[str, list[Path]] = {}
    for path in sorted(path for path in folder.iterdir() if path.suffix != ".md"):
        part = _SET.match(path.name)
        key = f"ofac {part[1] == 'nonsdn_cons'} {part[2]}" if part else path.name
        found.setdefault(key, []).append(path)
    return list(found.values())


def measure(paths: list[Path]) -> list[str]:
    """Rows of the table for one set of files. Seconds are processor time; loading is the best of several."""
    content = shipped()
    started = time.process_time()
    try:
        found = import_files(paths, content, Choices())
    except ListError as error:
        return [f"| {paths[0].name} | refused: {str(error)[:80]} | | | | |"]
    took = time.process_time() - started
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for one in found:
            path = write_list(one.watchlist, Path(folder))
            loads = []
            for _ in range(_TIMES):
                started = time.process_time()
                read_list(path)
                loads.append(time.process_time() - started)
            counts = one.watchlist.counts
            cells = (
                paths[0].name,
                one.watchlist.id,
                f"{counts['entries']:,}",
                f"{counts['names']:,}",
                f"{took:.2f}",
                f"{min(loads):.3f}",
            )
            rows.append(f"| {' | '.join(cells)} |")
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of published list files")
    print("| file | list | entries | names | import (s, all lists of the files) | load (s) |")
    print("|---|---|---|---|---|---|")
    for paths in sets_of(parser.parse_args().folder):
        print("\n".join(measure(paths)))


if __name__ == "__main__":
    main()
