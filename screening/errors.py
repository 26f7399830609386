"""The error tree.

    ScreeningError
    ├── ContentError      a rule file, list file or other content is wrong; carries every problem found
    ├── ManifestError     a manifest cannot be read
    ├── ListError         a published list cannot be used; the list in use stays in use
    ├── ReportError       a report cannot be written
    └── UsageError        an argument makes no sense (unknown column, unknown rule id, bad date)

Every message says what happened, where, and what to do. A caller who catches ``ScreeningError`` has caught all.
"""

from __future__ import annotations

from dataclasses import dataclass


class ScreeningError(Exception):
    """Base of every error this package raises on purpose."""


_LONGEST = 600
"""Characters of a problem that are shown: what stands in a file may be of any length."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a content file."""

    path: str
    line: int
    """Line in the file from 1; 0 where the whole file is meant."""
    message: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        message = self.message if len(self.message) <= _LONGEST else f"{self.message[:_LONGEST]}…"
        return f"{place}: {message}"


class ContentError(ScreeningError):
    """Content that cannot be used. ``problems`` holds all of them, over all files, in file and line order."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems, key=lambda p: (p.path, p.line, p.message))
        count = len(self.problems)
        head = f"{count} problem{'s' if count != 1 else ''} in the content; nothing was screened. Correct the lines named here:"
        super().__init__("\n".join([head, *map(str, self.problems)]))


class ManifestError(ScreeningError):
    """A manifest that cannot be read. The message names file, sheet and row where they are known."""


class ListError(ScreeningError):
    """A list file that cannot be used. The message names the file and, where known, the row."""


class ReportError(ScreeningError):
    """A report that cannot be written."""


class UsageError(ScreeningError):
    """An argument that makes no sense."""
