"""What ``screening rules …`` says, as text."""

# ruff: noqa: PLC0415 - a command imports what it needs, when it needs it
from __future__ import annotations

import re
from typing import TYPE_CHECKING

import polars as pl

from screening.cli.explain import nearest
from screening.content.folders import bundled
from screening.errors import UsageError
from screening.terms import OUTCOMES
from screening.tools.contents import content_of, load

if TYPE_CHECKING:
    import datetime as dt
    from pathlib import Path

    from screening.content.models import Content
    from screening.tools.diff import Difference


def rule_rows(rules: list[Path], *, shipped: bool, language: str) -> list[tuple[str, str, str, str]]:
    """Every applied rule and item: id, family, what it asks for, title; by id."""
    content = load(rules, law=shipped)
    applied = [rule for rule in content.rules.values() if rule.status != "retired"]
    rows = [(r.id, r.family, r.parties or r.action, r.title.get(language)) for r in applied]
    rows += [
        (f"{i.id}/{item.code}", "control", item.consequence, item.title.get(language))
        for i in content.instruments.values()
        for item in i.items
        if item.status != "retired"
    ]
    return sorted(rows)


def source_of(rule: str, rules: list[Path]) -> str:
    """The text of a rule as it stands in its file, with the place.

    Raises:
        UsageError: there is no such rule.
    """
    content = load(rules, examples=True)
    ident, _, code = rule.partition("/")
    place = content.places.get(f"rules:{rule}") or content.places.get(f"instruments:{ident}")
    if place is None:
        raise UsageError(f"There is no rule {rule!r}.{nearest(content, rule)} `screening rules list` names all.")
    name, line = place
    roots = [bundled("rules").parent, bundled("watchlists").parent, *(folder.parent for folder in rules)]
    path = next((root / name for root in roots if (root / name).is_file()), None)
    if path is None:
        raise UsageError(f"The file {name} that holds {rule!r} is no longer there.")
    lines = path.read_text(encoding="utf-8").splitlines()
    if code:
        named = re.compile(rf"\s*- .*\bcode:\s*[\"']?{re.escape(code)}[\"']?\s*(,|\}}|$)")
        starts = [index for index, text in enumerate(lines) if named.match(text)]
        if not starts:
            raise UsageError(f"{ident} has no item {code!r}; `screening explain {ident}` names its items.")
        line = starts[0] + 1
    return f"{name}:{line}\n" + "\n".join(_block(lines, line - 1))


