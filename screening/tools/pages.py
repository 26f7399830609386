"""The rules as pages to read: one for every instrument with its items, one for every other rule, and an index."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from screening.judge.wording import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from screening.content.models import Citation, Content, Dates, Example, Instrument, Item, Rule
    from screening.terms import Text

INDEX = "README.md"
_WRITTEN = "<!-- written by `screening rules pages`; change the rule instead -->"
_WIDTH = 120


def pages(content: Content) -> dict[str, str]:
    """File name to Markdown, for all rules and instruments of ``content`` (loaded with examples), and the index."""
    found = {INDEX: _index(content)}
    found |= {_file(law.id): _instrument(content, law) for law in content.instruments.values()}
    found |= {_file(rule.id): _rule(content, rule) for rule in content.rules.values()}
    return found


def write_pages(content: Content, folder: Path) -> tuple[int, int]:
    """Make ``folder`` hold exactly the pages of ``content``; returns how many were written and how many taken away.

    Only files that say of themselves that they are such pages are taken away.

    Raises:
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages(content)
    written = 0
    for name, text in wanted.items():
        path = folder / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8", newline="\n")
            written += 1
    old = [path for path in folder.glob("*.md") if path.name not in wanted and _WRITTEN in path.read_text(encoding="utf-8")]
    for path in old:
        path.unlink()
    return written, len(old)


# ---- index


def _index(content: Content) -> str:
    laws = sorted(content.instruments.values(), key=lambda law: (law.regime, law.dates.in_force, law.id))
    rows = [
        "# The rules, one by one",
        "",
        _WRITTEN,
        "",
        f"{len(laws)} instruments with {sum(len(law.items) for law in laws)} items, and {len(content.rules)} red flags, data"
        " findings and list rules. Items stand on the page of their instrument: they are read together, as in the notice, and"
        " hundreds of pages would differ in a line. Every other rule has a page of its own, under its permanent id.",
        "",
        "## Instruments",
        "",
        *_table(
            ("instrument", "title", "regime", "in force from", "items"),
            (
                (
                    f"[{name_of(law, 'en')}]({_file(law.id)})",
                    law.title.en,
                    law.regime,
                    str(law.dates.in_force),
                    str(len(law.items)),
                )
                for law in laws
            ),
        ),
    ]
    for family in sorted({rule.family for rule in content.rules.values()}):
        members = sorted((r for r in content.rules.values() if r.family == family), key=lambda r: r.id)
        rows += ["", f"## {family.capitalize()}", ""]
        rows += _table(("rule", "title", "asks for"), ((f"[{r.id}]({_file(r.id)})", r.title.en, _asks(r)) for r in members))
    return _text(rows)


# ---- one rule


def _rule(content: Content, rule: Rule) -> str:
    about = [
        ("family", rule.family),
        ("basis", rule.basis),
        ("asks for", _asks(rule)),
        ("confidence", rule.confidence),
        ("weakest fact", rule.certainty),
        ("regime", rule.regime),
        ("revision", f"{rule.revision}, {rule.status}"),
    ]
    return _text(
        [
            f"# {rule.id}",
            "",
            _WRITTEN,
            "",
            *_both(rule.title),
            "",
            *_table(("", ""), ((name, value) for name, value in about if value)),
            "",
            "## What it looks for",
            "",
            *_yaml(rule.detect),
            *(["", "over several lines:", "", *_yaml(_plain(rule.group))] if rule.group else []),
            "",
            "## What it says",
            "",
            *_both(rule.reason),
            "",
            "## What to do",
            "",
            *_both(rule.next_step),
            *_documents(content, rule.next_step.documents),
            *(["", f"Known false hits: {_escaped(rule.known_false_hits)}"] if rule.known_false_hits else []),
            *_cited(content, rule.citations),
            *_examples(rule.examples),
        ]
    )


# ---- one instrument


def _instrument(content: Content, law: Instrument) -> str:
    rows = [
        f"# {name_of(law, 'en')}",
        "",
        _WRITTEN,
        "",
        *_both(law.title),
        "",
        *_table(
            ("", ""),
            [
                ("id", f"`{law.id}`"),
                ("regime", law.regime),
                *_days(content, law.dates),
                ("last verified", str(law.verified_on)),
                *([("applies where", f"`{_flow(law.applies)}`")] if law.applies else []),
                *([("rests on", ", ".join(_linked(content, ident) for ident in law.legal_basis))] if law.legal_basis else []),
            ],
        ),
        *(["", *_both(law.note)] if law.note else []),
        *(["", "While its state is unconfirmed:", "", *_both(law.what_to_check)] if law.what_to_check else []),
    ]
    for provision in law.provisions:
        rows += ["", f"**{_escaped(provision.section)}** ({provision.read_in.replace('_', ' ')}, {provision.certainty})", ""]
        rows += _both(provision)
    rows += _cited(content, law.citations)
    for item in law.items:
        rows += ["", f"## {item.code}", "", *_item(content, law, item)]
    return _text(rows)


