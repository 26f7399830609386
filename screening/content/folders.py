"""Where the shipped content lies: the checkout while developing, the installed package otherwise."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


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


def packaged_snapshot() -> Path:
    """The parsed content that the wheel carries."""
    return _PACKAGE / "_content" / "snapshot.json"
