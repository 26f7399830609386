"""Fetches lists from their publishers. A list in use is only ever replaced by one that was read whole and checked."""

from __future__ import annotations

import http.client
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from screening.content.listfile import SUFFIX, read_list, write_list
from screening.errors import ContentError, ListError
from screening.parties.comparing import changes, check_successor
from screening.parties.formats.raw import LARGEST
from screening.parties.importing import Choices, Imported, import_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Progress = Callable[[int, int | None], None]
    """Told how many bytes of a file have come, and how many will where the server says so."""

    from screening.content.listmodels import Watchlist
    from screening.content.models import Content

_WAIT = 60
"""Seconds without a byte after which a publisher counts as out of reach."""
_STEP = 1 << 20
_AGENT = "export-screening (watchlist update)"


@dataclass(slots=True)
class Update:
    """What became of one list."""

    id: str
    state: str
    """``new``, ``updated``, ``unchanged``; ``refused``: the list in use stays, ``problems`` say why."""
    watchlist: Watchlist
    path: Path
    counts: dict[str, int] = field(default_factory=dict)
    """Entries added, removed and changed."""
    problems: list[str] = field(default_factory=list)


def current(folder: Path, ident: str) -> Watchlist | None:
    """The list in use; None where there is none, or none that can be read."""
    path = folder / f"{ident}{SUFFIX}"
    try:
        return read_list(path) if path.is_file() else None
    except ContentError:
        return None


def keep(folder: Path, found: list[Imported], content: Content, *, accept: bool = False) -> list[Update]:
    """Put lists in the place of those in use; a list whose one in use is better is refused, and that stays.

    Args:
        folder: where the lists are kept.
        found: lists that were imported.
        content: the shipped content.
        accept: also where one is older or much smaller than the one in use, or comes from a file of several lists.
    """
    return [_kept(folder, one, content, accept=accept) for one in found]


def _kept(folder: Path, one: Imported, content: Content, *, accept: bool) -> Update:
    new, old = one.watchlist, current(folder, one.watchlist.id)
    path = folder / f"{new.id}{SUFFIX}"
    if old is not None and not accept:
        try:
            check_successor(old, new)
            _check_origin(old, new, content)
        except ListError as error:
            return Update(new.id, "refused", old, path, problems=[str(error)])
    found = changes(old, new) if old is not None else []
    files = [file.sha256 for file in old.files] if old is not None else []
    same = old is not None and not found and files == [file.sha256 for file in new.files] and old.effect == new.effect
    if not same:
        write_list(new, folder)
    counts = {what: sum(change.what == what for change in found) for what in ("added", "removed", "changed")}
    return Update(new.id, "new" if old is None else "unchanged" if same else "updated", new, path, counts, one.problems)


def _check_origin(old: Watchlist, new: Watchlist, content: Content) -> None:
    """A list as its authority publishes it says more than the same list within a file of several: it is not replaced by that."""
    gathered = {form for source in content.list_sources.values() if source.collection for form in source.formats}
    if new.format in gathered and old.format and old.format not in gathered:
        raise ListError(
            f"{new.id}: the list in use was made from {old.format}, which says more than a file of several lists; it stays. "
            "--accept takes the new one all the same."
        )


def _silent(done: int, whole: int | None) -> None:
    """The library prints nothing."""


def update(
    ident: str,
    folder: Path,
    content: Content,
    addresses: list[str] | None = None,
    *,
    accept: bool = False,
    progress: Progress = _silent,
) -> list[Update]:
    """Fetch a published list, or a file of several, and keep what comes in ``folder``.

    Args:
        ident: a list of official-lists.yaml.
        folder: where the lists are kept.
        content: the shipped content.
        addresses: other addresses than the publisher's, such as a mirror's.
        accept: also where a list is older or much smaller than the one in use.
        progress: told how much of each file has come.

    Raises:
        ListError: there is no such list, its publisher cannot be reached, or what came is damaged; the list in use stays.
    """
    source = content.list_sources.get(ident)
    if source is None:
        known = ", ".join(name for name, found in content.list_sources.items() if found.downloads)
        raise ListError(f"There is no published list {ident!r}; those with an address are {known}.")
    urls = addresses or source.downloads
    if not urls:
        raise ListError(f"{ident} has no address of its own; fetch it from {source.url} and import the file.")
    with tempfile.TemporaryDirectory() as temporary:
        paths = [fetch(url, Path(temporary), progress) for url in urls]
        named = {path.name: url for path, url in zip(paths, urls, strict=True)}
        found = import_files(paths, content, Choices(list_id="" if source.collection else ident, urls=named))
        if not source.collection:
            found = [one for one in found if one.watchlist.id == ident]
        if not found:
            raise ListError(f"{', '.join(urls)} holds other lists and not {ident}; the list in use stays.")
        results = keep(folder, found, content, accept=accept)
    return [*results, *(_gone(folder, {one.id for one in results}, source.formats) if source.collection else [])]


def _gone(folder: Path, came: set[str], formats: list[str]) -> list[Update]:
    """Lists in use that came from such a file before and are not in it any more."""
    found = [current(folder, path.stem) for path in sorted(folder.glob(f"*{SUFFIX}"))]
    return [
        Update(
            w.id, "refused", w, folder / f"{w.id}{SUFFIX}", problems=[f"{w.id}: the file has no such list any more; it stays."]
        )
        for w in found
        if w is not None and w.format in formats and w.id not in came
    ]


def to_fetch(kept: Iterable[Watchlist], content: Content) -> list[str]:
    """The published lists to fetch so that all of ``kept`` are new: their own, or the file of several they came from."""
    names: dict[str, None] = {}
    for watchlist in kept:
        source = content.list_sources.get(watchlist.id)
        gathered = [name for name, s in content.list_sources.items() if s.collection and watchlist.format in s.formats]
        if gathered:
            names[gathered[0]] = None
        elif source is not None and source.downloads:
            names[watchlist.id] = None
    return list(names)


def fetch(url: str, folder: Path, progress: Progress = _silent) -> Path:
    """Download one file.

    Raises:
        ListError: the address is none, cannot be reached, or sends less than it announced or more than any list has.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ListError(f"{url} is no address that lists are fetched from; it begins with https:// or http://.")
    path = folder / (Path(parts.path).name or "list")
    request = urllib.request.Request(url, headers={"User-Agent": _AGENT})  # noqa: S310 - the scheme is checked above
    try:
        with urllib.request.urlopen(request, timeout=_WAIT) as answer, path.open("wb") as file:  # noqa: S310
            announced = answer.headers.get("Content-Length")
            whole = int(announced) if announced and announced.isdecimal() else None
            size = 0
            while block := answer.read(_STEP):
                size += len(block)
                if size > LARGEST:
                    raise ListError(f"{url} sends more than {LARGEST:,} bytes; no list has so many. The list in use stays.")
                file.write(block)
                progress(size, whole)
    except urllib.error.HTTPError as error:
        error.close()
        said = f"the server answers {error.code} {error.reason}"
        raise ListError(f"{url} cannot be fetched ({said}); the list in use stays.") from None
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise ListError(f"{url} cannot be fetched ({reason}); the list in use stays.") from None
    if whole is not None and size != whole:
        raise ListError(f"{url} sent {size:,} of {whole:,} bytes; the list in use stays.")
    return path
