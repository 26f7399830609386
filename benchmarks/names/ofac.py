"""The OFAC files of the data folder as entries, read just well enough to measure with."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from screening.content.listmodels import PartyEntry, Watchlist
from screening.terms import Text

if TYPE_CHECKING:
    from pathlib import Path

_KINDS = {"individual": "person", "vessel": "vessel", "aircraft": "aircraft"}
_WEAK = re.compile(r"a\.k\.a\. '([^']+)'")
_IMO = re.compile(r"Vessel Registration Identification IMO (\d{7})")


@dataclass
class Entry:
    """One listed party."""

    ident: str
    name: str = ""
    kind: str = "unknown"
    aliases: list[tuple[str, str]] = field(default_factory=list)
    """Type (aka, fka, nka) and name."""
    weak: list[str] = field(default_factory=list)
    imo: str = ""


def rows(path: Path) -> list[list[str]]:
    """The rows of a gzip-compressed csv without header."""
    with gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="") as file:
        return [[cell.strip() for cell in row] for row in csv.reader(file)]


def entries(folder: Path) -> dict[str, Entry]:
    """The primary names of January 2023 with the aliases of December 2025: 31,550 names in all.

    Aliases of parties listed since then have no primary name in the folder; the first of them stands for it.
    """
    found: dict[str, Entry] = {}
    for row in rows(folder / "ofac_sdn_2023-01_with_header.csv.gz"):
        if len(row) > 11 and row[0].isdigit():
            imo = _IMO.search(row[11])
            kind = _KINDS.get(row[2], "company")
            found[row[0]] = Entry(row[0], row[1], kind, [], _WEAK.findall(row[11]), imo.group(1) if imo else "")
    for row in rows(folder / "ofac_alt_2025-12.csv.gz"):
        if len(row) > 3 and row[0].isdigit():
            if row[0] not in found:
                # persons are written with the family name first and the others in small letters: KIM, Tong-ho
                family, _, given = row[3].partition(", ")
                person = family.isupper() and not given.isupper() and any(map(str.islower, given))
                found[row[0]] = Entry(row[0], row[3], "person" if person else "company")
            else:
                found[row[0]].aliases.append((row[2], row[3]))
    return found


def original_scripts(folder: Path) -> list[tuple[Entry, str]]:
    """Entries of the UN list with their main name in Latin letters, each with its name in the original script."""
    with gzip.open(folder / "un_consolidated_2026-02-27.xml.gz") as file:
        root = ElementTree.parse(file).getroot()  # noqa: S314 - a public data set
    found = []
    for kind, tag in (("person", "INDIVIDUAL"), ("company", "ENTITY")):
        for node in root.iter(tag):
            original = (node.findtext("NAME_ORIGINAL_SCRIPT") or "").strip()
            parts = (node.findtext(f"{part}_NAME") for part in ("FIRST", "SECOND", "THIRD", "FOURTH"))
            name = " ".join(part.strip() for part in parts if part)
            if original and name:
                found.append((Entry(node.findtext("DATAID") or "", name, kind), original))
    return found


def watchlist(found: dict[str, Entry]) -> Watchlist:
    """The entries as a list of the project."""
    listed = [
        PartyEntry(
            id=e.ident,
            name=e.name,
            kind=e.kind,  # type: ignore[arg-type]
            aliases=[name for kind, name in e.aliases if kind != "fka"],
            former_names=[name for kind, name in e.aliases if kind == "fka"],
            weak_aliases=e.weak,
            identifiers={"imo": [e.imo]} if e.imo else {},
        )
        for e in found.values()
    ]
    day = dt.date(2025, 12, 1)
    return Watchlist(
        id="ofac", title=Text("OFAC SDN"), publisher="US Treasury", url="", date=day, licence="public domain", official=True,
        regime="US", effect="trade_barred", verified_on=day, entries=listed,
    )  # fmt: skip
