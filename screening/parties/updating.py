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
from screening.parties.importing import Choices, import_files

if TYPE_CHECKING:
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
    """``new``, ``updated``, ``unchanged``."""
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


def keep(folder: Path, new: Watchlist, *, accept: bool = False) -> Update:
    """Put a list in the place of the one in use.

    Args:
        folder: where the lists are kept.
        new: a list that was imported.
        accept: also where it is older or much smaller than the one in use.

    Raises:
        ListError: the list in use is better; it stays.
    """
    old = current(folder, new.id)
    if old is not None and not accept:
        check_successor(old, new)
    found = changes(old, new) if old is not None else []
    same = (
        old is not None
        and not found
        and [f.sha256 for f in old.files] == [f.sha256 for f in new.files]
        and old.effect == new.effect
    )
    path = folder / f"{new.id}{SUFFIX}" if same else write_list(new, folder)
    counts = {what: sum(change.what == what for change in found) for what in ("added", "removed", "changed")}
    return Update(new.id, "new" if old is None else "unchanged" if same else "updated", new, path, counts)


def update(ident: str, folder: Path, content: Content, addresses: list[str] | None = None, *, accept: bool = False) -> Update:
    """Fetch a published list and keep it in ``folder``.

    Args:
        ident: a list of official-lists.yaml.
        folder: where the lists are kept.
        content: the shipped content.
        addresses: other addresses than the publisher's, such as a mirror's.
        accept: also where it is older or much smaller than the one in use.

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
        paths = [fetch(url, Path(temporary)) for url in urls]
        named = {path.name: url for path, url in zip(paths, urls, strict=True)}
        found = import_files(paths, content, Choices(list_id=ident, urls=named))
        whole = next((one for one in found if one.watchlist.id == ident), None)
        if whole is None:
            ids = ", ".join(one.watchlist.id for one in found)
            raise ListError(f"{', '.join(urls)} holds {ids} and not {ident}; the list in use stays.")
        result = keep(folder, whole.watchlist, accept=accept)
        result.problems = whole.problems
        return result


def fetch(url: str, folder: Path) -> Path:
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
            size = 0
            while block := answer.read(_STEP):
                size += len(block)
                if size > LARGEST:
                    raise ListError(f"{url} sends more than {LARGEST:,} bytes; no list has so many. The list in use stays.")
                file.write(block)
    except urllib.error.HTTPError as error:
        error.close()
        said = f"the server answers {error.code} {error.reason}"
        raise ListError(f"{url} cannot be fetched ({said}); the list in use stays.") from None
    except (urllib.error.URLError, http.client.HTTPException, OSError) as error:
        reason = getattr(error, "reason", None) or error
        raise ListError(f"{url} cannot be fetched ({reason}); the list in use stays.") from None
    if announced and announced.isdigit() and size != int(announced):
        raise ListError(f"{url} sent {size:,} of {int(announced):,} bytes; the list in use stays.")
    return path
