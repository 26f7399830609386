"""The project's own form of an imported list: one text file, its first line the header, every further line one entry, all JSON.

One file, so that header and entries cannot come apart and a new list replaces the old one at once. The header holds the
SHA-256 of the entries: what was cut off or changed by hand is refused, and what is whole need not be checked again.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from screening.content.listmodels import PartyEntry, Watchlist
from screening.content.snapshot import restorer, to_plain
from screening.errors import ContentError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.content.models import Content

SUFFIX = ".jsonl"
_FORM = "screening watchlist 1"
_DAYS = ("listed_on", "delisted_on")


def write_list(watchlist: Watchlist, folder: Path) -> Path:
    """Write a list to ``folder`` as ``<id>.jsonl``; the file appears whole or not at all.

    Returns:
        The path of the file.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    body = "".join(_line(entry) for entry in watchlist.entries).encode()
    header = {
        "form": _FORM,
        "entries_sha256": hashlib.sha256(body).hexdigest(),
        **to_plain(dataclasses.replace(watchlist, entries=[], sha256="")),
    }
    text = (json.dumps(header, ensure_ascii=False, separators=(",", ":")) + "\n").encode() + body
    handle, temporary = tempfile.mkstemp(dir=folder, suffix=".part")
    path = folder / f"{watchlist.id}{SUFFIX}"
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def _line(entry: PartyEntry) -> str:
    return json.dumps(to_plain(entry), ensure_ascii=False, separators=(",", ":")) + "\n"


def read_list(path: Path, shown_as: str | None = None) -> Watchlist:
    """Read a list of the own form.

    Raises:
        ContentError: the file is no such list, or not as it was written.
    """
    name = shown_as or str(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ContentError([Problem(name, 0, f"cannot be read: {error.strerror}")]) from None
    header, _, body = data.partition(b"\n")
    try:
        head = json.loads(header)
        if not isinstance(head, dict) or head.pop("form", None) != _FORM:
            raise ValueError
        expected = head.pop("entries_sha256", "")
        head["entries"] = []
        empty: Watchlist = restorer(Watchlist)(head)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        text = "is no list that `screening watchlists import` wrote; import the published file, or write a list by hand as .yaml"
        raise ContentError([Problem(name, 1, text)]) from None
    if hashlib.sha256(body).hexdigest() != expected:
        text = "is not as it was written (cut off, or changed by hand); import the published file again"
        raise ContentError([Problem(name, 0, text)])
    return dataclasses.replace(empty, entries=_entries(body), sha256=hashlib.sha256(data).hexdigest())


def with_folders(folders: Sequence[Path], base: Content) -> Content:
    """``base`` with the rules and lists below ``folders`` added; lists of the own form need neither YAML nor a validator.

    Raises:
        ContentError: with every problem of every file.
    """
    lists = [path for folder in folders for path in list_files(folder)]
    others = [folder for folder in folders if not _only_lists(folder)]
    if others:
        from screening.content.load import load  # noqa: PLC0415 - reads YAML and validates, which takes most of a second

        base = load(others, base=base)
    if not lists:
        return base
    content = dataclasses.replace(base, watchlists=dict(base.watchlists), hashes=dict(base.hashes))
    problems: list[Problem] = []
    for path in lists:
        try:
            watchlist = read_list(path)
        except ContentError as error:
            problems += error.problems
            continue
        content.hashes[f"{path.parent.name}/{path.name}"] = watchlist.sha256
        if watchlist.id in content.watchlists:
            problems.append(Problem(str(path), 1, f"the id {watchlist.id!r} stands twice"))
        if watchlist.effect not in content.decision["parties"]:
            problems.append(Problem(str(path), 1, f"decision.yaml has no effect {watchlist.effect!r} under parties"))
        content.watchlists[watchlist.id] = watchlist
    if problems:
        raise ContentError(problems)
    return content


def list_files(folder: Path) -> list[Path]:
    """The lists of the own form in ``folder`` and below, or ``folder`` itself where it is one."""
    if folder.is_file():
        return [folder] if folder.suffix == SUFFIX else []
    return sorted(folder.rglob(f"*{SUFFIX}"))


def _only_lists(folder: Path) -> bool:
    """Whether nothing but lists of the own form is there, and at least one of them."""
    found = list_files(folder)
    return bool(found) and (folder.is_file() or not any(path.suffix in (".yaml", ".yml") for path in folder.rglob("*.y*ml")))


def _entries(body: bytes) -> list[PartyEntry]:
    """The entries. The collector is stopped meanwhile: it would look at all of them again and again."""
    running = gc.isenabled()
    gc.disable()
    try:
        rows: list[dict[str, Any]] = json.loads(b"[" + body.rstrip(b"\n").replace(b"\n", b",") + b"]")
        whole = restorer(PartyEntry)
        return [whole(row) if "dates" in row else PartyEntry(**_dated(row)) for row in rows]
    finally:
        if running:
            gc.enable()


def _dated(row: dict[str, Any]) -> dict[str, Any]:
    for key in _DAYS:
        if key in row:
            row[key] = dt.date.fromisoformat(row[key])
    return row
