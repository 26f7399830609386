"""What the fuzzer begins with: a few inputs of every kind, and the words they are made of."""

# ruff: noqa: E501 - inputs stand as they are

from __future__ import annotations

import io
import zipfile
from pathlib import Path

LONGEST = 20_000
"""Bytes of an input."""
PARTS = ("xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels")
"""Parts of a workbook that the target ``xlsx`` changes: damaged archives hold nothing that a reader would come to."""
BETWEEN = b"\xff\xfe\xfd\xfc"
HEAD = "Description,HS code,Net weight (kg),Export country,Ship date\n"
LINE = "Leather shoes,6403990090,200,CN,2025-06-01\n"
WORDS = {
    "delimited": (*HEAD.strip().split(","), '""', '"', ";", "\t", "\0", "\ufeff", "sep=;", "Total", "kg"),
    "json": ("description", "hs_code", "net_kg", "NaN", "Infinity", r"\ud800", "null", "[{", "}]", "1e999"),
    "xlsx": ('<c r="', ' t="s"', ' t="e"', "<v>", "<f>", "</row>", "XFD1048576", "<mergeCell ", "spans=", 'ref="', ' s="'),
    "page": (
        "<table>",
        "</table>",
        "<tr>",
        "<td",
        "</td>",
        ' rowspan="2"',
        ' colspan="2"',
        ' ss:Index="3"',
        "<!--",
        "<style>",
        "&#",
        "<Cell",
    ),
    "content": (
        "rules:",
        "detect:",
        "condition:",
        "terms:",
        "materials:",
        "instruments",
        "entries:",
        "&a ",
        "*a",
        "!!python/",
        "gte:",
        "group:",
    ),
    "lists": ("<!DOCTYPE", "<ENTITY>", "sdnEntry", "nameAlias", "Unique ID", "schema", "properties", "Entity_LogicalId"),
    "values": ("kg", "USD", "1.234,56", "2026年3月1日", "%", "ppm", "Dy2O3", "NdFeB", "31.12.2026", "-", "(", "’", "٣", "½"),
}
"""Tokens that an input of a target is made of."""


def packed(data: bytes) -> bytes:
    """A workbook of the parts in ``data``."""
    stream = io.BytesIO()
    given = dict(zip(PARTS, data.split(BETWEEN), strict=False))
    with zipfile.ZipFile(stream, "w") as archive:
        for name, part in {**_book(), **given}.items():
            archive.writestr(name, part)
    return stream.getvalue()


def seeds(target: str) -> list[bytes]:
    """Inputs to begin with."""
    csv = HEAD + LINE + '"Shoes, ""new""\n of leather",6403990090,"1.234,5 kg",中国,01.06.2025\n\n,,300,,\nTotal,,500,,\n'
    if target == "delimited":
        odd = [
            "品名;HS编码;净重\n氧化镝;2846901500;1,5\n".encode("gb18030"),
            csv.replace(",", "\t").encode("utf-16"),
            b"\xef\xbb\xbf" + csv.encode(),
        ]
        return [csv.encode(), csv.replace(",", ";").encode(), csv.replace("\n", "\r").encode("latin-1", "replace"), *odd]
    if target in ("json", "jsonl"):
        line = (
            '{"description": "shoes", "hs_code": "6403990090", "net_kg": 1e2, "x": [1, {"a": null}], "ship_date": "2025-06-01"}'
        )
        return [f"[{line}, {line}]".encode(), f"{line}\n{line}\n".encode(), f'{{"a": 1, "lines": [{line}]}}'.encode()]
    if target in ("xml", "edifact"):
        return _messages(target)
    if target == "page":
        return [text.encode() for text in PAGES]
    if target == "xlsx":
        book = _book()
        return [BETWEEN.join(book[name] for name in PARTS), BETWEEN.join(book[name] for name in PARTS[:2])]
    if target == "content":
        return [RULES.encode(), *_shipped_rules()]
    if target == "values":
        return [
            "12 kg\n1.234,56 EUR\n2026年3月1日\n03/04/2026\n(5)\n".encode(),
            "Dy2O3 99.9 %, D50 < 5 µm\nNdFeB N42SH (Dy 0.24 wt.-%)\nTi-6Al-4V\n".encode(),
        ]
    if target == "settings":
        return [bytes([kind]) + text.encode() for kind, text in enumerate(SETTINGS)]
    if target == "names":
        return ["ITOCHU AVIATION CO LTD\nSUBARU KK\n中国 有限公司\nООО Ромашка\n".encode()]
    return [bytes([number % 5]) + text.encode() for number, text in enumerate(LISTS)]


