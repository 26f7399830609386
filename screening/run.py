"""One screening, its stages in order: read, understand, group, match, judge; a ScreeningRun comes out.

Two passes over the lines, piece by piece: the first reads and understands them and keeps a narrow frame for rules over several
lines; the second judges. Memory does not grow with the file, and one line takes the same way as ten million.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import polars as pl

from screening import provenance
from screening.collect import Collected
from screening.judge import frame as frames
from screening.judge import groups
from screening.judge.explain import Explainer
from screening.judge.verdict import group_frames, shipment_of
from screening.judge.waiving import warnings as waiver_warnings
from screening.manifest import ReadOptions, SheetMapping, read_manifest
from screening.manifest.reader import REJECTS
from screening.plaindata import record
from screening.results import RULE_COLUMNS, Meta, ScreeningRun
from screening.spill import LARGE, Beside, Spill, in_order
from screening.terms import OUTCOMES
from screening.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from screening.content.models import Content
    from screening.judge.verdict import Judged
    from screening.screener import Screener
    from screening.spill import Piece
    from screening.terms import Chunk

    Progress = Callable[[str, int], None]
    """Told the stage and how many lines it has done."""


_MOST_TOGETHER = 2_000_000
"""Members of a group rule up to which two rules are worked out at the same time: each holds all its members in memory."""


@record
class Settings:
    """Everything about a run that changes its results, besides content and manifest."""

    as_of: dt.date | None = None
    today: dt.date = field(default_factory=dt.date.today)
    """Day of lines without a date, and the day against which ages are told."""
    sheet: str | None = None
    columns: Mapping[tuple[str, str], SheetMapping] = field(default_factory=dict)
    """A corrected column mapping, as manifest.read_mapping gives it."""
    defaults: Mapping[str, str] = field(default_factory=dict)


@record
class LineResult:
    """What ``screen_line`` answers."""

    outcome: str
    score: float
    stands_on: str | None
    hits: list[dict[str, Any]]
    """As ``hits`` of the JSON report, evidence included."""
    not_judged: list[dict[str, Any]]


@record
class _Understood:
    """What the first pass makes of a chunk."""

    piece: Piece
    lines: int
    undated: bool
    """Whether a line has no day of its own."""
    texts: dict[str, set[str]]
    members: dict[int, pl.DataFrame]


class Run:
    """One screening under way."""

    def __init__(self, screener: Screener, settings: Settings, progress: Progress) -> None:
        self.screener = screener
        self.settings = settings
        self.progress = progress
        self.undated = False
        self.rejects: list[pl.DataFrame] = []
        self.texts: dict[str, set[str]] = {}
        """Texts that were looked up, by what they are (parties.match.ASKED)."""
        self.matches: list[pl.DataFrame] = []
        self.waivers = screener.waivers.on(settings.today)
        self.waivers_met: set[int] = set()
        self.group_parts: dict[int, Spill] = {}

    def screen(self, manifest: Any) -> ScreeningRun:
        """Screen a manifest, given as to ``Screener.screen``."""
        started = dt.datetime.now().astimezone()
        understood = Spill()
        try:
            collected, inputs = self._collect(manifest, understood)
            return self._finish(collected, inputs, started)
        except BaseException:
            understood.close()
            raise

    def screen_line(self, line: Mapping[str, Any]) -> LineResult:
        """The answer for one line, without the rest of a run."""
        collected, _ = self._collect([line], Spill(), digest=False)
        if not collected.lines:
            return LineResult("not_judged", 0.0, None, [], [{"rule": "", "missing": ["description"]}])
        of_hit: dict[str, list[dict[str, Any]]] = {}
        told: list[dict[str, Any]] = []
        for hits, evidence in collected.hits():
            for row in evidence.drop("line", "rule", "position").iter_rows(named=True):
                of_hit.setdefault(row.pop("hit"), []).append(row)
            told += [{**hit, "evidence": of_hit.get(hit["id"], [])} for hit in hits.drop("line").iter_rows(named=True)]
        return LineResult(*collected.verdict(0), told, collected.not_judged(0, self.screener.plan))

    def _collect(self, manifest: Any, understood: Spill, *, digest: bool = True) -> tuple[Collected, list[Any]]:
        options = ReadOptions(sheet=self.settings.sheet, mappings=self.settings.columns, defaults=self.settings.defaults)
        reader = read_manifest(manifest, self.screener.words, options)
        self._first(reader.chunks(), understood)
        return self._second(understood, digest=digest), reader.inputs

    def _first(self, chunks: Iterable[Chunk], understood: Spill) -> None:
        """Pass 1: understand every line, and keep what rules over lines need."""
        plan, count = self.screener.plan, 0

        def understand(chunk: Chunk) -> tuple[pl.DataFrame, _Understood | None]:
            lines = chunk.lines
            if not lines.height:
                return chunk.rejects, None
            lines = frames.derive(lines, plan, self.screener.words.ports, self.settings.as_of, self.settings.today)
            texts, members = frames.party_texts(lines, self.screener.looked_up), group_frames(lines, plan)
            undated = bool(lines["own_day"].null_count())
            piece = understood.put_away(lines, int(lines["line"][0]) - 1)
            return chunk.rejects, _Understood(piece, lines.height, undated, texts, members)

        with Beside() as beside:  # names are compared while other pieces are read
            found: list[Callable[[], pl.DataFrame]] = []
            for rejects, one in in_order(understand, chunks, large=lambda chunk: chunk.lines.height >= LARGE):
                if rejects.height:
                    self.rejects.append(rejects)
                if one is None:
                    continue
                self.undated = self.undated or one.undated
                new = {what: said - self.texts.setdefault(what, set()) for what, said in one.texts.items()}
                if any(new.values()):
                    found.append(beside.submit(partial(self.screener.parties.lookup, new), large=one.lines >= LARGE))
                    for what, said in new.items():
                        self.texts[what] |= said
                for index, frame in one.members.items():
                    self.group_parts.setdefault(index, Spill()).append(frame)
                understood.append(one.piece)
                count += one.lines
                self.progress("read", count)
            self.matches = [result() for result in found]

    def _second(self, understood: Spill, *, digest: bool) -> Collected:
        """Pass 2: judge every line."""
        screener, plan = self.screener, self.screener.plan
        members: dict[int, pl.DataFrame] = {}
        unjudged: dict[int, pl.DataFrame] = {}

        def finish(index: int) -> tuple[int, pl.DataFrame, pl.DataFrame]:
            rule, parts = plan.rules[index], self.group_parts[index]
            assert rule.group is not None  # noqa: S101 - only group rules have members
            found = groups.finish(rule.id, rule.group, parts.together())
            parts.close()
            return index, *found

        most = max((parts.lines for parts in self.group_parts.values()), default=0)
        together = LARGE <= most <= _MOST_TOGETHER
        for index, met, blind in (in_order if together else map)(finish, self.group_parts):
            members[index], unjudged[index] = met, blind
        matches = pl.concat([pl.DataFrame(schema=_matches_schema()), *self.matches]).sort("what", "name", "list", "entry")
        explainer = Explainer(screener.telling, screener.decision, self.waivers)
        collected, count = Collected(understood, digest=digest), 0

        def judge(number: int) -> tuple[pl.DataFrame, Judged]:
            prepared = frames.prepare(understood.frame(number), plan, matches)
            shipments = prepared.select_seq("line", "container_no", shipment_of())
            return shipments, screener.judge.judge(prepared, members, unjudged, matches, self.waivers)

        def tell(acted: pl.DataFrame, flagged: pl.DataFrame) -> None:
            for explained in explainer.add(acted, flagged):
                collected.add_hits(*explained)

        with Beside() as beside:  # hits are explained while other pieces are judged
            told: list[Callable[[], None]] = []
            for shipments, judged in in_order(judge, range(len(understood))):
                collected.add(shipments, judged)
                self.waivers_met |= set(judged.acted["waiver"].drop_nulls())
                told.append(beside.submit(partial(tell, judged.acted, judged.flagged), large=len(understood) > 1))
                count += shipments.height
                self.progress("judge", count)
            for done in told:
                done()
        collected.add_hits(*explainer.finish())
        return collected

    def _finish(self, collected: Collected, inputs: list[Any], started: dt.datetime) -> ScreeningRun:
        screener, content, today = self.screener, self.screener.content, self.settings.today
        hit_parts, evidence_parts = collected.hit_parts()
        rejects = pl.concat(self.rejects) if self.rejects else pl.DataFrame(schema=REJECTS)
        counts: dict[str, int] = {"lines": collected.lines, **{o: collected.outcomes.get(o, 0) for o in OUTCOMES}}
        rules = self._rules(collected)
        settings = self._settings()
        meta = Meta(
            id="",
            as_of=self.settings.as_of,
            started=started,
            finished=dt.datetime.now().astimezone(),
            program_version=__version__,
            content_version=content.version,
            settings=settings,
            warnings=provenance.warnings(content, screener.law, inputs, today) + waiver_warnings(self.waivers, self.waivers_met),
            digest=self._digest(collected, rejects),
            law_known_to=min(
                (i.verified_on for i in content.instruments.values() if not self.screener.bound.foreign(i.regime)), default=None
            ),
            scope=provenance.scope(content, screener.bound, "en"),
            scope_zh=provenance.scope(content, screener.bound, "zh"),
            confirmations=provenance.confirmations(content, screener.law, today, "en"),
            confirmations_zh=provenance.confirmations(content, screener.law, today, "zh"),
            documents=dict(content.documents),
        )
        meta = _with_id(meta)
        counts |= {"rejects": rejects.height, "shipments": collected.shipments(), "hits": collected.hits_of.total()}
        return ScreeningRun(
            meta=meta,
            inputs=inputs,
            counts=counts,
            rejects=rejects,
            rules=rules,
            watchlists=self.screener.list_table,
            line_parts=collected.line_parts(),
            hit_parts=hit_parts,
            evidence_parts=evidence_parts,
            shipment_parts=collected.shipment_parts(),
            gap_parts=collected.gap_parts(),
            gap_rows=collected.gaps(screener.plan),
            workspace=collected,
        )

    def _settings(self) -> dict[str, Any]:
        settings = self.settings
        return {
            "as_of": settings.as_of.isoformat() if settings.as_of else None,
            "day_of_undated_lines": settings.today.isoformat(),
            "sheet": settings.sheet,
            "columns": {f"{file} {sheet}": dict(given.columns) for (file, sheet), given in settings.columns.items()},
            "defaults": dict(settings.defaults),
            "bound_by": list(self.screener.bound.regimes),
            "law": {
                f"{c.instrument} from {c.from_}": {**c.told(), "lapsed": c.lapsed(settings.today)} for c in self.screener.law
            },
            "waivers": [{**one.waiver.told(), "lapsed": bool(one.lapsed)} for one in self.waivers.values()],
            "decision": self.screener.content.decision,
            "params": {name: param.value for name, param in sorted(self.screener.content.params.items())},
        }

    def _rules(self, collected: Collected) -> pl.DataFrame:
        rules, lines = self.screener.plan.rules, collected.lines
        hits = [collected.hits_of.get(rule.id, 0) for rule in rules]
        open_ = [collected.lacking.get(rule.index, 0) for rule in rules]
        counts = {"hits": hits, "judged": [lines - count for count in open_], "not_judged": open_}
        return self.screener.rule_table.hstack([pl.Series(name, n, dtype=RULE_COLUMNS[name]) for name, n in counts.items()])

    def _digest(self, collected: Collected, rejects: pl.DataFrame) -> str:
        """SHA-256 over content, settings and the canonical results in line order; see docs/report-fields.md."""
        head = self._settings() | {"content": _content_hash(self.screener.content)}
        if not self.undated:
            head.pop("day_of_undated_lines")
        digest = hashlib.sha256(json.dumps(head, sort_keys=True, default=str).encode())
        for name in sorted(collected.canonical):
            digest.update(collected.canonical[name].digest())
        digest.update(rejects.select_seq("sheet", "row", "reason").write_csv().encode())
        return digest.hexdigest()


def _content_hash(content: Content) -> str:
    text = json.dumps([content.version, sorted(content.hashes.items())])
    return hashlib.sha256(text.encode()).hexdigest()


def _with_id(meta: Meta) -> Meta:

    return replace(meta, id=f"{meta.started:%Y%m%d-%H%M%S}-{meta.digest[:8]}")


def _matches_schema() -> dict[str, Any]:
    from screening.parties.match import MATCHES  # noqa: PLC0415

    return MATCHES


def silent(stage: str, lines: int) -> None:
    """The library prints nothing."""
