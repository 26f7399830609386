"""What is no manifest, cannot be read, or is not there: one clear sentence each."""

from __future__ import annotations

import hashlib
import io
import os

import openpyxl
import polars as pl
import pytest

from screening.errors import ManifestError
from screening.manifest import read_manifest

HEAD = "Description,HS code,Net weight (kg),Export country,Ship date\n"
GOOD = "Leather shoes,6403990090,200,CN,2025-06-01\n"
HELD = "Dysprosium oxide,2846901500,100,CN,2025-06-01\n"
REPORTS = (".xlsx", ".html", ".json", ".jsonl", ".csv", ".parquet", ".lines.csv", ".lines.parquet")


NO_MANIFESTS = {
    "text called a workbook": ("a.xlsx", b"just some words"),
    "a picture called a workbook": ("a.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(200)),
    "a picture called text": ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20),
    "nothing": ("a.csv", b""),
    "nothing called a workbook": ("a.xlsx", b""),
    "nothing called an old workbook": ("a.xls", b""),
    "nothing called parquet": ("a.parquet", b""),
    "nothing called json": ("a.json", b""),
    "nothing called json lines": ("a.jsonl", b""),
    "blanks and newlines": ("a.csv", b" \r\n\t\n  \n"),
    "NUL bytes alone": ("a.csv", bytes(1000)),
    "commas alone": ("a.csv", b",,,,\n" * 50),
    "a mark of UTF-8 alone": ("a.csv", b"\xef\xbb\xbf"),
    "a mark of UTF-16 alone": ("a.csv", b"\xff\xfe"),
    "a header of unknown words": ("a.csv", b"foo,bar\n1,2\n"),
    "prose": ("a.txt", b"Dear Sir or Madam,\n\nplease find the goods enclosed.\n" * 20),
    "damaged parquet": ("a.parquet", b"PAR1" + bytes(100) + b"PAR1"),
    "half of JSON": ("a.json", b'[{"description": "glue"'),
    "a JSON number": ("a.json", b"3"),
    "a JSON text": ("a.json", b'"glue"'),
    "JSON null": ("a.json", b"null"),
    "a JSON list of numbers": ("a.json", b"[1, 2, 3]"),
    "a JSON list of lists": ("a.json", b'[["description"], ["glue"]]'),
    "JSON of unknown names": ("a.json", b'[{"foo": 1}]'),
    "JSON deeper than can be read": ("a.json", b"[" * 100_000),
    "JSON objects deeper than can be read": ("a.json", b'{"a":' * 100_000),
    "JSON that is no UTF-8": ("a.json", b'[{"description": "\xff\xfe"}]'),
    "JSON lines that are none": ("a.jsonl", b"glue\nshoes\n"),
    "an executable": ("a.exe", b"MZ"),
    "a name without a suffix": ("manifest", GOOD.encode()),
}


@pytest.mark.parametrize("name", NO_MANIFESTS)
def test_what_is_no_manifest_is_one_sentence(refused, put, name):
    file, content = NO_MANIFESTS[name]
    path = put(file, content)
    assert str(path) in refused(path)


def test_what_is_no_file(refused, tmp_path):
    assert "no such file" in refused(tmp_path / "missing.csv")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "folder.xlsx").mkdir()
    for name in ("folder.csv", "folder.xlsx"):
        assert str(tmp_path / name) in refused(tmp_path / name)
    (tmp_path / "dangling.csv").symlink_to(tmp_path / "nowhere.csv")
    assert "no such file" in refused(tmp_path / "dangling.csv")
    (tmp_path / "loop.csv").symlink_to(tmp_path / "loop.csv")
    assert "loop.csv" in refused(tmp_path / "loop.csv")
    for name in ("", "\0.csv", "a" * 300 + ".csv"):
        refused(name)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything")
def test_a_file_that_may_not_be_read(refused, put):
    path = put("a.csv", HEAD + GOOD)
    path.chmod(0)
    assert "cannot be read" in refused(path)


def test_a_file_that_vanishes_before_the_second_look(refused, put, monkeypatch):
    from screening.manifest import sources

    original = sources.survey

    def survey(path):
        found = original(path)
        path.unlink()
        return found

    monkeypatch.setattr(sources, "survey", survey)
    assert "no such file" in refused(put("a.csv", HEAD + GOOD))


def test_one_bad_file_among_good_ones_stops_the_run(refused, put):
    good, bad = put("good.csv", HEAD + GOOD), put("bad.xlsx", b"nothing of the kind")
    assert str(bad) in refused([good, bad])


# -- what changes while it is read ---------------------------------------------------------------------------------------


