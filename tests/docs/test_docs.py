"""What the pages say is true: code runs, commands and options exist, examples hold, links lead somewhere."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
import yaml

from screening import Screener, results
from screening.cli.app import app
from screening.content import listmodels, models
from screening.content.confirmations import read_law
from screening.content.fields import FIELDS, OPERATORS, REFERENCES
from screening.content.load import load
from screening.content.snapshot import shipped
from screening.examples import run_examples
from screening.report.jsonfile import EVIDENCE_KEYS, HIT_KEYS
from screening.report.terminal import summary
from screening.report.words import Words
from screening.terms import COLUMNS, ROLES
from screening.tools.pages import pages

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").glob("*.md"), *(page for page in [ROOT / "README.md"] if page.exists())])
HELP = {"--help"}


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)


# ---- code


@pytest.mark.parametrize("page", [p for p in PAGES if "```python" in p.read_text(encoding="utf-8")], ids=lambda p: p.name)
def test_python_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples", ignore=shutil.ignore_patterns("golden", "sources", "__pycache__"))
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {}
    for block in blocks(page.read_text(encoding="utf-8"), "python"):
        exec(compile(block, page.name, "exec"), names)  # noqa: S102 - our own pages


@pytest.mark.parametrize("page", ["README.md", "docs/start.md"])
def test_the_summary_in_a_page_is_what_the_program_prints(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """But for its numbers, which move with the content."""
    monkeypatch.chdir(ROOT)
    run = Screener().screen("samples/documented-cases.xlsx", today=dt.date(2026, 11, 22))
    printed = [re.sub(r"[\d-]+", "#", line).split() for line in summary(run, []).partition("\nRules ")[0].splitlines()]
    shown = text(page)[text(page).index("Screened  1 file") :].partition("Rules ")[0].splitlines()
    assert [re.sub(r"[\d-]+", "#", line).split() for line in shown if line.strip()] == [line for line in printed if line]


def test_the_files_of_the_content_guide_check_and_their_examples_hold(tmp_path: Path) -> None:
    for block in blocks(text("docs/content-guide.md"), "yaml"):
        path = tmp_path / block.partition("\n")[0].removeprefix("# ")
        path.parent.mkdir(exist_ok=True)
        path.write_text(block, encoding="utf-8")
    content = load([tmp_path / "my-rules"], base=shipped())
    outcomes = run_examples(content)  # those of the guide alone: the snapshot carries none
    assert len({outcome.rule for outcome in outcomes}) == 3
    assert [outcome for outcome in outcomes if not outcome.ok] == []


def test_the_first_file_of_the_content_guide_stands_alone(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(blocks(text("docs/content-guide.md"), "yaml")[0], encoding="utf-8")
    assert "own.litter-without-brand" in load([tmp_path], base=shipped()).rules


@pytest.mark.parametrize("name", ["notice.yaml", "least.yaml", "no-credit.yaml"])
def test_a_file_of_the_content_guide_that_needs_no_other(name: str, tmp_path: Path) -> None:
    block = next(b for b in blocks(text("docs/content-guide.md"), "yaml") if b.startswith(f"# my-rules/{name}\n"))
    (tmp_path / name).write_text(block, encoding="utf-8")
    content = load([tmp_path], base=shipped())
    outcomes = run_examples(content)
    assert all(outcome.ok for outcome in outcomes)
    assert len(outcomes) == (5 if name == "notice.yaml" else 0)


def test_the_confirmation_of_the_how_to_is_read(tmp_path: Path) -> None:
    (tmp_path / "law.yaml").write_text(blocks(text("docs/how-to.md"), "yaml")[0], encoding="utf-8")
    (law,) = read_law(tmp_path / "law.yaml", shipped(), dt.date(2026, 11, 22))
    assert law.state == "in_force"


# ---- the command line


def commands(command: Any, path: str = "screening") -> Iterator[tuple[str, Any]]:
    yield path, command
    for name, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{path} {name}")


COMMANDS = dict(commands(typer.main.get_command(app)))


def options(command: Any) -> set[str]:
    return {name for param in command.params for name in param.opts if name.startswith("-")}


@pytest.mark.parametrize("path", [path for path, command in COMMANDS.items() if not hasattr(command, "commands")])
def test_every_command_has_a_section_that_names_its_options(path: str) -> None:
    sections = {part.partition("\n")[0]: part for part in text("docs/cli.md").split("\n## ")}
    section = next((part for head, part in sections.items() if re.match(rf"{path}(?: [A-Z[]|$)", head)), None)
    assert section, f"docs/cli.md has no section {path!r}"
    named = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", section))
    assert options(COMMANDS[path]) - HELP <= named
    assert named - options(COMMANDS[path]) - HELP <= {name for command in COMMANDS.values() for name in options(command)}


def test_the_options_of_the_program_itself_are_named() -> None:
    assert all(name in text("docs/cli.md") for name in options(COMMANDS["screening"]) - HELP)


def told_commands() -> Iterator[tuple[str, str]]:
    for page in PAGES:
        for line in page.read_text(encoding="utf-8").splitlines():
            found = re.match(r"(?:    |\$ |.*\| )\s*(?:\.venv/bin/)?(screening [a-z].*)", line)
            if found and line.startswith(("    ", "$ ", "screening")):
                yield page.name, found[1].partition("  # ")[0]


@pytest.mark.parametrize(("page", "line"), list(told_commands()))
def test_commands_in_the_pages_exist(page: str, line: str) -> None:
    words = shlex.split(line.partition(" > ")[0].partition(" | ")[0], comments=True)
    path = " ".join(words[:3]) if " ".join(words[:3]) in COMMANDS else " ".join(words[:2])
    if path not in COMMANDS:
        pytest.fail(f"{page}: there is no command {path!r}")
    used = {word for word in words[2:] if re.match(r"--?[a-z]", word)}
    assert used <= options(COMMANDS[path]) | HELP


# ---- fields and keys


PARTS = {
    "### lines": [*(name for name in COLUMNS if not name.startswith(ROLES)), *ROLES, *results.DERIVED],
    "### hits": results.HIT_COLUMNS,
    "### evidence": results.EVIDENCE_COLUMNS,
    "### rules": results.RULE_COLUMNS,
    "### run.meta and run.inputs": [field.name for field in dataclasses.fields(results.Meta)],
    "## JSON report": [*HIT_KEYS, *EVIDENCE_KEYS],
}


@pytest.mark.parametrize("head", PARTS)
def test_report_fields_names_every_column_and_key(head: str) -> None:
    part = re.split(r"^##", text("docs/report-fields.md").partition(f"\n{head}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]
    assert [name for name in PARTS[head] if not re.search(rf"(?<!\w){re.escape(name)}(?!\w)", part)] == []


def test_report_fields_names_every_sheet() -> None:
    words, page = Words("en"), text("docs/report-fields.md").partition("## Workbook")[2]
    sheets = ["summary", "shipments", "hits", "lines", "evidence", "not_judged", "rejects", "rules", "watchlists", "method"]
    assert [sheet for sheet in sheets if f"| {words(f'sheet.{sheet}')} |" not in page] == []


MODELS = [model for model in [*vars(models).values(), *vars(listmodels).values()] if dataclasses.is_dataclass(model)]
KEYS = {field.name.rstrip("_") for model in MODELS for field in dataclasses.fields(model)}
KNOWN = KEYS | set(FIELDS) | {operator for group in OPERATORS.values() for operator in group}
KNOWN |= {"condition", "exempts", "of", "times", "lines", "shipments", "total"}
LANGUAGES = {"en", "zh"}


def unknown_keys(node: yaml.Node, within: str = "") -> Iterator[str]:
    """Keys of a YAML example that no content file knows; the names of selections are free."""
    if isinstance(node, yaml.SequenceNode):
        for part in node.value:
            yield from unknown_keys(part, within)
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            free = within == "detect" and key.value != "condition"
            if not free and key.value not in KNOWN | LANGUAGES and not key.value.startswith(("composition.", "distinct.")):
                yield key.value
            yield from unknown_keys(value, key.value)


@pytest.mark.parametrize("block", blocks(text("docs/rule-language.md"), "yaml"))
def test_the_rule_language_shows_keys_that_exist(block: str) -> None:
    examples = block.replace("[…]", "[]").replace("{…}", "{}").replace("…", "x")
    assert list(unknown_keys(yaml.compose(examples, Loader=yaml.SafeLoader))) == []


def test_the_rule_language_names_keys_that_exist() -> None:
    page = re.sub(r"^```.*?^```", "", text("docs/rule-language.md"), flags=re.MULTILINE | re.DOTALL)
    key = r"(?<![\w<$.])([a-z_]+): ?(?=[\[{<\w…]|$)"
    named = {name for code in re.findall(r"`([^`\n]+)`", page) for name in re.findall(key, code)}
    assert named - KNOWN - LANGUAGES - {"item", "from", "until", "by", "instrument", "material"} == set()


def test_the_rule_language_names_every_reference() -> None:
    page = text("docs/rule-language.md")
    for space, names in REFERENCES.items():
        assert f"{space}." in page
        assert all(name in page for name in names or ())


# ---- links


def anchors(page: Path) -> set[str]:
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        place = (page.parent / name).resolve() if name else page
        assert place.exists(), target
        assert not anchor or anchor in anchors(place), target


# ---- the pages of the rules


@pytest.mark.slow
def test_the_pages_of_the_rules_are_those_of_the_content() -> None:
    folder = ROOT / "docs" / "rules"
    wanted = pages(shipped(examples=True))
    held = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    different = sorted(name for name in wanted.keys() | held.keys() if wanted.get(name) != held.get(name))
    assert different == [], "write them anew: screening rules pages -o docs/rules"
