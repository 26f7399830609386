"""OFAC's legacy files, joined by their ids: ``sdn.csv`` (or ``cons_prim.csv``), ``alt.csv``, ``add.csv``, ``sdn_comments.csv``.

They have no header; some copies were given one, and an empty last column. ``-0-`` means nothing. Weak aliases stand in the
remarks only, quoted; remarks longer than 1,000 characters go on in the comments file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from screening.errors import ListError
from screening.parties.formats.draft import Countries, Draft, Reading, born, clean, identifier_kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from screening.content.listmodels import EntryKind, NameKind
    from screening.parties.formats.raw import RawFile

FORMAT = "ofac-csv"
_MAIN, _ALIASES, _ADDRESSES, _COMMENTS = 12, 5, 6, 2
_PARTS = {_MAIN: "entries", _ALIASES: "aliases", _ADDRESSES: "addresses", _COMMENTS: "comments"}
_KIND: dict[str, EntryKind] = {"individual": "person", "vessel": "vessel", "aircraft": "aircraft"}
_ALIAS: dict[str, NameKind] = {"aka": "alias", "fka": "former", "nka": "alias"}
_NULL = "-0-"
_QUOTED = re.compile(r"\b([afn])\.k\.a\.,? '(.+?)'(?=\s*[;.,)]|$)")
_NUMBERED = re.compile(
    r"""(?:alt\.\ )?
    (?P<label>\D*?(?:No\.?|Number|ID|\#|Passport|IMO|MMSI|SWIFT/BIC|D\.N\.I\.|C\.U\.R\.P\.)\D*?)\ ?
    (?P<value>[A-Z]*\d[^(;]*|[A-Z]{6,11})
    (?:\((?P<country>[^)]*)\))?""",
    re.VERBOSE,
)
"""``Tax ID No. 890115794-3 (Colombia)``: what it is, the number, the country."""
_ORPHANS = 0.05
"""Share of aliases or addresses without an entry from which on the files cannot belong together."""


def part_of(rows: list[list[str]]) -> str | None:
    """Which of the four files the rows are, by their columns; None for other files."""
    body = [row for row in rows[:50] if row[0].strip().isdigit()]
    if not body or len(body) < min(len(rows), 50) - 2:
        return None
    width = max({len(row) for row in body}, key=[len(row) for row in body].count)
    if width == _ALIASES and not any(row[2].strip() in _ALIAS for row in body if len(row) > 2):
        return None
    if width in (_MAIN, _ADDRESSES) and not any(_NULL in cell for row in body for cell in row):
        return None
    if width == _COMMENTS and any(row[1].strip().isdigit() for row in body if len(row) > 1):
        return None
    return _PARTS.get(width)


def read(files: list[RawFile], countries: Countries) -> Reading:
    """Join the files of one list.

    Raises:
        ListError: the file with the entries is missing, or the others belong to another day.
    """
    reading = Reading(FORMAT, files=files)
    parts: dict[str, list[list[str]]] = {}
    names: dict[str, str] = {}
    for raw in files:
        rows = raw.rows()
        part = part_of(rows)
        if part is None:
            raise ListError(f"{raw.name} is none of OFAC's CSV files.")
        if part in parts:
            raise ListError(f"{raw.name} and {names[part]} both hold {part} of one list; import one list at a time.")
        parts[part], names[part] = [row for row in rows if row[0].strip().isdigit()], raw.name
        reading.unused["rows that do not begin with an id (headers)"] += len(rows) - len(parts[part])
    if "entries" not in parts:
        raise ListError(
            f"{', '.join(names.values())}: the file with the entries (sdn.csv or cons_prim.csv) is missing; name it too."
        )
    for part, file in (("aliases", "alt.csv"), ("addresses", "add.csv")):
        if part not in parts:
            reading.told.append(f"without {part}: name the file {file} too")
    _entries(parts["entries"], parts.get("comments", []), reading, countries)
    _orphans(parts.get("aliases", []), names.get("aliases", ""), reading, _alias)
    _orphans(parts.get("addresses", []), names.get("addresses", ""), reading, lambda draft, row: _address(draft, row, countries))
    return reading


def _entries(rows: list[list[str]], comments: list[list[str]], reading: Reading, countries: Countries) -> None:
    more = {row[0].strip(): row[1] for row in comments if len(row) > 1}
    for row in rows:
        if len(row) < _MAIN:
            reading.unused[f"entries with fewer than {_MAIN} columns"] += 1
            continue
        cells = [clean(cell) for cell in row]
        draft = reading.draft(cells[0], _KIND.get(cells[2].lower(), "company"))
        draft.name(cells[1], "name")
        draft.programmes += re.split(r"\]?\s*[\[;]\s*|\]", cells[3])
        draft.note(cells[4])
        draft.identify("call sign", cells[5])
        draft.note(f"{cells[6]} {cells[7]}".strip())
        draft.country(countries.code(cells[9]))
        draft.note(f"owner {cells[10]}" if cells[10] else "")
        read_remarks(draft, "" if cells[11] == "" else row[11] + more.get(cells[0], ""), countries)


def _alias(draft: Draft, row: list[str]) -> None:
    draft.name(row[3], _ALIAS.get(clean(row[2]).lower(), "alias"))


def _address(draft: Draft, row: list[str], countries: Countries) -> None:
    country = clean(row[4])
    code = countries.code(country.removeprefix("Region: "))
    draft.address([row[2], row[3], None if code else country], code)


def _orphans(rows: list[list[str]], name: str, reading: Reading, take: Callable[[Draft, list[str]], None]) -> None:
    lost = 0
    for row in rows:
        draft = reading.drafts.get(row[0].strip())
        if draft is None:
            lost += 1
        elif len(row) >= _ALIASES:
            take(draft, row)
    if rows and lost / len(rows) > _ORPHANS:
        raise ListError(
            f"{lost:,} of {len(rows):,} rows of {name} name ids that no entry has: the files are not of the same day, or one is "
            "half a download. Fetch all of them again."
        )
    if lost:
        reading.unused[f"rows of {name} whose id no entry has"] += lost


def read_remarks(draft: Draft, text: str, countries: Countries) -> None:
    """Take weak aliases, former names, births, nationalities and identifiers from OFAC's remarks; the rest is kept as a note."""
    remarks = clean(text)
    for found in _QUOTED.finditer(remarks):
        draft.name(found[2].replace(";", ","), "former" if found[1] == "f" else "weak")
    for piece in re.split(r";\s*", _QUOTED.sub("", remarks)):
        said = piece.strip(" .")
        plain = said.removeprefix("alt. ")
        word, _, rest = plain.partition(" ")
        if word == "DOB":
            draft.born.append(born(rest))
        elif word in ("nationality", "citizen"):
            draft.country(countries.code(rest))
        elif plain.startswith("Nationality of Registration "):
            draft.country(countries.code(plain.removeprefix("Nationality of Registration ")))
        elif identifier_kind(said) not in (None, "other") and (numbered := _NUMBERED.match(said)):
            draft.identify(numbered["label"], numbered["value"])
            draft.country(countries.code(numbered["country"]) if numbered["country"] else None)
        elif said and word != "Gender":
            draft.note(said)
