"""The reports' own words in the language asked for; the texts themselves are in ``words.json``.

What a rule says comes from rules/, not from there. A sentence with a count may have two forms, ``one`` and ``many``; ``{n}`` is
the count. JSON, because every start reads it and YAML takes ten times as long.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from screening.errors import ReportError
from screening.terms import EXTRA, RAW, ROLES, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any, Literal

    from screening.terms import Language

LANGUAGES: tuple[Language, ...] = ("en", "zh", "both")


class Words:
    """The words of one language: ``words("head.rule")``, ``words.count("lines", 3)``."""

    def __init__(self, language: str) -> None:
        """Choose ``language``; raises ReportError where it is none of LANGUAGES."""
        if language not in LANGUAGES:
            message = f"There is no report in the language {language!r}. Choose one of: {', '.join(LANGUAGES)}."
            raise ReportError(message)
        self.language: Language = language

    def __call__(self, key: str, **values: object) -> str:
        """The text at the dotted ``key`` with ``values`` filled in; a Text among them in its own language."""
        return self.phrase(key, **values).get(self.language)

    def phrase(self, key: str, **values: object) -> Text:
        """The same in every language, to be filled into another sentence."""
        text = _texts()[key]
        return Text(
            text.en.format_map({name: _shown(value, "en") for name, value in values.items()}),
            text.zh.format_map({name: _shown(value, "zh") for name, value in values.items()}),
        )

    def has(self, key: str) -> bool:
        """Whether there is a text at ``key``."""
        return key in _texts()

    def of(self, kind: str, value: object) -> str:
        """The word for a value of the vocabulary (``of("outcome", "hold")``); the value itself where there is none."""
        if value is None:
            return ""
        text = _texts().get(f"{kind}.{value}")
        return text.get(self.language) if text else str(value).replace("_", " ")

    def amount(self, what: str, number: int) -> Text:
        """``number`` with its noun, to be filled into another sentence."""
        return self.phrase(f"count.{what}.{'one' if number == 1 else 'many'}", n=number)

    def count(self, what: str, number: int) -> str:
        """``number`` with its noun: "1 line", "2,000 lines"."""
        return self.amount(what, number).get(self.language)

    def all(self, key: str) -> list[str]:
        """The sentences listed at ``key``."""
        return [text.get(self.language) for name, text in _texts().items() if name.startswith(f"{key}.")]

    def table(self, kind: str) -> dict[str, str]:
        """Every word of one kind: value of the vocabulary to its word."""
        return {name.split(".", 1)[1]: text.get(self.language) for name, text in _texts().items() if name.startswith(f"{kind}.")}

    def document(self, name: str, names: Mapping[str, Text]) -> str:
        """The name of a document that a hit asks for; its id in plain words where the run brought no name."""
        return names[name].get(self.language) if name in names else name.replace("_", " ")

    def field(self, name: str) -> str:
        """The heading of a canonical, derived or carried-through column; an unknown name stays as it is."""
        if name.startswith((EXTRA, RAW)):
            return name.split(".", 1)[1]
        role = next((role for role in ROLES if name.startswith(f"{role}_")), None)
        if role and self.has(f"part.{name[len(role) + 1 :]}"):
            both = [Text(*(_texts()[key].en, _texts()[key].zh)) for key in (f"role.{role}", f"part.{name[len(role) + 1 :]}")]
            return Text(" ".join(text.en for text in both), "".join(text.zh for text in both)).get(self.language)
        return self.of("field", name)

    def fields(self, names: Iterable[str]) -> str:
        """Several headings in one text."""
        return ", ".join(self.field(name) for name in names)

    def pick(self, text: str | None, text_zh: str | None) -> str:
        """One of a pair of texts that came with the results."""
        return Text(text or "", text_zh or "").get(self.language)


@cache
def _texts() -> dict[str, Text]:
    tree = json.loads(files("screening.report").joinpath("words.json").read_text(encoding="utf-8"))
    return dict(_flat(tree, ""))


def _flat(tree: Any, prefix: str) -> Iterator[tuple[str, Text]]:
    if isinstance(tree, dict) and set(tree) == {"en", "zh"}:
        yield prefix, Text(tree["en"], tree["zh"])
        return
    for key, branch in tree.items() if isinstance(tree, dict) else enumerate(tree):
        yield from _flat(branch, f"{prefix}.{key}" if prefix else str(key))


def _shown(value: object, language: Literal["en", "zh"]) -> str:
    if isinstance(value, Text):
        return value.get(language)
    return f"{value:,}" if isinstance(value, int) else str(value)
