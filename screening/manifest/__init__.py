"""Spreadsheets to canonical lines: open, find the header, map the columns, read the values, account for every row."""

from __future__ import annotations

from screening.manifest.columns import SheetColumns, describe_columns, mapping_text, read_mapping, write_mapping
from screening.manifest.reader import Manifest, ReadOptions, SheetMapping, read_manifest

__all__ = [
    "Manifest",
    "ReadOptions",
    "SheetColumns",
    "SheetMapping",
    "describe_columns",
    "mapping_text",
    "read_manifest",
    "read_mapping",
    "write_mapping",
]
