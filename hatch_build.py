"""Build hook: ships ``rules/`` and ``watchlists/`` inside the wheel, with a snapshot of them that was checked.

The snapshot is the content as parsed and validated, so that an installed program starts without parsing YAML.
Content that does not load stops the build with the problems it has.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class ContentBuildHook(BuildHookInterface):
    """Adds the content to a wheel. An editable install reads the checkout, so it gets no copy that would grow stale."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the snapshot and name the folders to ship."""
        if version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root))
        from screening.content.snapshot import write_snapshot  # noqa: PLC0415 - the package under build, not an installed one
        from screening.prepared import write_prepared  # noqa: PLC0415

        self._folder = tempfile.TemporaryDirectory()
        snapshot = Path(self._folder.name) / "snapshot.json"
        write_snapshot(snapshot)
        prepared = write_prepared(Path(self._folder.name))
        build_data["force_include"] |= {
            str(root / "rules"): "screening/_content/rules",
            str(root / "watchlists"): "screening/_content/watchlists",
            str(snapshot): "screening/_content/snapshot.json",
            **{str(path): f"screening/_content/{path.name}" for path in prepared},
        }

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the temporary snapshot."""
        if version != "editable":
            self._folder.cleanup()