@pytest.fixture(params=[".csv", ".parquet", ".jsonl", ".xlsx"])
def ten_lines(tmp_path, request):
    """A file of ten lines."""
    path = tmp_path / f"a{request.param}"
    frame = pl.DataFrame({"Description": ["Leather shoes"] * 10, "HS code": ["6403990090"] * 10})
    if request.param == ".xlsx":
        path.write_bytes(_workbook(frame))
    else:
        {".csv": frame.write_csv, ".parquet": frame.write_parquet, ".jsonl": frame.write_ndjson}[request.param](path)
    return path


@pytest.mark.parametrize("change", ["emptied", "longer", "another", "replaced"])
def test_a_file_that_changes_while_it_is_read_is_refused(screener, ten_lines, monkeypatch, change):
    """Part of it may be of before and part of after."""
    monkeypatch.setattr("screening.manifest.reader._TOGETHER", 0)
    reader = read_manifest(ten_lines, screener.words)
    chunks = reader.chunks()
    next(chunks)
    whole = ten_lines.read_bytes()
    if change == "replaced":
        (ten_lines.parent / "new").write_bytes(whole)
        (ten_lines.parent / "new").replace(ten_lines)
    else:
        ten_lines.write_bytes({"emptied": b"", "longer": whole * 2, "another": b"x" * len(whole)}[change])
    with pytest.raises(ManifestError, match="changed while it was read"):
        list(chunks)


def test_a_file_that_goes_once_it_is_open_is_read_to_its_end(screener, ten_lines, monkeypatch):
    monkeypatch.setattr("screening.manifest.reader._TOGETHER", 0)
    chunks = read_manifest(ten_lines, screener.words).chunks()
    first = next(chunks)
    ten_lines.unlink()
    assert first.lines.height + sum(chunk.lines.height for chunk in chunks) == 10


@pytest.mark.parametrize("change", [lambda path: path.unlink(), lambda path: path.write_bytes(b"")], ids=["gone", "emptied"])
def test_the_second_pass_never_looks_at_the_file(screener, ten_lines, change):
    whole = ten_lines.read_bytes()
    result = screener.screen(ten_lines, progress=lambda stage, _: change(ten_lines) if stage == "judge" else None)
    assert result.counts["lines"] == 10
    assert result.inputs[0].sha256 == hashlib.sha256(whole).hexdigest()


def _workbook(frame):
    book, stream = openpyxl.Workbook(), io.BytesIO()
    for row in [frame.columns, *frame.rows()]:
        book.active.append(row)
    book.save(stream)
    book.close()
    return stream.getvalue()


# -- what is no file -----------------------------------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of other systems")
@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".json", ".parquet", ".xml"])
def test_a_pipe_is_not_waited_for(command, tmp_path, suffix):
    os.mkfifo(tmp_path / f"pipe{suffix}")
    for arguments in (["screen", tmp_path / f"pipe{suffix}"], ["columns", tmp_path / f"pipe{suffix}"]):
        status, told = command(*arguments)
        assert status == 2
        assert f"pipe{suffix}" in told


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="devices of other systems")
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/null"])
def test_a_device_has_no_end(command, tmp_path, device):
    (tmp_path / "goods.csv").symlink_to(device)
    status, told = command("screen", tmp_path / "goods.csv")
    assert status == 2
    assert "device" in told


@pytest.mark.parametrize(
    "name", ["=1+1.csv", "a\x1b[31mb.csv", "a\u202eb.csv", "a\nb.csv", "--help.csv", "a'b\"c.csv", "中文.csv", "a;b.csv"]
)
def test_a_file_s_name_is_only_a_name(command, put, tmp_path, accounted, name):
    path = put(name, HEAD + GOOD + HELD)
    outputs = [f"out{suffix}" for suffix in REPORTS]
    arguments = [argument for output in outputs for argument in ("-o", tmp_path / output)]
    status, told = command("screen", path, *arguments, makes=outputs)
    assert status == 1
    assert not {"\x1b", "\u202e"} & set(told)
    assert accounted(tmp_path / "out.json")["inputs"][0]["path"] == str(path)
    for line in (tmp_path / "out.csv").read_text(encoding="utf-8").splitlines():
        assert not any(cell.startswith(("=", "+", "@")) for cell in line.split(","))


def test_a_name_that_no_encoding_has(command, tmp_path):
    path = os.fsencode(tmp_path) + b"/a\xff.csv"
    with open(path, "wb") as file:
        file.write((HEAD + HELD).encode())
    status, _ = command(
        "screen", os.fsdecode(path), "-o", tmp_path / "out.json", "-o", tmp_path / "out.html", makes=["out.json", "out.html"]
    )
    assert status == 1
