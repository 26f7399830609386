"""Finds the content that a command speaks of: the shipped one, one with additions, or a whole other one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from screening.content.listfile import with_folders
from screening.content.snapshot import shipped
from screening.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.content.models import Content

SHIPPED = "shipped"
"""Names the shipped content where a folder could stand."""
_NAMED = 3


def load(rules: Sequence[Path], *, examples: bool = False, law: bool = True) -> Content:
    """The shipped content and what is added to it.

    Args:
        rules: folders or files of rules, facts or lists to add.
        examples: with the examples of shipped rules too; those of ``rules`` are always there.
        law: False leaves the shipped rules and lists out.

    Raises:
        ContentError: with every problem of every file.
    """
    content = shipped(examples=examples, law=law)
    return with_folders(rules, content) if rules else content


def _fitting(content: Content, place: Path) -> Content:
    """The content, if it has everything this program asks a whole content for by name.

    Raises:
        UsageError: it was made for another program.
    """
    own = shipped()
    missing = [
        f"{table}.{key}"
        for table in ("decision", "texts", "party_matching", "party_words", "measures", "relations")
        for key in getattr(own, table)
        if key not in getattr(content, table)
    ]
    if missing:
        more = f" and {len(missing) - _NAMED} more" if len(missing) > _NAMED else ""
        raise UsageError(
            f"{place}: this content was made for another version of the program: it lacks {', '.join(missing[:_NAMED])}{more}. "
            "Screen with the version it came with, and compare the reports."
        )
    return content


def content_of(place: str) -> Content:
    """The content a name stands for: ``shipped``; a folder that holds all of another version; or rules added to the shipped ones.

    A whole content is a folder with ``rules/content.yaml`` in it (``watchlists/`` beside ``rules/``), or such a ``rules`` folder.

    Raises:
        ContentError: with every problem of every file.
        UsageError: there is nothing of this name.
    """
    if place == SHIPPED:
        return shipped()
    path = Path(place)
    if not path.exists():
        raise UsageError(
            f"{place}: there is no such folder or file; name one, or `{SHIPPED}` for the rules that come with the program."
        )
    for rules in (path / "rules", path):
        if (rules / "content.yaml").is_file():
            from screening.content.load import load as load_folders  # noqa: PLC0415 - reads YAML; the shipped content needs none

            lists = rules.resolve().parent / "watchlists"
            return _fitting(load_folders([rules, *([lists] if lists.is_dir() else [])], own=True), rules)
    return with_folders([path], shipped())
