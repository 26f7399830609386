"""List files that are damaged, huge or hostile: refused with a sentence that names the file, and the list in use stays."""

from __future__ import annotations

import contextlib
import gzip
import io
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.cli import main
from screening.content.listfile import read_list
from screening.content.snapshot import shipped
from screening.errors import ContentError, ListError
from screening.parties.formats import raw
from screening.parties.importing import Choices, import_files

GOOD = b"name,country\nExample One Ltd,DE\nExample Two Ltd,FR\n"
UN = b'<?xml version="1.0"?><CONSOLIDATED_LIST dateGenerated="2026-02-27"><ENTITIES>%s</ENTITIES></CONSOLIDATED_LIST>'
ENTITY = b"<ENTITY><FIRST_NAME>%s</FIRST_NAME><REFERENCE_NUMBER>1</REFERENCE_NUMBER></ENTITY>"
LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + b"".join(b'<!ENTITY lol%d "%s">' % (n, b"&lol%s;" % (str(n - 1).encode() if n > 1 else b"") * 10) for n in range(1, 10))
    + b"]><CONSOLIDATED_LIST><ENTITIES>"
    + ENTITY % b"&lol9;"
    + b"</ENTITIES></CONSOLIDATED_LIST>"
)
FILES = {
    "billion laughs": ("un.xml", LAUGHS, "document type"),
    "billion laughs as UTF-16": ("un.xml", LAUGHS.decode().encode("utf-16"), "document type"),
    "a file from outside": (
        "un.xml",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><CONSOLIDATED_LIST>&e;</CONSOLIDATED_LIST>',
        "document type",
    ),
    "a parameter entity": (
        "un.xml",
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY % e SYSTEM "http://127.0.0.1:9/x.dtd"> %e;]><CONSOLIDATED_LIST/>',
        "document type",
    ),
    "a document type after a comment": ("un.xml", b"<!-- x --><!DOCTYPE y><CONSOLIDATED_LIST/>", "document type"),
    "half an XML file": ("un.xml", (UN % (ENTITY % b"A" * 50))[:900], "damaged or ends early"),
    "XML nested without end": ("un.xml", b"<CONSOLIDATED_LIST>" + b"<a>" * 100_000, "60 deep"),
    "XML of another kind": ("x.xml", b"<html><body>Access denied</body></html>", "not known"),
    "a web page": ("sdn.csv", b"<!doctype html>\n<html><p>Access denied<br></html>", ""),
    "XML without entries": ("un.xml", UN % b"", "no entries"),
    "nothing": ("sdn.csv", b"", "is empty"),
    "blanks": ("sdn.csv", b"\r\n\r\n\x1a", "is empty"),
    "zero bytes": ("sdn.csv", b"\0" * 5000, "is empty"),
    "an image": ("sdn.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, "zero bytes"),
    "UTF-16 without its mark": ("own.csv", GOOD.decode().encode("utf-16-le"), "zero bytes"),
    "UTF-16 cut in half": ("own.csv", GOOD.decode().encode("utf-16")[:-1], "damaged"),
    "half a gzip": ("own.csv.gz", gzip.compress(GOOD * 1000)[:60], "half there"),
    "a gzip with a wrong sum": ("own.csv.gz", gzip.compress(GOOD)[:-6] + b"123456", "half there"),
    "half a cell": ("own.csv", b'name,note\nExample One Ltd,x\nExample Two Ltd,"half', "middle of a cell"),
    "half a row": ("own.csv", b"id,name,country\n1,Example One Ltd,DE\n2,Exam", "middle of row 3"),
    "no column of names": ("own.csv", b"firma,land\nExample,DE\n", "headed 'name'"),
    "a screening list without its names": ("csl.csv", b"source,name,source_list_url\nSDN,Example,u\n", "lacks the columns"),
    "denied persons without their days": (
        "dpl.txt",
        b"Name\tStreet_Address\tCountry\tFR_Citation\nA\tB\tC\tD\n",
        "Effective_Date",
    ),
    "a UK list without its ids": ("uk.csv", b"Last Updated,Name 6,Name 1\n1,EXAMPLE,A\n", "lacks the columns"),
    "an EU list without its names": ("eu.csv", b"fileGenerationDate;Entity_LogicalId\n05/08/2026;1\n", "NameAlias_WholeName"),
    "an export without its kinds": ("t.csv", b"id,schema,name\n1,Company,Example\n", "lacks the columns"),
    "half a JSON file": ("csl.json", b'{"results": [{"source": "EL", "name": "Exam', "ends early"),
    "half a JSON line": (
        "e.json",
        b'{"id": "1", "schema": "Company", "caption": "Example", "properties": {"name": ["Example"]}}\n{"id": "2", "sch',
        "middle of line 2",
    ),
    "JSON nested without end": ("x.json", b"[" * 200_000, "damaged"),
    "JSON of another kind": ("x.json", b'{"hello": "world"}', "not known"),
    "a broken workbook": ("own.xlsx", b"PK\x03\x04" + b"x" * 500, "no workbook"),
    "an archive": ("sdn.zip", b"PK\x03\x04" + b"x" * 500, "zip archive"),
    "a cell without end": ("own.csv", b"name,note\nExample," + b"x" * 1_100_000 + b"\n", "delimited"),
}