def _item(content: Content, law: Instrument, item: Item) -> Iterator[str]:
    about = [
        ("consequence", item.consequence),
        ("revision", f"{item.revision}, {item.status}"),
        ("weakest fact", item.certainty),
        *(_days(content, item.dates) if item.dates else []),
        *([("last verified", str(item.verified_on))] if item.verified_on else []),
        *([("applies where", f"`{_flow(item.applies)}`")] if item.applies else []),
        *([("decides, and asks where it is not stated", ", ".join(item.deciding))] if item.deciding else []),
        *([("only points to it", ", ".join(item.weak))] if item.weak else []),
        *([("usually not listed", item.usual_not_listed)] if item.usual_not_listed else []),
        *([("reference HS codes", ", ".join(f"{r.code}{' (basket)' if r.basket else ''}" for r in item.reference_hs))]),
    ]
    yield from _both(item.title)
    yield ""
    yield from _table(("", ""), ((name, value) for name, value in about if value))
    if item.detect:
        yield from ("", *_yaml(item.detect))
    for text in (item.reason, item.note, item.next_step):
        if text:
            yield from ("", *_both(text))
    yield from _documents(content, item.settles)
    if item.known_false_hits:
        yield from ("", f"Known false hits: {_escaped(item.known_false_hits)}")
    yield from _cited(content, item.citations, head="")
    shared = f" All lines have, unless they say otherwise, `{_flow(law.example_line)}`." if law.example_line else ""
    yield from _examples(item.examples, head="", more=shared)


def _linked(content: Content, ident: str) -> str:
    return f"[{ident}]({_file(ident)})" if ident in content.instruments else ident


def _file(ident: str) -> str:
    """The file of an entry's page: an id of a user's own may hold what no file name should."""
    return f"{re.sub(r'[^-+().0-9A-Za-z]', '_', ident).lstrip('.')}.md"


def _days(content: Content, dates: Dates) -> list[tuple[str, str]]:
    rows = [("issued", str(dates.issued or "")), ("in force from", str(dates.in_force))]
    for pause in dates.suspensions:
        by = f", by {_linked(content, pause.by)}" if pause.by else ""
        rows.append(("suspended", f"{pause.from_} to {pause.until or 'no day named'}{by}"))
    return [row for row in [*rows, ("ended on", str(dates.ended or ""))] if row[1]]


# ---- parts


def _asks(rule: Rule) -> str:
    return f"by effect: {rule.parties}" if rule.parties else rule.action


def _both(text: Text | Any) -> list[str]:
    """English, and Chinese below it."""
    return [_escaped(text.en), *(["", _escaped(text.zh)] if text.zh else [])]


def _documents(content: Content, ids: Iterable[str]) -> list[str]:
    names = ", ".join(content.documents[ident].en for ident in ids)
    return ["", f"Papers: {_escaped(names)}."] if names else []


def _cited(content: Content, citations: list[Citation], head: str = "## Where it stands") -> list[str]:
    rows = []
    for cited in citations:
        source = content.sources.get(cited.source)
        title = _escaped(source.title if source else cited.source)
        where = f"[{title}]({source.url})" if source and source.url else title
        section = f", {_escaped(cited.section)}" if cited.section else ""
        claim = f": {_escaped(cited.claim)}" if cited.claim else ""
        rows.append(f"- {where}{section}{claim} ({cited.read_in.replace('_', ' ')})")
    return ["", *([head, ""] if head else []), *rows] if rows else []


def _examples(examples: list[Example], head: str = "## Examples", more: str = "") -> list[str]:
    rows = []
    for example in examples:
        lines = "; then ".join(f"`{_flow(line)}`" for line in example.lines or [example.line])
        asked = ", ".join(filter(None, [example.expect.replace("_", " "), example.action, example.status.replace("_", " ")]))
        rows.append(f"- **{asked}**: {_escaped(example.name)}: {lines}")
    return ["", *([head, ""] if head else [f"Examples.{more}", ""]), *rows] if rows else []


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return lines + [f"| {' | '.join(cell.replace('|', chr(92) + '|').replace(chr(10), ' ') for cell in row)} |" for row in rows]


def _yaml(value: Any) -> list[str]:
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=_WIDTH, default_flow_style=None)
    return ["```yaml", *text.rstrip().splitlines(), "```"]


def _flow(value: Any) -> str:
    """A value on one line, as it would stand in a rule."""
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=10**9, default_flow_style=True).strip()
    return text.replace("`", "'")


def _plain(value: Any) -> dict[str, Any]:
    """The fields of a dataclass that say something."""
    return {name: getattr(value, name) for name in value.__dataclass_fields__ if getattr(value, name) not in (None, [], {}, "")}


def _escaped(text: str) -> str:
    """Text that Markdown shows as it is."""
    return " ".join(text.split()).replace("<", "&lt;").replace("*", "\\*") if text else ""


def _text(rows: Iterable[str]) -> str:
    return "\n".join(rows).rstrip() + "\n"