def _block(lines: list[str], start: int) -> list[str]:
    """The list entry, or the whole file's mapping, that begins at ``start``."""
    indent = len(lines[start]) - len(lines[start].lstrip())
    if not lines[start].lstrip().startswith("- "):
        return lines[start:]
    end = start + 1
    while end < len(lines) and (not lines[end].strip() or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    return lines[start:end]


def check_content(folders: list[Path], day: dt.date | None) -> tuple[list[str], str]:
    """Check content: warnings on the files of ``folders`` (or all), and what was checked.

    Raises:
        ContentError: with every problem of every file.
    """
    from screening.content.load import content_files
    from screening.tools.lint import lint

    own = [bundled("rules").resolve(), bundled("watchlists").resolve()]
    folders = [folder for folder in folders if not any(folder.resolve().is_relative_to(root) for root in own)]
    content = load(folders, examples=True)
    names = {name for _, name in content_files(folders)}
    found = [*content.advice, *lint(content, day)]
    warnings = sorted({str(p) for p in found if not folders or p.path in names})
    return [f"warning: {warning}" for warning in warnings], _checked(content, len(warnings))


def _checked(content: Content, warnings: int) -> str:
    items = sum(len(i.items) for i in content.instruments.values())
    examples = sum(len(r.examples) for r in content.rules.values())
    examples += sum(len(item.examples) for i in content.instruments.values() for item in i.items)
    entries = sum(len(w.entries) for w in content.watchlists.values())
    more = f"; {warnings} warning{'s' if warnings != 1 else ''}" if warnings else ""
    return (
        f"No problems. {len(content.rules)} rules, {len(content.instruments)} instruments with {items} items, "
        f"{len(content.watchlists)} lists with {entries} entries, {examples} examples; content version {content.version}{more}."
    )


def test_rules(only: str, rules: list[Path]) -> tuple[str, int]:
    """Run the examples; returns what to print and how many failed."""
    from screening.examples import run_examples

    content = load(rules, examples=True)
    outcomes = run_examples(content, only)
    if not outcomes:
        raise UsageError(f"No rule with examples has an id that begins with {only!r}.{nearest(content, only)}")
    failed = [o for o in outcomes if not o.ok]
    rows = [f"FAILED {o.rule}: {o.example.name}: expected {o.example.expect}, got {o.got} ({o.detail})" for o in failed]
    counts = {kind: sum(o.example.expect == kind for o in outcomes) for kind in ("hit", "clear", "not_judged")}
    told = ", ".join(f"{n} expected {kind}" for kind, n in counts.items())
    count = len({o.rule for o in outcomes})
    rows.append(f"{len(outcomes) - len(failed)} of {len(outcomes)} examples hold ({told}) in {count} rules.")
    return "\n".join(rows), len(failed)


def diff_rules(old: str, new: str, manifests: list[str], as_of: str | None, bound_by: str | None) -> tuple[str, bool]:
    """What differs on ``manifests`` between two contents, as text, and whether anything does."""
    from screening.tools.diff import diff

    found = diff(content_of(old), content_of(new), manifests, as_of=as_of, bound_by=bound_by)
    return "\n".join(_difference(found)), bool(found)


def _difference(found: Difference) -> list[str]:
    old, new = found.old, found.new
    changed = sum(count for _, _, count in found.moved)
    rows = [
        *(
            f"{name}  content {run.meta.content_version}: {run.rules.height} rules, "
            + ", ".join(f"{run.counts[outcome]:,} {outcome}" for outcome in OUTCOMES)
            for name, run in (("Old", old), ("New", new))
        ),
        f"{old.counts['lines']:,} lines: {changed:,} change their outcome, {found.lines.height - changed:,} only their hits.",
    ]
    if not found:
        return rows
    rows += ["", *(f"  {was} -> {now}  {count:,}" for was, now, count in found.moved)]
    rows += ["", "Rules, with the lines on which they newly hit, hit no more, or ask for something else"]
    rows += [f"  {rule}  +{more} -{fewer} ~{other}" for rule, more, fewer, other in found.rules.iter_rows()]
    rows += ["", "Lines"]
    hits = found.hits.group_by("line", maintain_order=True).agg(pl.concat_list("rule", "old", "new"))
    told = dict(hits.iter_rows())
    for line, file, sheet, row, was, now in found.lines.iter_rows():
        place = ", ".join(filter(None, [file, sheet and f"sheet {sheet}", f"row {row}"]))
        rows.append(f"  {line} ({place}): {was if was == now else f'{was} -> {now}'}")
        rows += [f"      {rule}: {before or 'nothing'} -> {after or 'nothing'}" for rule, before, after in told.get(line, [])]
    return rows


def write_rule_pages(folder: Path, rules: list[Path], *, shipped: bool) -> str:
    """Write the pages and say what was done."""
    from screening.tools.pages import write_pages

    written, gone = write_pages(load(rules, examples=True, law=shipped), folder)
    return f"{folder}: {written} pages written, {gone} taken away, the others are as they were."


def profile_rules(manifests: list[str], rules: list[Path], *, shipped: bool) -> str:
    """What each rule costs on ``manifests`` and how often it hits, the dearest first."""
    from screening.screener import Screener
    from screening.tools.profile import profile

    found = profile(Screener(rules, shipped=shipped), manifests)
    stages = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in found.stages.items())
    rows = [
        f"{found.lines:,} lines: {stages}.",
        "Each rule by itself, on the lines it may speak of; - where no line could meet it.",
        "",
        f"{'ms':>9} {'hits':>9} {'not judged':>11}  rule",
    ]
    for rule, seconds, hits, missing in found.rules.iter_rows():
        spent = f"{seconds * 1000:.2f}" if seconds is not None else "-"
        rows.append(f"{spent:>9} {hits:>9,} {missing:>11,}  {rule}")
    return "\n".join(rows)
