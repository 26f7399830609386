"""A file appears whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from screening.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from screening.terms import InputReading


def destination(path: str | Path, inputs: Iterable[InputReading]) -> Path:
    """The real place of ``path``, or ReportError where a report must not or cannot be written there."""
    path = Path(path)
    try:
        target = path.resolve()
        if target.is_dir():
            message = f"Cannot write the report {path}: it is a folder. Give a file name."
            raise ReportError(message)
        if target.exists() and not target.is_file():
            message = f"Cannot write the report {path}: it is a device or a pipe. Give a file name."
            raise ReportError(message)
        if not target.parent.is_dir():
            message = f"Cannot write the report {path}: the folder {target.parent} does not exist. Create it first."
            raise ReportError(message)
        for manifest in inputs:
            if _same(target, Path(manifest.path)):
                message = f"Cannot write the report {path}: it is one of the manifests that were screened. Choose another name."
                raise ReportError(message)
    except (OSError, ValueError, RuntimeError) as error:
        message = f"Cannot write the report {path}: {getattr(error, 'strerror', None) or error}. Choose another name."
        raise ReportError(message) from error
    return target


@contextmanager
def whole(target: Path) -> Iterator[Path]:
    """A temporary path beside ``target`` that replaces it when the block ends well, and vanishes when it does not.

    Raises ReportError where the system refuses; any other exception, an interrupt too, passes through.
    """
    part = target.with_name(f".{target.name[:80]}.{secrets.token_hex(6)}.part")
    try:
        part.touch(exist_ok=False)  # an unwritable place is noticed before any work
        yield part
        os.replace(part, target)
    except (OSError, pl.exceptions.PolarsError) as error:  # some of polars' writers tell of a full disk in words of their own
        reason = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        message = f"Cannot write the report {target}: {reason}. Check the folder's rights and free space."
        raise ReportError(message) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _same(target: Path, manifest: Path) -> bool:
    try:
        return target == manifest.resolve() or (target.exists() and manifest.exists() and os.path.samefile(target, manifest))
    except (OSError, ValueError):
        return False
