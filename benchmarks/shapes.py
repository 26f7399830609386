"""Makes manifests of other shapes than ordinary trade: two.csv, towards.csv and flagged.csv in a folder.

The same lines of two columns, where many rules cannot be judged; half of them under a measure of the country they go to; a tenth
of them suspicious in several ways. A program of its own, since what is measured begins with the memory of what measures it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import polars as pl

from benchmarks.generate import Trade, write

_GOODS, _CODE = "Description of Goods", "HS Code"
_TOWARDS = "RU"
"""A destination under measures that take whole headings of the tariff."""
_BEARINGS = "8482109000"
"""One of them."""


def shapes(folder: Path, lines: int) -> None:
    """Write the three files into ``folder``; ``lines`` are those of the longest."""
    manifest = folder / "shapes.parquet"
    write(manifest, lines)
    whole = pl.scan_parquet(manifest)
    case = Trade(seed=1).cases.row(0, named=True)
    lot = pl.concat_str(pl.lit(", lot "), pl.int_range(pl.len()).cast(pl.String))
    there = {name: pl.lit(_TOWARDS) for name in ("Country of Destination", "Consignee Country")}
    bearings = {_GOODS: pl.lit("Ball bearings") + lot, _CODE: pl.lit(_BEARINGS)}
    suspicious = {_GOODS: pl.lit(case["description"]) + lot, _CODE: pl.lit(case["hs_code"])}
    whole.select(_GOODS, _CODE).sink_csv(folder / "two.csv")
    whole.head(lines // 2).with_columns(**there, **bearings).sink_csv(folder / "towards.csv")
    whole.head(lines // 10).with_columns(**suspicious).sink_csv(folder / "flagged.csv")
    manifest.unlink()


def main() -> None:
    """Write the manifests from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lines", type=int, default=1_000_000)
    arguments = parser.parse_args()
    shapes(arguments.folder, arguments.lines)


if __name__ == "__main__":
    main()
