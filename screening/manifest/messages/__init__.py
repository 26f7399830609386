"""Trade messages (XML, EDIFACT) as sheets: a goods item is a row, rules/reading/messages.yaml says what fills which column."""

from __future__ import annotations

from screening.manifest.messages.opening import ARCHIVES, MESSAGES, form_of, open_archive, open_message

__all__ = ["ARCHIVES", "MESSAGES", "form_of", "open_archive", "open_message"]
