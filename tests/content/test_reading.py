from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from screening.content.reading import from_data, load_reading, to_data
from screening.folding import fold
from screening.terms import COLUMNS

FOLDER = Path(__file__).parents[2] / "rules" / "reading"


@pytest.fixture(scope="module")
def loaded():
    return load_reading(FOLDER)


def test_the_shipped_files_have_no_problem(loaded):
    assert loaded[1] == []


def test_every_canonical_column_of_a_manifest_has_a_spelling(loaded):
    words, _ = loaded
    filled = {column for columns in words.options["columns"].values() for column in columns}
    derived_or_split = {"value_usd"} | {name for name in COLUMNS if name.startswith(("forwarder_", "manufacturer_"))}
    assert COLUMNS.keys() - filled <= derived_or_split


def test_plain_data_and_back(loaded):
    words, _ = loaded
    assert from_data(json.loads(json.dumps(to_data(words)))) == from_data(to_data(words))
    assert from_data(to_data(words)).placeholders == words.placeholders


@pytest.mark.parametrize(
    ("one", "other"),
    [("Gross  Weight", "GROSS_WEIGHT"), ("ＫＧ", "kg"), ("Désignation", "designation"), ("m³", "M3"), ("-", "…")],
)
def test_spellings_that_are_the_same(one, other):
    assert fold(one) == fold(other)


def test_currency_signs_count():
    assert fold("R$") != fold("R") != fold("$")


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("headers.yaml", "column: net_kg", "column: net_kilograms", "'net_kilograms' is no canonical column"),
        ("headers.yaml", "column: net_kg", "colum: net_kg", "unknown key 'colum'"),
        ("headers.yaml", "rank: 2", "rank: first", "rank must be a whole number"),
        ("headers.yaml", "joined: [", "joined: [nonsense, ", "'nonsense' is no canonical column"),
        ("units.yaml", "kilograms: 0.45359237", "kilograms: -1", "above 0"),
        ("units.yaml", "words: [lb,", "words: [kg, lb,", "'kg' already stands for 1.0"),
        ("currencies.yaml", "  USD:", "  usd:", "'usd' is no ISO 4217 code"),
        ("countries.yaml", "alpha3: CHN", "alpha3: JPN", "'JPN' already stands for"),
        ("countries.yaml", "  CN:", "  China:", "'China' is no ISO 3166-1 alpha-2 code"),
        ("transport.yaml", '"1": sea', '"1": boat', "'boat' is no mode"),
        ("packages.yaml", "general: [", "general: [sock, ", "'sock' is no kind of package"),
        ("ports.yaml", "main:", "mein:", "'main' is missing"),
        ("words.yaml", "placeholders: [", "placeholders: [null, ", "put it in quotes"),
        ("words.yaml", "totals: [", "totals: {[", "not valid YAML"),
    ],
)
def test_a_mistake_is_named_with_file_and_line(tmp_path, file, old, new, said):
    folder = shutil.copytree(FOLDER, tmp_path / "reading")
    text = (folder / file).read_text(encoding="utf-8")
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
    _, problems = load_reading(folder)
    assert problems
    named = [problem for problem in problems if said in problem.message]
    assert named, problems
    assert named[0].path == f"reading/{file}"
    assert abs(named[0].line - line) <= 12 or named[0].line == 1 or file == "countries.yaml"


def test_a_missing_file_is_a_problem(tmp_path):
    folder = shutil.copytree(FOLDER, tmp_path / "reading")
    (folder / "units.yaml").unlink()
    _, problems = load_reading(folder)
    assert [problem.path for problem in problems] == ["reading/units.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "          document_ref: FunctionalReferenceID\n",
            "          documentref: FunctionalReferenceID\n",
            "'documentref' is no canonical column",
        ),
        ("          declaration_no: ID\n", "          declaration_no: ID[\n", "is no path"),
        ("          shipper: [Exporter]\n", "          seller: [Exporter]\n", "'seller' is no role"),
        ("    form: edifact\n", "    form: telex\n", "form must be one of xml, edifact"),
        ("use: [ubl.item]", "use: [ubl.thing]", "'ubl.thing' does not stand under shared"),
        ("party: nad", "party: nadir", "'nadir' does not stand under party_forms"),
        ("UNOD: iso8859-2", "UNOD: iso9999-2", "is no character set"),
        ('"102": "%Y%m%d"', '"102": "%Y"', "needs a pattern"),
        ("width: 70", "broad: 70", "unknown key 'broad'"),
        ("codes: cn.modes", "codes: cn.moods", "'cn.moods' does not stand under codes"),
        ('cn.modes: {"2": sea', 'cn.modes: {"2": 5', "must be a text"),
        ('when: "DecHead[IEFlag=I]"', 'when: "DecHead[IEFlag"', "is no path"),
    ],
)
def test_a_mistake_in_the_messages_is_told_with_its_line(tmp_path, old, new, said):
    folder = tmp_path / "reading"
    shutil.copytree(FOLDER, folder)
    path = folder / "messages.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    _, problems = load_reading(folder)
    line = text[: text.index(old)].count("\n") + 1
    assert any(said in problem.message and abs(problem.line - line) <= 1 for problem in problems), problems