@pytest.fixture(scope="module")
def content():
    return shipped()


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_refused_with_a_sentence(content, tmp_path, name):
    file, data, said = FILES[name]
    path = tmp_path / file
    path.write_bytes(data)
    with pytest.raises(ListError) as caught:
        import_files([path], content, Choices(list_id="own" if file.startswith("own") else ""))
    assert file.removesuffix(".gz") in str(caught.value)
    assert said in str(caught.value)
    assert len(str(caught.value)) < 1000


def test_what_unpacks_to_more_than_any_list_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(raw, "LARGEST", 10_000)
    path = tmp_path / "sdn.csv.gz"
    path.write_bytes(gzip.compress(b"\n" * 20_000))
    with pytest.raises(ListError, match="larger than 10,000 bytes"):
        raw.open_file(path, raw.LARGEST)


def test_a_workbook_that_unpacks_to_more_than_any_list_is_refused(content, tmp_path, monkeypatch):
    monkeypatch.setattr("screening.parties.formats.own.LARGEST", 10_000)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 1_000_000)
    path = tmp_path / "own.xlsx"
    path.write_bytes(stream.getvalue())
    with pytest.raises(ListError, match="more than 10,000 bytes"):
        import_files([path], content, Choices(list_id="own"))


@pytest.mark.parametrize(
    ("body", "size", "entries"),
    [
        ("", "A1:XFD1048576", 1),
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "A1", 1),
        ('<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>', "A1", None),
        ("".join(f'<row r="{n}"><c r="XFD{n}"><v>1</v></c></row>' for n in range(3, 2000)), "A1", None),
    ],
    ids=["a size of everything", "a cell at the far end", "a row beyond the end", "cells far to the right"],
)
def test_a_list_in_a_workbook_of_any_size(content, books, tmp_path, body, size, entries):
    rows = books.row(1, "name") + books.row(2, "Example One Ltd") + body
    (tmp_path / "own.xlsx").write_bytes(books.xlsx(books.sheet(rows, dimension=size)))
    if entries is None:
        with pytest.raises(ListError, match=r"own\.xlsx spans more than"):
            import_files([tmp_path / "own.xlsx"], content, Choices(list_id="own"))
    else:
        (one,) = import_files([tmp_path / "own.xlsx"], content, Choices(list_id="own"))
        assert len(one.watchlist.entries) == entries


def test_bytes_that_are_not_utf8_are_read_as_windows_text_and_said(content, tmp_path):
    path = tmp_path / "own.csv"
    path.write_bytes("name\nCafé Example\n".encode("cp1252"))
    (one,) = import_files([path], content, Choices(list_id="own"))
    assert one.watchlist.entries[0].name == "Café Example"
    assert any("not UTF-8" in problem for problem in one.problems)


@pytest.fixture
def kept(tmp_path):
    """A folder with a list in use, made by the command line."""
    (tmp_path / "own.csv").write_bytes(b"name\n" + b"".join(b"Example Number %d Ltd\n" % n for n in range(20)))
    folder = tmp_path / "lists"
    run("import", tmp_path / "own.csv", "-o", folder, "--list", "own", "--date", "2026-10-01")
    return folder


def run(*arguments):
    with pytest.raises(SystemExit) as caught:
        main(["watchlists", *map(str, arguments)])
    return caught.value.code


