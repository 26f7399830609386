"""EDIFACT is cut into segments, elements and components as it was put together, whatever signs an interchange uses."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from screening.manifest.messages.definitions import stitched
from screening.manifest.messages.interchange import Syntax, edifact_syntax, segments

SIGNS = st.sampled_from([":+?'", "|*\\~", ";,!#", "\x1f\x1d?\x1c"])
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\ufeff"), max_size=12)
ELEMENTS = st.lists(st.lists(TEXT, min_size=1, max_size=4), max_size=5)
TAGS = st.from_regex(r"[A-Z]{3}", fullmatch=True)


def _escaped(text, signs):
    return "".join(signs[2] + char if char in signs else char for char in text)


def _written(found, signs):
    component, element, _, end = signs
    return "".join(
        element.join([tag, *(component.join(_escaped(text, signs) for text in parts) for parts in elements)]) + end
        for tag, elements in found
    )


@given(st.lists(st.tuples(TAGS, ELEMENTS), max_size=6), SIGNS, st.integers(min_value=1, max_value=9))
def test_what_was_written_is_read_back_however_the_blocks_fall(found, signs, size):
    syntax = Syntax(*signs)
    text = _written(found, signs)
    blocks = [text[start : start + size] for start in range(0, len(text), size)]
    read = [(segment.tag, [list(parts) for parts in segment.elements]) for segment in segments(iter(blocks), syntax)]
    assert read == [(tag, elements) for tag, elements in found]


@given(st.text(max_size=200))
def test_any_text_is_cut_without_an_error_and_nothing_of_it_is_lost(text):
    syntax = Syntax(":", "+", "?", "'")
    read = list(segments(iter([text]), syntax))
    kept = "".join(segment.tag + "".join("".join(parts) for parts in segment.elements) for segment in read)
    signs = ":+?' \t\r\n\ufeff\x1a"
    assert {char for char in text if char not in signs and not char.isspace()} == {
        char for char in kept if char not in signs and not char.isspace()
    }


@given(st.text(max_size=60))
def test_the_beginning_of_an_interchange_is_known_or_not_without_an_error(text):
    for head in (text, "UNA" + text, "UNB" + text, "UNA:+.? '" + text):
        edifact_syntax(head)


def test_the_signs_are_taken_from_una_or_from_unb():
    assert edifact_syntax("UNA|*.\\ ~\r\nUNB*UNOC|3*A") == Syntax("|", "*", "\\", "~", "UNOC")
    assert edifact_syntax("UNB+UNOA:1+A'") == Syntax(":", "+", "?", "'", "UNOA")
    assert edifact_syntax("UNB\x1dUNOB\x1f1\x1dA\x1c") == Syntax("\x1f", "\x1d", "?", "\x1c", "UNOB")
    assert edifact_syntax("UNB+UNOA:1+A\nUNH+1") == Syntax(":", "+", "?", "\n", "UNOA")
    assert edifact_syntax("UNIT;PRICE") is None
    assert edifact_syntax("UNBELIEVABLE GOODS") is None


def test_a_segment_knows_its_line():
    text = "UNB+UNOA'\r\nUNH+1'\n\n  BGM+1\n0'RFF+AB'"
    assert [(s.tag, s.line) for s in segments(iter([text]), Syntax(":", "+", "?", "'"))] == [
        ("UNB", 1),
        ("UNH", 2),
        ("BGM", 4),
        ("RFF", 5),
    ]


def test_parts_as_long_as_the_screen_belong_together():
    assert stitched(["abcde", "fg", "h"], 5) == "abcdefg h"
    assert stitched(["ab:d", "ef"], 5) == "ab:def"  # the colon had its release character
