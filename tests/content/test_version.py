"""The content's version is a calendar version, and its changelog begins with it."""

from __future__ import annotations

import re

from screening.content.folders import bundled
from screening.content.snapshot import shipped

VERSION = re.compile(r"20\d\d\.(?:[1-9]|1[0-2])\.[1-9]\d*(?:\.[1-9]\d*)?")
"""YEAR.MONTH.MINOR, and PATCH where there is one."""


def test_the_changelog_begins_with_the_version_and_goes_back_in_order() -> None:
    text = (bundled("rules") / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert versions[0] == shipped().version
    assert all(VERSION.fullmatch(version) for version in versions)
    numbers = [tuple(map(int, version.split("."))) for version in versions]
    assert numbers == sorted(set(numbers), reverse=True)