RULE = """\
rules:
  - id: own.rule
    title: {en: a, zh: a}
    family: data
    basis: data
    action: note
    confidence: low
    certainty: confirmed
    status: draft
    detect: {x: {description: {matches: 'PATTERN'}}}
    reason: {en: a, zh: a}
    next_step: {en: a, zh: a}
    citations: [{source: fatf, claim: a, read_in: copy}]
"""
"""A rule of one's own with every key, the words it looks for left open."""
RULES = "terms: {own_words: {name: {en: a, zh: a}, terms: {en: [odd thing]}}}\n" + RULE.replace(
    "reason: {en: a,", 'reason: {en: "a {net_kg}",'
).replace(
    "{x: {description: {matches: 'PATTERN'}}}",
    "{x: {description: {matches: 'odd'}, net_kg: {gte: 1}}, y: {goods: {terms: [own_words]}}, condition: x and not y}",
)
SETTINGS = (
    'a.csv: {"*": {header_row: 2, columns: {"HS": hs_code, "x": "-"}}}\n',
    "waivers:\n  - {party: A, list: cn-control-list, entry: x, entry_hash: '0', because: b, checked_by: c, checked_on: 2026-11-01, until: 2026-12-01}\n",
    "confirmations:\n  - {instrument: cn-mofcom-2025-61, from: 2026-11-11, state: suspended, until: 2026-12-01, checked_on: 2026-11-20, checked_by: A, source: s}\n",
    "owner,owned,percent\nA,B,50\nB,C,60 %\n",
)
_ROWS = "".join(f"<tr><td>{line.strip().replace(',', '&nbsp;</td><td>')}</td></tr>" for line in (HEAD, LINE, LINE))
PAGES = (
    f"<html><head><meta charset=gb2312><style>td</style></head><table border=1><tr><td colspan=5>LIST</td></tr>{_ROWS}</table></html>",
    '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="A"><Table>'
    + _ROWS.replace("<tr>", "<Row>").replace("</tr>", "</Row>").replace("<td>", "<Cell><Data>").replace("</td>", "</Data></Cell>")
    + "</Table></Worksheet></Workbook>",
)
LISTS = (
    "name,country,type\nExample One Ltd,DE,company\n",
    '<CONSOLIDATED_LIST dateGenerated="2026-02-27"><ENTITIES><ENTITY><FIRST_NAME>A</FIRST_NAME><REFERENCE_NUMBER>1</REFERENCE_NUMBER></ENTITY></ENTITIES></CONSOLIDATED_LIST>',
    '{"results": [{"source": "EL", "name": "A", "ids": [{"type": null}], "addresses": [null], "start_date": 3}]}',
    '{"id": 1, "schema": "Company", "properties": {"name": [null, "A"], "addressEntity": [3], "sanctions": [{}]}}',
    "Name\tStreet_Address\tCity\tState\tCountry\tPostal_Code\tEffective_Date\tExpiration_Date\tStandard_Order\tLast_Update\tAction\tFR_Citation\nA\tB\tC\tD\tDE\t1\t01/02/2026\t\tY\t2026-01-01\tx\t83 F.R. 1\n",
    "fileGenerationDate;Entity_LogicalId;NameAlias_WholeName;BirthDate_BirthDate\n05/08/2026;13;A;1937-04-28\n",
    "<sdnList><sdnEntry><uid>1</uid><lastName>A</lastName><idList><id><idType>Passport</idType></id></idList></sdnEntry></sdnList>",
    'source,name,alt_names,addresses,federal_register_notice,license_requirement,ids,start_date\nEntity List (EL),A,"B; and C","1 Road, DE",83 FR 1,All,"US, 80-1, Tax ID No.",2018-08-01\n',
    'id,schema,name,aliases,countries,dataset\n1,Company,A,"B;""C; D""",de;fr,X\n',
    "Report Date: 24-Jun-2026\nUnique ID,Name 6,Name 1,Name type,D.O.B,IMO number\nR1,A,B,Primary Name,dd/mm/1945,9123456\n",
    '36,"EXAMPLE",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 15 Jan 1955; a.k.a. \'X\'; Passport A1 (Iran)."\n',
    '<export><sanctionEntity logicalId="1"><nameAlias wholeName="A"/><birthdate year="1"/></sanctionEntity></export>',
)


