from __future__ import annotations

import pytest

from screening.errors import UsageError
from screening.manifest import describe_columns, mapping_text, read_mapping, write_mapping

TEXT = 'Description,Country,"Odd ""quoted"": #header",Weight (kg),Duty\nglue,CN,x,3,7\n'


def test_how_each_header_was_read(words, csv):
    (sheet,) = describe_columns(csv(TEXT), words)
    assert sheet.header_row == 1
    assert [(reading.column, reading.status) for reading in sheet.headers] == [
        ("description", "mapped"),
        (None, "unsure"),
        (None, "unknown"),
        (None, "unsure"),
        (None, "left"),
    ]
    assert sheet.headers[0].examples == ("glue",)


def test_the_mapping_file_can_be_corrected_and_given_back(words, read, csv, tmp_path):
    path = csv(TEXT)
    target = tmp_path / "columns.yaml"
    write_mapping(describe_columns(path, words), target)
    target.write_text(
        target.read_text(encoding="utf-8").replace('"Country": "-"', '"Country": "destination_country"'), encoding="utf-8"
    )
    lines, _, inputs = read(path, mappings=read_mapping(target))
    assert lines["destination_country"].to_list() == ["CN"]
    assert inputs[0].sheets[0].columns == {"Description": "description", "Country": "destination_country"}


def test_a_mapping_names_the_header_row(read, csv, tmp_path):
    target = tmp_path / "columns.yaml"
    target.write_text(
        '"manifest.csv":\n  "*":\n    header_row: 2\n    columns: {"What": description, "Kilos there": net_kg}\n',
        encoding="utf-8",
    )
    lines, _, inputs = read(csv("List of goods\nWhat,Kilos there\nglue,3\n"), mappings=read_mapping(target))
    assert lines.select("description", "net_kg").rows() == [("glue", 3.0)]
    assert inputs[0].sheets[0].skipped == {"title": 1, "header": 1}


def test_a_sheet_without_headers_is_listed(words, book):
    path = book({"A": [["Description", "HS code"], ["glue", "3506"]], "B": [["nothing"]]})
    sheets = describe_columns(path, words)
    assert [sheet.header_row for sheet in sheets] == [1, None]
    assert "no header row found" in sheets[1].notes[0]
    assert '"B":' in mapping_text(sheets)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- a", "must hold files"),
        ('"a.csv": 3', "must hold the sheets"),
        ('"a.csv": {"*": {columns: {x: nonsense}}}', "no column of a manifest"),
        ('"a.csv": {"*": {rows: 3}}', "unknown key 'rows'"),
        ('"a.csv": {"*": {header_row: none}}', "number of a row"),
        ('"a.csv": {', "not valid YAML"),
    ],
)
def test_a_wrong_mapping_file_is_one_sentence(tmp_path, text, said):
    path = tmp_path / "columns.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said) as caught:
        read_mapping(path)
    assert str(caught.value).startswith(str(path))


def test_a_missing_mapping_file(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_mapping(tmp_path / "none.yaml")
