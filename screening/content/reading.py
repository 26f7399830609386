"""Loads rules/reading: how the trade heads its columns and writes its units, countries, ports, modes and packages.

Every file is checked here; what cannot be used is a problem with file and line. The result is plain data, so that it can be
kept as JSON beside the rest of the parsed content (`to_data`, `from_data`).

The tables in ``ReadingWords.options``:

========================  ==============================================================================================
``columns``               field of the header vocabulary to the canonical columns it may fill, in order of preference.
                          ``net_kg.unit`` means: the column of units of ``net_kg``
``ranks``                 field to rank; the lower wins where several headers of a sheet could fill one column
``left``                  field to the reason why it is recognised and fills no column
``unsure``                field to the reason why it fills no column and is shown as unsure
``joined``                canonical columns that join the texts of several headers
``above_table``           canonical columns that may stand once above the table
``weak``                  canonical columns that beside a description do not make a row the header
``noise``                 folded words that add nothing to a header
``changes_meaning``       folded words that change what a header means
``abbreviations``         folded word of a header to the folded word that it stands for
``no_manifest``           folded headers of statistics and lists of codes
``comma_headers``         folded headers of languages that write a comma before the decimals
``hints``                 folded texts below the headers that say whether a column must be filled
``country_numbers``       ISO 3166-1 numeric code to alpha-2
``mode_codes``            ``default`` and ``zh``: code to mode, read only in a column headed as the mode of transport
``shared_signs``          folded currency sign to the codes that it may mean
``not_in_headers``        folded currency words that are also words of a header
``months``                folded name of a month to its number
``totals_tail``           folded words that may follow the totals word
``foot``                  folded beginnings of the rows at the foot of a document
``ditto``                 texts that stand for the cell above
``beside_a_value``        folded words that may stand beside an amount and are no currency
``before_a_country``      folded words that may stand before the name of a country
``route_separators``      what stands between the countries of a route
``last_headings``         of each chapter of the Harmonized System, from 01: the number of its last heading
``encodings``             ``double_byte`` and ``single_byte``: encodings to try, most likely first
``general_packages``      package words that do not say the material
``messages``              the file messages.yaml as it stands: what fills which column in trade messages
========================  ==============================================================================================
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from screening.folding import fold
from screening.terms import COLUMNS, ReadingWords

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from screening.content.document import Document
    from screening.errors import Problem

_FILES = ("headers", "units", "currencies", "countries", "ports", "transport", "packages", "words", "messages")
_UNIT = ".unit"
_MODE_TABLES = ("default", "zh")


def load_reading(folder: Path) -> tuple[ReadingWords, list[Problem]]:
    """Read and check every file of ``folder`` (rules/reading).

    Args:
        folder: The folder with the nine files ``headers.yaml`` … ``messages.yaml``.

    Returns:
        The words, and every problem found in any of the files (file, line, message). Where there are problems, the words
        hold what could be read.
    """
    from screening.content.document import read_document  # noqa: PLC0415 - YAML is read only where content is loaded from files

    problems: list[Problem] = []
    tables: dict[str, Any] = {"options": {}}
    for name in _FILES:
        document = read_document(folder / f"{name}.yaml", f"{folder.name}/{name}.yaml")
        if not document.problems:
            _READERS[name](_Reader(document, tables))
        problems += document.problems
    for key in ("headers", "fields", "countries", "ports", "modes", "packages", "currencies", "mass_units", "volume_units"):
        tables.setdefault(key, {})
    return (
        ReadingWords(
            **{key: value for key, value in tables.items() if key not in ("placeholders", "totals")},
            totals=tuple(tables.get("totals", ())),
            placeholders=frozenset(tables.get("placeholders", ())),
        ),
        problems,
    )


def to_data(words: ReadingWords) -> dict[str, Any]:
    """``words`` as values that JSON can hold; `from_data` is the way back."""
    data = asdict(words)
    data["placeholders"] = sorted(words.placeholders)
    data["totals"] = list(words.totals)
    return data


def from_data(data: dict[str, Any]) -> ReadingWords:
    """The words that `to_data` turned into ``data``. Nothing is checked again."""
    return ReadingWords(**{**data, "placeholders": frozenset(data["placeholders"])})


class _Reader:
    """One file with the tables that are being filled; knows how to walk and complain."""

    def __init__(self, document: Document, tables: dict[str, Any]) -> None:
        self.document = document
        self.tables = tables
        self.options: dict[str, Any] = tables["options"]

    def section(self, key: str, kind: type, place: tuple[str | int, ...] = (), parent: Any = None) -> Any:
        """The value under ``key``, which must be of ``kind``; an empty one and a problem where it is not."""
        values = self.document.data if parent is None else parent
        value = values.get(key)
        if isinstance(value, kind):
            return value
        what = {"dict": "a mapping", "list": "a list", "str": "a text"}[kind.__name__]
        self.document.problem((*place, key), f"{key!r} must be {what}" if key in values else f"{key!r} is missing")
        return kind()

    def only(self, keys: set[str], values: dict[str, Any], place: tuple[str | int, ...] = ()) -> None:
        """Every key of ``values`` must be one of ``keys``."""
        for key in values.keys() - keys:
            self.document.problem((*place, key), f"unknown key {key!r}; known here: {', '.join(sorted(keys))}")

    def texts(self, value: Any, place: tuple[str | int, ...]) -> Iterator[tuple[str, int]]:
        """The texts of a list with their positions; a number in it is the text that was written."""
        if not isinstance(value, list):
            self.document.problem(place, "must be a list of texts")
            return
        for index, text in enumerate(value):
            if isinstance(text, bool) or not isinstance(text, str | int):
                self.document.problem((*place, index), "must be a text; put it in quotes")
            else:
                yield str(text), index

    def put(self, table: dict[str, Any], text: str, value: Any, place: tuple[str | int, ...]) -> None:
        """Enter a spelling; the same spelling for two values is a problem."""
        key = fold(text)
        if not key:
            self.document.problem(place, f"{text!r} has no letter, digit or sign that counts")
        elif table.setdefault(key, value) != value:
            self.document.problem(place, f"{text!r} already stands for {table[key]}; a spelling has one meaning")

    def country(self, code: str, place: tuple[str | int, ...]) -> None:
        if not (len(code) == 2 and code.isascii() and code.isupper()):
            self.document.problem(place, f"{code!r} is no ISO 3166-1 alpha-2 code")


def _headers(reader: _Reader) -> None:
    document, options = reader.document, reader.options
    reader.only(
        {"met", "joined", "above_table", "weak", "noise", "changes_meaning", "no_manifest", "hints", "decimal_comma"}
        | {"abbreviations", "fields"},
        document.data,
    )
    met = reader.section("met", dict)
    headers: dict[str, list[str]] = {}
    spoken: dict[str, set[str]] = {}
    options.update(columns={}, ranks={}, left={}, unsure={})
    for name, entry in reader.section("fields", dict).items():
        if isinstance(entry, dict):
            _field(reader, name, entry)
            _spellings(reader, name, entry, met, headers, spoken)
        else:
            document.problem(("fields", name), "a field must be a mapping")
    for key in ("noise", "changes_meaning", "no_manifest", "hints"):
        options[key] = [fold(text) for text, _ in reader.texts(document.data.get(key), (key,))]
    options["abbreviations"] = {fold(text): fold(str(word)) for text, word in reader.section("abbreviations", dict).items()}
    for key in ("joined", "weak", "above_table"):
        options[key] = []
        for column, index in reader.texts(document.data.get(key), (key,)):
            options[key].append(column)
            if column not in COLUMNS:
                document.problem((key, index), f"{column!r} is no canonical column")
    comma = {language for language, _ in reader.texts(document.data.get("decimal_comma"), ("decimal_comma",))}
    for language in comma - set().union(*spoken.values()):
        document.problem(("decimal_comma",), f"no spelling stands under the language {language!r}")
    options["comma_headers"] = sorted(key for key, languages in spoken.items() if languages <= comma)
    reader.tables["headers"] = headers
    reader.tables["fields"] = {name: columns[0] for name, columns in options["columns"].items()}


def _field(reader: _Reader, name: str, entry: dict[str, Any]) -> None:
    """What one field fills, or why it fills nothing."""
    document, options, place = reader.document, reader.options, ("fields", name)
    reader.only({"column", "rank", "unmapped", "unsure", "spellings"}, entry, place)
    if sum(key in entry for key in ("column", "unmapped", "unsure")) != 1:
        document.problem(place, f"field {name!r} needs exactly one of column, unmapped, unsure")
    if "column" in entry:
        columns = entry["column"] if isinstance(entry["column"], list) else [entry["column"]]
        for column in columns:
            if str(column).removesuffix(_UNIT) not in COLUMNS:
                document.problem((*place, "column"), f"{column!r} is no canonical column")
        options["columns"][name] = columns
    for key, table in (("unmapped", "left"), ("unsure", "unsure")):
        if key in entry:
            options[table][name] = reader.section(key, str, place, entry)
    rank = entry.get("rank", 1)
    if not isinstance(rank, int) or isinstance(rank, bool) or rank < 1:
        document.problem((*place, "rank"), "rank must be a whole number from 1")
    options["ranks"][name] = rank


def _spellings(
    reader: _Reader,
    name: str,
    entry: dict[str, Any],
    met: dict[str, Any],
    headers: dict[str, list[str]],
    spoken: dict[str, set[str]],
) -> None:
    """Every spelling of one field, by language and by how it was met."""
    place = ("fields", name, "spellings")
    for language, by_met in reader.section("spellings", dict, place[:-1], entry).items():
        if not isinstance(by_met, dict):
            reader.document.problem((*place, language), "spellings stand under how they were met")
            continue
        for how, spellings in by_met.items():
            if how not in met:
                reader.document.problem((*place, language, how), f"{how!r} is not explained under 'met'")
            for text, index in reader.texts(spellings, (*place, language, how)):
                if not (key := fold(text)):
                    reader.document.problem((*place, language, how, index), f"{text!r} holds nothing to compare")
                    continue
                spoken.setdefault(key, set()).add(language)
                if name not in headers.setdefault(key, []):
                    headers[key].append(name)


def _units(reader: _Reader) -> None:
    reader.only({"sources", "mass", "volume"}, reader.document.data)
    for section, key, table in (("mass", "kilograms", "mass_units"), ("volume", "cubic_metres", "volume_units")):
        units: dict[str, float] = {}
        for index, entry in enumerate(reader.section(section, list)):
            place = (section, index)
            if not isinstance(entry, dict) or not isinstance(entry.get(key), int | float) or not entry[key] > 0:
                reader.document.problem(place, f"a unit needs {key!r} above 0 and words")
                continue
            reader.only({key, "words"}, entry, place)
            for text, position in reader.texts(entry.get("words"), (*place, "words")):
                reader.put(units, text, float(entry[key]), (*place, "words", position))
        reader.tables[table] = units


def _currencies(reader: _Reader) -> None:
    reader.only({"sources", "not_in_headers", "shared", "currencies"}, reader.document.data)
    currencies = {}
    listed = reader.section("currencies", dict)
    for code in listed:
        if not (len(code) == 3 and code.isascii() and code.isupper()):
            reader.document.problem(("currencies", code), f"{code!r} is no ISO 4217 code")
        currencies[fold(code)] = code
    for code, words in listed.items():
        for text, index in reader.texts(words, ("currencies", code)):
            reader.put(currencies, text, code, ("currencies", code, index))
    shared = reader.section("shared", dict)
    for sign, codes in shared.items():
        for code, index in reader.texts(codes, ("shared", sign)):
            if code not in listed:
                reader.document.problem(("shared", sign, index), f"{code!r} is no currency of this file")
        if fold(sign) in currencies:
            reader.document.problem(
                ("shared", sign), f"{sign!r} already stands for {currencies[fold(sign)]}; a spelling has one meaning"
            )
    reader.options["shared_signs"] = {fold(sign): codes for sign, codes in shared.items()}
    reader.tables["currencies"] = currencies
    reader.options["not_in_headers"] = [
        fold(text) for text, _ in reader.texts(reader.document.data.get("not_in_headers"), ("not_in_headers",))
    ]


def _countries(reader: _Reader) -> None:
    reader.only({"sources", "countries"}, reader.document.data)
    countries: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for code, entry in reader.section("countries", dict).items():
        place = ("countries", code)
        reader.country(code, place)
        if not isinstance(entry, dict):
            reader.document.problem(place, "a country must be a mapping")
            continue
        reader.only({"alpha3", "numeric", "names", "trade"}, entry, place)
        for text in (code, reader.section("alpha3", str, place, entry)):
            reader.put(countries, text, code, place)
        if "numeric" in entry:
            numbers[reader.section("numeric", str, place, entry)] = code
        for language, names in reader.section("names", dict, place, entry).items():
            for text, index in reader.texts(names, (*place, "names", language)):
                reader.put(countries, text, code, (*place, "names", language, index))
        for text, index in reader.texts(entry.get("trade", []), (*place, "trade")):
            reader.put(countries, text, code, (*place, "trade", index))
    reader.tables["countries"] = countries
    reader.options["country_numbers"] = numbers


def _ports(reader: _Reader) -> None:
    sections = ("main", "airports", "schedule_k")
    reader.only({"sources", *sections}, reader.document.data)
    ports: dict[str, str] = {}
    for section in sections:
        for code, names in reader.section(section, dict).items():
            reader.country(code, (section, code))
            for text, index in reader.texts(names, (section, code)):
                reader.put(ports, text, code, (section, code, index))
    reader.tables["ports"] = ports


def _transport(reader: _Reader) -> None:
    reader.only({"sources", "modes", "codes"}, reader.document.data)
    listed = reader.section("modes", dict)
    modes = {fold(mode): mode for mode in listed}
    for mode, words in listed.items():
        for text, index in reader.texts(words, ("modes", mode)):
            reader.put(modes, text, mode, ("modes", mode, index))
    codes = reader.section("codes", dict)
    reader.only(set(_MODE_TABLES), codes, ("codes",))
    for table in _MODE_TABLES:
        for code, mode in reader.section(table, dict, ("codes",), codes).items():
            if mode not in listed:
                reader.document.problem(("codes", table, code), f"{mode!r} is no mode of this file")
    reader.tables["modes"] = modes
    reader.options["mode_codes"] = {table: codes.get(table, {}) for table in _MODE_TABLES}


def _packages(reader: _Reader) -> None:
    reader.only({"sources", "general", "packages"}, reader.document.data)
    packages: dict[str, str] = {}
    codes: list[tuple[str, str]] = []
    listed = reader.section("packages", dict)
    for name, entry in listed.items():
        place = ("packages", name)
        if not isinstance(entry, dict):
            reader.document.problem(place, "a kind of package must be a mapping of words and codes")
            continue
        reader.only({"words", "codes"}, entry, place)
        for text, index in [(name, 0), *reader.texts(entry.get("words"), (*place, "words"))]:
            reader.put(packages, text, name, (*place, "words", index))
        codes += [(fold(text), name) for text, _ in reader.texts(entry.get("codes"), (*place, "codes"))]
    for code, name in codes:
        packages.setdefault(code, name)  # a trade word ("pc", piece) comes before a code of the same letters
    for text, index in reader.texts(reader.document.data.get("general"), ("general",)):
        if text not in listed:
            reader.document.problem(("general", index), f"{text!r} is no kind of package of this file")
    reader.tables["packages"] = packages
    reader.options["general_packages"] = list(reader.document.data.get("general") or [])


def _words(reader: _Reader) -> None:
    data, options = reader.document.data, reader.options
    lists = ("totals", "totals_tail", "foot", "placeholders", "beside_a_value", "before_a_country", "route_separators", "ditto")
    reader.only({"sources", "months", "encodings", "last_headings", *lists}, data)
    for key in lists:
        words = [text if key in ("route_separators", "ditto") else fold(text) for text, _ in reader.texts(data.get(key), (key,))]
        (reader.tables if key in ("totals", "placeholders") else options)[key] = [word for word in words if word]
    months: dict[str, int] = {}
    for number, names in enumerate(reader.section("months", list), start=1):
        for text, index in reader.texts(names, ("months", number - 1)):
            reader.put(months, text, number, ("months", number - 1, index))
    if len(set(months.values())) != 12:
        reader.document.problem(("months",), "must name the twelve months in order")
    options["months"] = months
    options["last_headings"] = reader.section("last_headings", list)
    if not all(isinstance(number, int) and 0 <= number <= 99 for number in options["last_headings"]):
        reader.document.problem(("last_headings",), "must be whole numbers from 0 to 99, one for each chapter")
    encodings = reader.section("encodings", dict)
    reader.only({"double_byte", "single_byte"}, encodings, ("encodings",))
    options["encodings"] = {
        key: [text for text, _ in reader.texts(encodings.get(key), ("encodings", key))] for key in ("double_byte", "single_byte")
    }


def _messages(reader: _Reader) -> None:
    from screening.content.messages import check_messages  # noqa: PLC0415 - only where content is loaded from files

    reader.options["messages"] = check_messages(reader.document)


_READERS = {
    "headers": _headers,
    "units": _units,
    "currencies": _currencies,
    "countries": _countries,
    "ports": _ports,
    "transport": _transport,
    "packages": _packages,
    "words": _words,
    "messages": _messages,
}
