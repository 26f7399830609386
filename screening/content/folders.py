"""Where the shipped content lies, and what was worked out from it: in the checkout, or else in the installed package."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE = Path(__file__).parents[1]
_READ = (".py", ".yaml", ".yml", ".jsonl")
"""What content and program are made of."""


@cache
def checkout() -> Path | None:
    """The project folder if this is a checkout, else None."""
    root = _PACKAGE.parent
    return root if (root / "pyproject.toml").is_file() and (root / "rules").is_dir() else None


def bundled(kind: str) -> Path:
    """The shipped ``rules`` or ``watchlists`` folder.

    An editable install must read the checkout: the copy that the build backend leaves in site-packages is stale.
    """
    root = checkout()
    return root / kind if root else _PACKAGE / "_content" / kind


def worked_out(name: str) -> Path:
    """The file ``name`` that was worked out from the shipped content: the wheel carries it, a checkout keeps it in ``.cache/``.

    There it is keyed by names, sizes and times of content and program, as Python does with its own compiled files.
    """
    root = checkout()
    if root is None:
        return _PACKAGE / "_content" / name
    stem, dot, suffix = name.partition(".")
    return root / ".cache" / f"{stem}-{_key(root)}{dot}{suffix}"


def keep(name: str, data: bytes) -> None:
    """Keep ``data`` as the file ``name`` in a checkout's cache, in the place of older ones; a read-only checkout works too."""
    if checkout() is None:
        return
    path = worked_out(name)
    with contextlib.suppress(OSError):
        path.parent.mkdir(exist_ok=True)
        for old in path.parent.glob(f"{name.partition('.')[0]}-*"):
            old.unlink(missing_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(temporary).replace(path)


@cache
def _key(root: Path) -> str:
    digest = hashlib.sha256()
    for folder in (root / "rules", root / "watchlists", _PACKAGE):
        for path, found in sorted(_files(str(folder)), key=lambda each: each[0]):
            digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\0".encode())
    return digest.hexdigest()[:24]


def _files(folder: str) -> Iterator[tuple[str, os.stat_result]]:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir():
                yield from _files(entry.path)
            elif entry.name.endswith(_READ):
                yield entry.path, entry.stat()
