"""What ``screening explain HIT --run FILE.json`` says: one hit of a finished run, out of its JSON report."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from screening.content.snapshot import shipped
from screening.errors import UsageError
from screening.report.safe import fit, terminal_text, wrap
from screening.report.words import Words

if TYPE_CHECKING:
    from pathlib import Path

_WIDTH = 80
_INDENT = "  "
_ANEW = "write it with `screening screen MANIFEST -o FILE.json`"
_LONGEST_VALUE = 200
"""Terminal columns of a cell's text; a declaration may hold pages."""


def explain_hit(ident: str, path: Path, language: str) -> str:
    """The explanation of a hit: where it stands, why, what was compared, what to do.

    Args:
        ident: Id of the hit, or its beginning where no other hit begins so.
        path: A JSON report of ``screening screen -o``.
        language: Language of headings; the texts of the hit stay in the language of the report.

    Raises:
        UsageError: ``path`` is no such report, or holds no such hit.
    """
    report, words = _read(path), Words(language)
    try:
        line, hit = _found(ident, report["lines"], path)
        return "\n".join([*_head(report, line, hit, words), *_why(hit, words), *_what_next(hit, line, words)])
    except (KeyError, TypeError, AttributeError, ValueError):
        raise UsageError(f"{path}: this JSON report is damaged; {_ANEW}.") from None


def _read(path: Path) -> dict[str, Any]:
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such file; {_ANEW}.") from None
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError):
        report = None
    if not isinstance(report, dict) or not {"run", "lines"} <= report.keys():
        raise UsageError(f"{path}: this is no JSON report of a run; {_ANEW}.")
    return report


def _found(ident: str, lines: list[Any], path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    wanted = ident.strip().lower()
    near = [(line, hit) for line in lines for hit in line["hits"] if wanted and hit["id"].startswith(wanted)]
    exact = [pair for pair in near if pair[1]["id"] == wanted]
    if len(exact or near) == 1:
        return (exact or near)[0]
    if near:
        raise UsageError(f"{path}: {len(near)} hits begin with {ident!r}; give all 16 characters of the id.")
    raise UsageError(f"{path}: there is no hit {ident!r} in this run; the ids stand in the report, beside each hit.")


def _head(report: dict[str, Any], line: dict[str, Any], hit: dict[str, Any], words: Words) -> list[str]:
    source = line["source"]
    place = words(
        "sentence.place" if source["sheet"] else "sentence.place_plain",
        file=source["file"] or "-",
        sheet=source["sheet"],
        row=source["row"],
    )
    asked = [
        words.of("action", hit["action"]),
        f"{words('head.confidence').lower()}: {words.of('confidence', hit['confidence'])}",
        words.of("basis", hit["basis"]),
        words.of("status", hit["status"]),
    ]
    rows = [
        f"{hit['title']} [{hit['rule']}]",
        f"{words('field.line')} {line['line']}: {place}",
        f"{words('head.hit')} {hit['id']}; {', '.join(part for part in asked if part)}",
        f"{words('field.outcome')}: {words.of('outcome', line['outcome'])}",
        f"{words('section.run')} {report['run'].get('id', '')}",
    ]
    if hit["group"]:
        rows.append(f"{words('head.group')}: {hit['group']}")
    return [terminal_text(row) for row in rows]


def _why(hit: dict[str, Any], words: Words) -> list[str]:
    rows = ["", words("head.reason"), *_wrapped(hit["reason"])]
    if hit["status_note"]:
        rows += ["", words("head.status"), *_wrapped(hit["status_note"])]
    rows += ["", words("head.evidence")]
    for piece in hit["evidence"]:
        parts = [f"{words.field(piece['field'])}:"]
        if piece["given"]:
            parts.append(f"“{fit(piece['given'], _LONGEST_VALUE)}”")
        if piece["compared"] and piece["compared"] != piece["given"]:
            parts.append(f"({words('head.compared').lower()}: {fit(piece['compared'], _LONGEST_VALUE)})")
        parts.append(words.of("method", piece["method"]))
        parts += [fit(str(piece[key]), _LONGEST_VALUE) for key in ("counterpart", "threshold") if piece[key]]
        if piece["score"] is not None:
            parts.append(f"({piece['score']:.2f})")
        rows += _wrapped(" ".join(part for part in parts if part))
    return rows


def _what_next(hit: dict[str, Any], line: dict[str, Any], words: Words) -> list[str]:
    rows = ["", words("head.next_step"), *_wrapped(hit["next_step"])]
    names = shipped().documents
    rows += [f"{_INDENT}- {terminal_text(words.document(document, names))}" for document in hit["documents"]]
    if hit["citations"]:
        rows += ["", words("head.citations")]
    for citation in hit["citations"]:
        section = f", {citation['section']}" if citation["section"] else ""
        rows += _wrapped(f"{citation['source']}{section} ({words.of('read_in', citation['read_in'])})")
        rows += [_INDENT + terminal_text(citation["url"])] if citation["url"] else []
    others = [other for other in line["hits"] if other["id"] != hit["id"]]
    if others:
        rows += ["", words("head.hits")]
        rows += [f"{_INDENT}{other['id']}  {words.of('action', other['action'])}  {fit(other['title'], 52)}" for other in others]
    return [*rows, "", f"screening explain {terminal_text(hit['rule'])}"]


def _wrapped(text: str) -> list[str]:
    return [_INDENT + row for row in wrap(text or "-", _WIDTH - len(_INDENT))]