@pytest.mark.parametrize("name", ["billion laughs", "half a cell", "half a gzip", "nothing", "a broken workbook"])
def test_the_list_in_use_stays_when_its_successor_is_bad(kept, tmp_path, capsys, name):
    file, data, _ = FILES[name]
    (tmp_path / file).write_bytes(data)
    before = (kept / "own.jsonl").read_bytes()
    assert run("import", tmp_path / file, "-o", kept, "--list", "own") == 2
    assert (kept / "own.jsonl").read_bytes() == before
    assert [path.name for path in kept.iterdir()] == ["own.jsonl"]
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "date", "said"),
    [
        ("name\nExample Number 1 Ltd\n", "2026-11-01", "half a download"),
        ("name\n" + "A Ltd\n" * 20, "2026-09-01", "the one in use of"),
    ],
)
def test_a_much_smaller_or_older_list_takes_no_place(kept, tmp_path, capsys, text, date, said):
    (tmp_path / "new.csv").write_text(text)
    arguments = ("import", tmp_path / "new.csv", "-o", kept, "--list", "own", "--date", date)
    assert run(*arguments) == 2
    assert said in capsys.readouterr().err
    assert len(read_list(kept / "own.jsonl").entries) == 20
    assert run(*arguments, "--accept") == 0
    assert len(read_list(kept / "own.jsonl").entries) == 1


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-30],
        lambda data: data.replace(b"Number 7", b"Number 8"),
        lambda data: data[100:],
        lambda data: b"",
        lambda data: b"{}\n",
        lambda data: b'{"form":"screening watchlist 1"}\n',
        lambda data: b"\xff\xfe\x00",
        lambda data: b"[" * 100_000,
    ],
)
def test_a_damaged_list_of_the_own_form_is_refused(kept, capsys, damage):
    path = kept / "own.jsonl"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ContentError, match=r"own\.jsonl"):
        read_list(path)
    assert run("check", kept) == 2
    assert "Traceback" not in capsys.readouterr().err


CSL_HEAD = b"source,name,alt_names,addresses,federal_register_notice,license_requirement,ids,start_date\n"
SEEDS = [
    *(data for _, data, _ in FILES.values() if len(data) < 3000),
    GOOD,
    UN % (ENTITY % b"EXAMPLE"),
    b'36,"EXAMPLE",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"DOB 15 Jan 1955; a.k.a. \'X\'; Passport A1 (Iran)."\r\n\x1a',
    b"<sdnList><sdnEntry><uid>1</uid><lastName>A</lastName><idList><id><idType>Passport</idType></id></idList></sdnEntry></sdnList>",
    b'<export><sanctionEntity logicalId="1"><nameAlias wholeName="A"/><birthdate year="1"/></sanctionEntity></export>',
    b'{"results": [{"source": "EL", "name": "A", "ids": [{"type": null}], "addresses": [null], "start_date": 3}]}',
    b'{"id": 1, "schema": "Company", "properties": {"name": [null, "A"], "addressEntity": [3], "sanctions": [{}]}}',
    CSL_HEAD + b'Entity List (EL),A,"B; and C","1 Road, DE",83 FR 1,All,"US, 80-1, Tax ID No.",2018-08-01\n',
    b'id,schema,name,aliases,countries,dataset\n1,Company,A,"B;""C; D""",de;fr,X\n',
    b"fileGenerationDate;Entity_LogicalId;NameAlias_WholeName;BirthDate_BirthDate\n05/08/2026;13;A;1937-04-28\n",
    b"Report Date: 24-Jun-2026\nUnique ID,Name 6,Name 1,Name type,D.O.B,IMO number\nR1,A,B,Primary Name,dd/mm/1945,9123456\n",
]


@given(data=st.data())
def test_whatever_a_file_holds_it_is_read_or_refused(data):
    """Published files, cut, repeated and with bytes of others in them: entries or a sentence, never another error."""
    one, other = data.draw(st.sampled_from(SEEDS)), data.draw(st.sampled_from(SEEDS))
    start, end = sorted((data.draw(st.integers(0, len(one))), data.draw(st.integers(0, len(one)))))
    middle = data.draw(
        st.sampled_from([b"", other, b"\0", b"\xff", b'"', b";", b"<!DOCTYPE x>", data.draw(st.binary(max_size=8))])
    )
    name = data.draw(st.sampled_from(["list.csv", "list.xml", "list.json", "list.gz", "list.xlsx"]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(one[:start] + middle + one[end:])
        with contextlib.suppress(ListError):
            for imported in import_files([path], shipped(), Choices(list_id="own")):
                assert imported.watchlist.entries
                assert all(entry.name and entry.id for entry in imported.watchlist.entries)
