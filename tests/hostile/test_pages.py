"""Tables in markup and packed files that are damaged, huge or made to harm."""

from __future__ import annotations

import gzip
import io

import pytest

HEAD = "<table><tr><td>Description</td><td>HS code</td><td>Net weight (kg)</td></tr>"
ROW = "<tr><td>Leather shoes</td><td>6403990090</td><td>200</td></tr>"


@pytest.mark.parametrize(
    "text",
    [
        HEAD + ROW,
        HEAD + ROW + "<tr><td>",
        HEAD + ROW + "<script>while(true){}" + ROW,
        HEAD + ROW + "<!--" + ROW * 3,
        HEAD + ROW + '<tr><td class="unclosed>x',
        HEAD + ROW + "<td" * 50_000,
        HEAD + ROW + "<" * 500_000,
        HEAD + ROW + "<!--" * 200_000,
        HEAD + ROW + "&" * 200_000 + "&#x110000;&#0;&bogus;",
        HEAD.replace("<table>", "<table>" * 2_000) + ROW,
        HEAD + ROW.replace("<td>", '<td rowspan="9999999" colspan="-3">'),
        HEAD + ROW.replace("<td>Lea", '<td rowspan="65534">Lea'),
        '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + HEAD + ROW.replace("Leather", "&x; leather"),
        HEAD.replace("Desc", "\0Desc").replace("\0", "") + ROW.replace("shoes", "=cmd|' /C calc'!A0"),
    ],
    ids=lambda text: text[-40:],
)
def test_markup_of_any_kind_is_read_or_refused(judge, put, text):
    judge(put("a.xls", text))


@pytest.mark.parametrize(
    "row",
    [
        '<Row ss:Index="1048575"><Cell ss:Index="16000"><Data>x</Data></Cell></Row>',
        '<Row><Cell ss:Index="9999999"><Data>x</Data></Cell></Row>',
        '<Row ss:Index="9999999"><Cell><Data>x</Data></Cell></Row>',
        '<Row><Cell ss:MergeAcross="9999999" ss:MergeDown="9999999"><Data>x</Data></Cell><Cell><Data>y</Data></Cell></Row>',
    ],
)
def test_places_far_away_are_refused(refused, put, row):
    head = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet><Table>'
    refused(put("a.xls", head + row + "<Row><Cell><Data>z</Data></Cell></Row></Table></Worksheet></Workbook>"))


def test_a_packed_file_that_unpacks_without_end(refused, put, monkeypatch):
    monkeypatch.setattr("screening.manifest.sources.LARGEST_UNPACKED", 1 << 20)
    packed = io.BytesIO()
    with gzip.open(packed, "wb") as stream:
        stream.write(b"Description,Qty\n" + b"0" * (1 << 24))
    assert "unpacks to more" in refused(put("a.csv.gz", packed.getvalue()))


@pytest.mark.parametrize("cut", [3, 12, -4])
def test_a_packed_file_that_is_cut_off(refused, put, cut):
    refused(put("a.csv.gz", gzip.compress(b"Description,Qty\nglue,3\n" * 100)[:cut]))
