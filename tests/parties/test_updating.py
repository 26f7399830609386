"""Fetching lists from a publisher, here a server of this machine."""

from __future__ import annotations

import datetime as dt
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from screening.content.listfile import read_list
from screening.content.snapshot import shipped
from screening.errors import ListError
from screening.parties.importing import import_files
from screening.parties.updating import keep, to_fetch, update

LIST = "un-security-council"


def published(names, day="2026-02-27"):
    """The UN's list with these names."""
    entities = "".join(
        f"<ENTITY><FIRST_NAME>{name}</FIRST_NAME><REFERENCE_NUMBER>E.{n}</REFERENCE_NUMBER></ENTITY>"
        for n, name in enumerate(names)
    )
    return f'<CONSOLIDATED_LIST dateGenerated="{day}"><ENTITIES>{entities}</ENTITIES></CONSOLIDATED_LIST>'.encode()


FIRST = [f"EXAMPLE {number}" for number in range(10)]


@pytest.fixture
def publisher(monkeypatch):
    """A server that sends what is put into ``answer``: status, headers, body."""
    monkeypatch.setenv("no_proxy", "*")
    answer = {"status": 200, "headers": {}, "body": b""}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(answer["status"])
            for name, value in {"Content-Length": str(len(answer["body"])), **answer["headers"]}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer["body"])

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    answer["url"] = f"http://127.0.0.1:{server.server_port}/consolidated.xml"
    yield answer
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def fetched(publisher, tmp_path):
    """Fetch what the publisher sends now into the folder of the lists."""
    content = shipped()

    def do(ident=LIST, **more):
        return update(ident, tmp_path, content, [publisher["url"]], **more)

    return do


def test_a_list_is_fetched_and_kept_with_its_address_and_sum(publisher, fetched, tmp_path):
    publisher["body"] = published(FIRST)
    (result,) = fetched()
    kept = read_list(tmp_path / f"{LIST}.jsonl")
    assert (result.state, len(kept.entries), kept.date, kept.retrieved) == ("new", 10, dt.date(2026, 2, 27), dt.date.today())
    assert [(file.name, file.url, file.bytes) for file in kept.files] == [
        ("consolidated.xml", publisher["url"], len(publisher["body"]))
    ]


def test_a_new_version_tells_what_changed_and_the_same_one_changes_nothing(publisher, fetched, tmp_path):
    publisher["body"] = published(FIRST)
    fetched()
    before = (tmp_path / f"{LIST}.jsonl").read_bytes()
    assert [one.state for one in fetched()] == ["unchanged"]
    assert (tmp_path / f"{LIST}.jsonl").read_bytes() == before
    publisher["body"] = published([*FIRST[:9], "EXAMPLE CHANGED", "EXAMPLE NEW"], "2026-03-01")
    (result,) = fetched()
    assert (result.state, result.counts) == ("updated", {"added": 1, "removed": 0, "changed": 1})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"status": 404}, "404"),
        ({"status": 200, "body": b""}, "is empty"),
        ({"status": 200, "body": b"<html>Access denied</html>"}, "not known"),
        ({"status": 200, "body": published(FIRST)[:300]}, "ends early"),
        ({"status": 200, "body": published(FIRST), "headers": {"Content-Length": "99999"}}, "cannot be fetched|of 99,999 bytes"),
    ],
)
def test_whatever_comes_a_good_list_is_not_replaced_by_a_broken_one(publisher, fetched, tmp_path, change, said):
    publisher["body"] = published(FIRST)
    fetched()
    before = (tmp_path / f"{LIST}.jsonl").read_bytes()
    publisher.update(change)
    with pytest.raises(ListError, match=said):
        fetched()
    assert (tmp_path / f"{LIST}.jsonl").read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("body", "said"), [(published(FIRST[:3]), "half a download"), (published(FIRST, "2020-01-01"), "the one in use of")]
)
def test_a_list_that_is_worse_than_the_one_in_use_is_refused(publisher, fetched, tmp_path, body, said):
    publisher["body"] = published(FIRST)
    fetched()
    before = (tmp_path / f"{LIST}.jsonl").read_bytes()
    publisher["body"] = body
    (result,) = fetched()
    assert (result.state, len(result.watchlist.entries)) == ("refused", 10)
    assert said in result.problems[0]
    assert (tmp_path / f"{LIST}.jsonl").read_bytes() == before
    assert fetched(accept=True)[0].state == "updated"


CSL = (
    "source,entity_number,name,alt_names,addresses,federal_register_notice,license_requirement\n"
    "Entity List (EL) - Bureau of Industry and Security,,Example One,,,,All\n"
    "Unverified List (UVL) - Bureau of Industry and Security,,Example Two,,,,\n"
    "Specially Designated Nationals (SDN) - Treasury Department,36,EXAMPLE THREE,,,,\n"
)
SDN = '36,"EXAMPLE THREE",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'THREE\'."\r\n'


def test_a_file_of_several_lists_updates_each_and_no_list_that_says_more(publisher, fetched, tmp_path):
    content = shipped()
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "sdn.csv").write_text(SDN)
    keep(tmp_path, import_files([tmp_path / "in" / "sdn.csv"], content), content)
    publisher["body"] = CSL.encode()
    states = {one.id: one.state for one in fetched("us-screening-list")}
    assert states == {"us-bis-entity-list": "new", "us-bis-unverified": "new", "us-ofac-sdn": "refused"}
    assert read_list(tmp_path / "us-ofac-sdn.jsonl").entries[0].weak_aliases == ["THREE"]
    publisher["body"] = CSL.replace("(UVL)", "(EL)").encode()
    assert {one.id: one.state for one in fetched("us-screening-list")}["us-bis-unverified"] == "refused"
    kept = [read_list(path) for path in sorted(tmp_path.glob("*.jsonl"))]
    assert to_fetch(kept, content) == ["us-screening-list", "us-ofac-sdn"]


def test_a_publisher_out_of_reach_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    with pytest.raises(ListError, match="cannot be fetched"):
        update(LIST, tmp_path, shipped(), ["http://127.0.0.1:9/x.xml"])
    with pytest.raises(ListError, match="begins with https"):
        update(LIST, tmp_path, shipped(), ["file:///etc/passwd"])
    with pytest.raises(ListError, match="no published list 'nothing'"):
        update("nothing", tmp_path, shipped())
    assert not list(tmp_path.iterdir())
