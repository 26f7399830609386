"""Checks facts that say how things are written: patterns that can be searched for, characters that are single ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from screening.content.conditions import pattern_trouble

if TYPE_CHECKING:
    from screening.content.document import Document
    from screening.errors import Problem


def check_spellings(document: Document) -> list[Problem]:
    """What is wrong with the ``measures`` and ``characters`` of a document, which are of the right shape."""
    before = len(document.problems)
    for measure, patterns in document.data.get("measures", {}).items():
        for index, given in enumerate(patterns):
            place = ("measures", measure, index, "pattern")
            groups = ("lo", "hi") if given.get("nines") else ("lo",)
            if trouble := pattern_trouble(given["pattern"]):
                document.problem(place, f"is no regular expression: {trouble}")
            elif missing := [group for group in groups if f"(?P<{group}>" not in given["pattern"]]:
                document.problem(place, f"needs a group (?P<{missing[0]}>…) around the number")
    for character in document.data.get("characters", {}):
        if len(character) != 1:
            document.problem(("characters", character), f"{character!r} is not one character; each stands for one")
    return document.problems[before:]
