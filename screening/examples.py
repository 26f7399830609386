"""Runs the examples that stand inside rules: they are the tests of the content, its documentation, and the text of ``explain``.

All examples of rules for single lines are screened together, the same way as a manifest; each example of a rule over lines by
itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from screening.content.models import Example, Item, Rule
from screening.judge.binding import regimes_of
from screening.plaindata import record
from screening.screener import Screener

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.content.models import Content
    from screening.results import ScreeningRun


@record
class Outcome:
    """What one example came to."""

    rule: str
    example: Example
    got: str
    """``hit``, ``clear`` or ``not_judged``; ``mixed`` where its lines differ."""
    detail: str
    """Action and state of the hit, or what was missing."""
    ok: bool


def run_examples(content: Content, only: str = "") -> list[Outcome]:
    """Run the examples of all rules, or of those whose id begins with ``only``.

    Args:
        content: loaded with examples.
        only: beginning of a rule id.
    """
    home = sorted(regimes_of(content)) or None  # an example tells what its own law asks for, not what it is to a foreigner
    screener = Screener.of(content, bound_by=home)
    single: list[tuple[str, Example, list[dict[str, Any]]]] = []
    outcomes: list[Outcome] = []
    for rule, spec, example, shared in _examples(content):
        if not rule.startswith(only):
            continue
        lines = [_line({**shared, **line}, example) for line in (example.lines or [example.line])]
        if isinstance(spec, Rule) and spec.group is not None:
            outcomes.append(_outcome(rule, example, screener.screen(lines), 1, len(lines)))
        else:
            single.append((rule, example, lines))
    if single:
        run = screener.screen([line for _, _, lines in single for line in lines])
        index = _Index(run)
        first = 1
        for rule, example, lines in single:
            outcomes.append(_outcome(rule, example, index, first, len(lines)))
            first += len(lines)
    return sorted(outcomes, key=lambda o: (o.rule, o.example.name))


def _examples(content: Content) -> Iterator[tuple[str, Rule | Item, Example, dict[str, Any]]]:
    for rule in content.rules.values():
        for example in rule.examples:
            yield rule.id, rule, example, {}
    for instrument in content.instruments.values():
        for item in instrument.items:
            for example in item.examples:
                yield f"{instrument.id}/{item.code}", item, example, instrument.example_line


def _line(line: dict[str, Any], example: Example) -> dict[str, Any]:
    given = {column: value for column, value in line.items() if value is not None}
    if example.as_of is not None:
        given["declaration_date"] = example.as_of.isoformat()
    return given


class _Index:
    """Hits and gaps of a run by line and rule, read once."""

    def __init__(self, run: ScreeningRun) -> None:
        self.lines = run.counts["lines"]
        self.hits = {
            (line, rule): (action, status)
            for line, rule, action, status in run.hits.select("line", "rule", "action", "status").iter_rows()
        }
        self.missing = {(line, rule): missing for line, rule, missing in run.not_judged.iter_rows()}


def _outcome(rule: str, example: Example, run: ScreeningRun | _Index, first: int, count: int) -> Outcome:
    index = run if isinstance(run, _Index) else _Index(run)
    wanted = [first + number - 1 for number in example.on] or list(range(first, first + count))
    seen, details = set(), set()
    for line in wanted:
        if (line, rule) in index.hits:
            action, status = index.hits[line, rule]
            seen.add("hit")
            details.add(" ".join(filter(None, (action, status))))
            fits = example.action in (None, action) and example.status in ("", status or "")
        elif (line, rule) in index.missing:
            seen.add("not_judged")
            details.add("missing " + ", ".join(index.missing[line, rule]))
            fits = True
        else:
            seen.add("clear")
            fits = True
        if not fits:
            details.add(f"expected {example.action or ''} {example.status}".strip())
            return Outcome(rule, example, "hit", "; ".join(sorted(details)), ok=False)
    got = seen.pop() if len(seen) == 1 else "mixed"
    return Outcome(rule, example, got, "; ".join(sorted(details)), ok=got == example.expect)
