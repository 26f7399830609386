"""The page holds every number, needs nothing from outside and runs nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from screening.report import pictures, write
from screening.report.html import write_html
from screening.report.words import Words

if TYPE_CHECKING:
    from pathlib import Path

    from screening.results import ScreeningRun

VOID = {"meta", "br", "input", "img", "link", "hr"}


class Page(HTMLParser):
    """Collects tags, attributes and text, and checks that every tag is closed in order."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(source)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module", params=["en", "zh", "both"])
def page(run: ScreeningRun, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Page:
    path = write(run, tmp_path_factory.mktemp("page") / "a.html", language=request.param)
    return Page(path.read_text(encoding="utf-8"))


def test_the_page_is_self_contained_and_runs_nothing(page: Page):
    assert not {"script", "iframe", "object", "embed", "img", "link", "form", "base"} & set(page.tags)
    assert not any(name.startswith("on") or name in {"src", "srcset", "style", "action"} for _, name, _ in page.attributes)
    assert {value for _, name, value in page.attributes if name == "href"} == {
        "https://example.org/2025-18",
        "https://example.org/list",
    }
    assert ("meta", "content", "default-src 'none'; style-src 'unsafe-inline'") in page.attributes


def test_hostile_text_is_shown_as_text(page: Page):
    text = "".join(page.text)
    assert "<b>x</b>" in text
    assert "<i>own</i>" in text
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e]", text)


def test_every_flagged_line_has_its_card(page: Page, run: ScreeningRun):
    cards = [value for tag, name, value in page.attributes if tag == "details" and name == "id"]
    assert cards == ["line-1", "line-7", "line-2", "line-3", "line-8", "line-11"]
    text = "".join(page.text)
    flagged = run.hits.filter(run.hits["line"].is_in([1, 2, 3, 7, 8, 11]))
    assert all(identity in text for identity in flagged["id"])
    assert all(rule in text for rule in run.rules["id"])


def test_the_page_counts(run: ScreeningRun, tmp_path: Path):
    source = write(run, tmp_path / "a.html").read_text(encoding="utf-8")
    counts = re.findall(r'<li class="(\w+)"><b>(\d+)</b>', source)
    assert counts == [("hold", "3"), ("review", "3"), ("not_judged", "1"), ("clear", "15")]
    text = "".join(Page(source).text)
    for part in [
        *run.meta.scope,
        *run.meta.warnings,
        run.meta.digest,
        "Is cn-mofcom-2024-46 in force",
        "cut in the middle",
        "“Spare parts” names no goods",
    ]:
        assert part in text


def test_pictures_are_well_formed_and_named(run: ScreeningRun, tmp_path: Path):
    source = write(run, tmp_path / "a.html").read_text(encoding="utf-8")
    drawings = re.findall(r"<svg.*?</svg>", source, flags=re.DOTALL)
    assert len(drawings) == 5
    for drawing in drawings:
        root = ET.fromstring(drawing)  # noqa: S314 - our own page
        assert root.get("role") == "img"
        assert root.get("aria-label")


def test_too_many_cards_are_cut_and_said_so(run: ScreeningRun, tmp_path: Path):
    write_html(run, tmp_path / "a.html", Words("en"), card_limit=2)
    source = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert source.count('<details class="card') == 2
    assert "The 2 gravest of 6 flagged lines are shown" in source


def test_a_run_without_lines_says_so(empty_run: ScreeningRun, tmp_path: Path):
    page = Page(write(empty_run, tmp_path / "a.html").read_text(encoding="utf-8"))
    assert "nothing to screen" in "".join(page.text)


def test_the_outcome_bar_fills_the_width(run: ScreeningRun):
    pieces = pictures.outcome_bar(run)
    assert sum(piece.count for piece in pieces) == 22
    assert sum(piece.length for piece in pieces) == pytest.approx(pictures.WIDTH, abs=0.1)


def test_routes_and_time_count_every_flagged_line(run: ScreeningRun):
    flow = pictures.flow(run, "other")
    assert flow is not None
    assert sum(ribbon["count"] for ribbon in flow["ribbons"]) == 6
    assert {node["name"] for node in flow["nodes"]} == {"CN", "US", "AE", "JP", "VN", "DE"}
    timeline = pictures.timeline(run)
    assert timeline is not None
    assert sum(column["count"] for column in timeline["columns"]) == 6