def _messages(suffix: str) -> list[bytes]:
    """A short interchange, and one message in XML."""
    if suffix == "edifact":
        return [Path("samples/cargo-report.edi").read_bytes()[:LONGEST]]
    body = '<GoodsShipment><GovernmentAgencyGoodsItem><SequenceNumeric>1</SequenceNumeric><Commodity><Description>Shoes</Description><Classification><ID>640399</ID></Classification><GoodsMeasure><NetNetWeightMeasure unitCode="KGM">5</NetNetWeightMeasure></GoodsMeasure></Commodity></GovernmentAgencyGoodsItem></GoodsShipment>'
    customs = f'<Declaration xmlns="urn:wco:datamodel:WCO:DEC-DMS:2"><FunctionCode>9</FunctionCode>{body}</Declaration>'
    invoice = '<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:c="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"><c:ID>1</c:ID><a:InvoiceLine><c:ID>1</c:ID><c:InvoicedQuantity unitCode="KGM">5</c:InvoicedQuantity><a:Item><c:Name>Shoes</c:Name></a:Item></a:InvoiceLine></Invoice>'
    return [customs.encode(), invoice.encode()]


def _shipped_rules() -> list[bytes]:
    """The shipped rules one by one, and the shorter laws, under ids of their own."""
    found = []
    for path in sorted(Path("rules/red_flags").glob("*.yaml")):
        found += ["rules:\n  - id: own." + rule for rule in path.read_text(encoding="utf-8").split("\n  - id: ")[1:]]
    for path in sorted(Path("rules/instruments").rglob("*.yaml")):
        found.append(path.read_text(encoding="utf-8").replace("\nid: ", "\nid: own-"))
    return [data for text in found if len(data := text.encode()) < LONGEST]


def _book() -> dict[str, bytes]:
    """The parts of a small workbook with a cell of every kind."""
    main, rel = (
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    )
    package = "http://schemas.openxmlformats.org/package/2006"
    strings = [*HEAD.strip().split(","), "Leather shoes", "CN"]
    cells = (
        "".join(f'<c r="{chr(65 + at)}1" t="s"><v>{at}</v></c>' for at in range(5)),
        '<c r="A2" t="s"><v>5</v></c><c r="B2"><v>6403990090</v></c><c r="C2" t="str"><f>1+1</f><v>2</v></c><c r="E2" s="1"><v>45000</v></c>',
        '<c r="A3" t="inlineStr"><is><r><t>Bo</t></r><r><t>ots</t></r></is></c><c r="B3" t="e"><v>#REF!</v></c><c r="C3"><f>A1</f></c>',
        '<c r="A4" t="b"><v>1</v></c><c r="C4"><v>1e308</v></c><c r="D4" t="d"><v>2025-06-01T00:00:00</v></c>',
    )
    rows = "".join(f'<row r="{number}">{row}</row>' for number, row in enumerate(cells, start=1))
    kinds = {"workbook": "sheet.main", "worksheets/sheet1": "worksheet", "sharedStrings": "sharedStrings", "styles": "styles"}
    overrides = "".join(
        f'<Override PartName="/xl/{part}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{rel}/{part.partition("s/")[0]}" Target="{part}.xml"/>'
        for number, part in enumerate(("worksheets/sheet1", "sharedStrings", "styles"), start=1)
    )
    texts = {
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><dimension ref="A1:E4"/><sheetData>{rows}</sheetData>'
        '<mergeCells count="1"><mergeCell ref="A3:A4"/></mergeCells></worksheet>',
        "xl/sharedStrings.xml": f'<sst xmlns="{main}" count="7">{"".join(f"<si><t>{text}</t></si>" for text in strings)}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy-mm-dd"/></numFmts>'
        '<cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{rel}"><sheets><sheet name="Goods" sheetId="1" r:id="rId1"/></sheets>'
        '<definedNames><definedName name="x">Goods!$A$1</definedName></definedNames></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{links}</Relationships>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type="{rel}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
    }
    return {name: text.encode() for name, text in texts.items()}
