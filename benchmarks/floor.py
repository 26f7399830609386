"""The least any screening must do: read every cell of a CSV, normalise the descriptions, write it all again.

Run as a process of its own, so that its time and memory compare with the command line's.
"""

from __future__ import annotations

import sys

import polars as pl


def main() -> None:
    """Copy the manifest ``argv[1]`` to ``argv[2]`` with the column ``argv[3]`` normalised."""
    source, target, column = sys.argv[1:]
    normalised = pl.col(column).str.normalize("NFKC").str.to_lowercase()
    pl.scan_csv(source, infer_schema=False).with_columns(normalised).sink_csv(target)


if __name__ == "__main__":
    main()
