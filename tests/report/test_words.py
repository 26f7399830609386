"""Every word of the vocabulary has its text in both languages, and every text is used with the values it names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from screening import report
from screening.errors import ReportError
from screening.report import words as module
from screening.report.words import Words
from screening.results import DERIVED
from screening.terms import ACTIONS, COLUMNS, CONFIDENCES, FAMILIES, OUTCOMES

FOLDER = Path(report.__file__).parent


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("outcome", OUTCOMES),
        ("outcome_meaning", OUTCOMES),
        ("action", ACTIONS),
        ("confidence", CONFIDENCES),
        ("family", FAMILIES),
        ("basis", ("law", "red_flag", "data")),
        ("status", ("in_force", "suspended", "not_yet", "ended", "unconfirmed")),
    ],
)
def test_the_vocabulary_is_complete(kind: str, values: tuple[str, ...]):
    assert set(Words("en").table(kind)) == set(values)


def test_every_column_has_a_heading_in_both_languages():
    for name in [*COLUMNS, *DERIVED]:
        english, chinese = Words("en").field(name), Words("zh").field(name)
        assert english
        assert english != name or "_" not in name
        assert re.search("[\u4e00-\u9fff]", chinese), name


def test_every_text_has_both_languages():
    assert all(text.en and text.zh for text in module._texts().values())


def test_both_texts_name_the_same_values():
    for key, text in module._texts().items():
        assert set(re.findall(r"{(\w+)}", text.en)) == set(re.findall(r"{(\w+)}", text.zh)), key


def test_both_joins_the_languages_once():
    words = Words("both")
    assert words("sentence.within_scope", rules=words.amount("rules", 2), lists=words.amount("lists", 1), day="2026-01-01") == (
        "within the scope: 2 rules, 1 list, law known to 2026-01-01 / 范围：2 条规则、1 份名单，法规核实至 2026-01-01"
    )


def test_values_are_never_read_as_templates():
    assert "{0.__class__}" in Words("en")("sentence.and_more", n="{0.__class__}")


def test_carried_through_columns_keep_their_names():
    assert Words("zh").field("extra.Sales channel") == "Sales channel"


def test_every_key_written_in_the_package_exists():
    source = "\n".join(path.read_text(encoding="utf-8") for path in [*FOLDER.glob("*.py"), *FOLDER.glob("templates/*.jinja")])
    keys = set(re.findall(r"words(?:\.phrase)?\(\s*['\"]([a-z_]+\.[a-z_]+)['\"]", source))
    assert len(keys) > 60
    assert keys <= set(module._texts())


def test_an_unknown_language_is_refused():
    with pytest.raises(ReportError, match="no report in the language"):
        Words("de")
