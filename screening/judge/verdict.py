"""Judges a prepared chunk: single lines, the groups they belong to, the parties named; what comes out is ready for reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from screening.content.fields import FieldType, field_type
from screening.goods.text import compact
from screening.judge import groups
from screening.judge.decide import status_on
from screening.judge.frame import PARTY_TEXTS
from screening.judge.missing import Missing
from screening.judge.rules import MET
from screening.judge.unjudged import of_positions, together
from screening.judge.waiving import with_waivers
from screening.series import distinct
from screening.terms import ROLES

if TYPE_CHECKING:
    from screening.content.listmodels import PartyEntry, Watchlist
    from screening.content.models import Content
    from screening.judge.decide import Decision
    from screening.judge.missing import Gaps
    from screening.judge.plan import Plan
    from screening.judge.waiving import Table
    from screening.results import Schema

SHIPMENT = ("house_bill", "document_ref", "container_no")
"""What makes lines one shipment: the first of these that a line has."""

_PROGRAMMES = 3
"""Programmes of an entry that a reason names."""
_PARTY_COLUMNS: Schema = {
    "what": pl.String,
    "role": pl.String,
    "given": pl.String,
    "listed": pl.String,
    "list": pl.String,
    "entry": pl.String,
    "level": pl.String,
    "explanation": pl.String,
    "explanation_zh": pl.String,
    "match_score": pl.Float64,
    "match_strength": pl.Float64,
    "alignment": pl.String,
    "entry_status": pl.String,
    "notice": pl.String,
    "notice_id": pl.String,
    "listed_item": pl.Boolean,
}

_NO_PARTY = {name: pl.lit(None, dtype=kind).alias(name) for name, kind in _PARTY_COLUMNS.items()}


@dataclass(slots=True)
class Judged:
    """A chunk's results."""

    outcomes: pl.DataFrame
    """``position, outcome, score, stands_on``, one row a line, in order."""
    acted: pl.DataFrame
    """Hits with their action (Decision.act); ``position`` is the number of the line."""
    flagged: pl.DataFrame
    """The lines hit, as they were prepared, with the same ``position``."""
    gaps: Gaps


def group_frames(lines: pl.DataFrame, plan: Plan) -> dict[int, pl.DataFrame]:
    """For every rule over lines: its members, or possible members, in this chunk, as groups.finish wants them."""
    frames = {}
    for index, truth in plan.membership(lines).items():
        rule = plan.rules[index]
        group = rule.spec.group  # type: ignore[union-attr]
        assert group is not None  # noqa: S101 - membership names group rules only
        possible = truth.fill_null(value=True) if truth.null_count() else truth
        told = [c for c in groups.columns_of(group) if c in lines.columns]
        part, takes_part = lines[list(dict.fromkeys(["line", "own_day", *SHIPMENT, *group.by, *told]))], truth
        if not possible.all():
            part, takes_part = part.filter(possible), truth.filter(possible)
        if part.height:
            key = pl.concat_str([_key(part, column) for column in group.by], separator=groups.SEPARATOR)
            columns = [_narrow(part, column) for column in told]
            shipment = {"shipment": shipment_of().hash()} if group.kind == "window" else {}  # only counted
            day = {"day": "own_day"} if groups.dated(group) or group.kind == "window" else {}
            frames[index] = part.select_seq(
                "line", *columns, key=key.cast(pl.Categorical), takes_part=takes_part, **day, **shipment
            )
    return frames


def _narrow(frame: pl.DataFrame, column: str) -> pl.Expr:
    """A column as members of groups carry it through the run: texts repeat, so a number stands for each."""
    return pl.col(column).cast(pl.Categorical) if frame.schema[column] == pl.String else pl.col(column)


def shipment_of() -> pl.Expr:
    """The shipment a line belongs to, as ``shipment``; null where nothing on the line names one."""
    return pl.coalesce(SHIPMENT).alias("shipment")


def _key(frame: pl.DataFrame, column: str) -> pl.Expr:
    """A group key's part: texts folded, so that spelling does not split a group."""
    if field_type(column) is not FieldType.TEXT:
        return pl.col(column).cast(pl.String)
    values = distinct(frame[column])
    if not len(values):
        return pl.col(column)
    folded = compact(values)
    return pl.col(column).replace_strict(values, folded.set(folded == "", None), default=None, return_dtype=pl.String)


class Judge:
    """Applies the prepared rules to chunks."""

    def __init__(self, content: Content, plan: Plan, decision: Decision) -> None:
        self.content = content
        self.plan = plan
        self.decision = decision
        self._entries: dict[str, dict[str, PartyEntry]] = {}
        self.missing = Missing(plan)
        self._lists_of = {
            rule.index: sorted({name for a in rule.atoms if a.op == "party" for name in a.value})
            for rule in plan.rules
            if getattr(rule.spec, "parties", "")
        }

    def judge(
        self,
        frame: pl.DataFrame,
        members: dict[int, pl.DataFrame],
        unjudged: dict[int, pl.DataFrame],
        matches: pl.DataFrame,
        waivers: Table | None = None,
    ) -> Judged:
        """Judge a chunk.

        Args:
            frame: the chunk as ``frame.prepare`` made it.
            members: group rule to the members of groups that meet it (groups.MEMBERS), over the whole run.
            unjudged: group rule to the lines on which it is not judged.
            matches: party matches of the run (parties.match.MATCHES).
            waivers: matches that somebody cleared (Waivers.on of the run's day).
        """
        evaluated = self.plan.evaluate(frame)
        first = int(frame["line"][0])
        last = first + frame.height - 1
        position = (pl.col("line") - first).cast(pl.UInt32).alias("position")
        here = pl.col("line").is_between(first, last)
        about_parties = self._lists_of.keys() & set(evaluated.hits["rule"].unique().to_list())
        hits = [evaluated.hits.filter(~pl.col("rule").is_in(list(about_parties))) if about_parties else evaluated.hits]
        hits += [
            found.filter(here)
            .with_columns_seq(position, rule=pl.lit(index, pl.UInt16), strength=pl.lit(MET, pl.Int8))
            .drop("line")
            for index, found in members.items()
            if found.height
        ]
        if about_parties:
            hits.append(self._party_hits(about_parties, evaluated.hits, evaluated.listed, frame, matches))
        open_ = evaluated.unjudged
        if blind := {index: lines for index, lines in unjudged.items() if lines.height}:
            at = {index: lines.filter(here).select_seq(position).to_series() for index, lines in blind.items()}
            open_ = together([open_, of_positions(at, frame.height)])
        acted = self._acted(pl.concat(hits, how="diagonal_relaxed") if len(hits) > 1 else hits[0], frame)
        acted = with_waivers(acted, waivers or {})
        outcomes = self.decision.judge(acted.filter(~pl.col("waived")), open_, frame["position"])
        flagged = frame[acted["position"].unique().sort()].with_columns_seq(position="line")
        return Judged(outcomes, acted.with_columns_seq(pl.col("position") + first), flagged, self.missing.of(open_, frame))

    def _acted(self, hits: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
        """Hits with what the line says of law and licence, and their action."""
        empty = [column for name, column in _NO_PARTY.items() if name not in hits.columns]
        places = hits["position"]
        said = [frame[name].gather(places) for name in ("line_date", "licence_stated")]
        return self.decision.act(hits.with_columns_seq(*empty, *said))

    def _party_hits(
        self, rules: set[int], hits: pl.DataFrame, listed: pl.DataFrame, frame: pl.DataFrame, matches: pl.DataFrame
    ) -> pl.DataFrame:
        """Party hits written out: one for every role and listed entry its name matches."""
        schema: Schema = {"position": pl.UInt32, "rule": pl.UInt16, "strength": pl.Int8, **_PARTY_COLUMNS}
        pieces = []
        for index in sorted(rules):
            lists = self._lists_of[index]
            positions = hits.filter(pl.col("rule") == index)["position"]
            rows = frame[positions].hstack(listed[positions].select_seq(pl.all().name.prefix("listed.")))
            counts = pl.coalesce(pl.when(pl.col("list") == ident).then(self._listed(ident)) for ident in lists)
            wanted = matches.filter(pl.col("list").is_in(lists)).rename(
                {"name": "given", "score": "match_score", "strength": "match_strength"}
            )
            asked = [("name", role, pl.col(f"{role}_name")) for role in ROLES]
            more = set(wanted["what"]) & PARTY_TEXTS.keys()
            asked += [(what, role, text) for what in sorted(more) for role, text in PARTY_TEXTS[what].items()]
            for what, role, text in asked:
                named = rows.select_seq("position", "line_date", pl.col("^listed\\..*$"), text.alias("given"))
                mine = wanted.filter(pl.col("what") == what) if more else wanted
                found = named.join(mine, on="given", how="inner").with_columns_seq(role=pl.lit(role), listed_item=counts)
                if found.height:
                    pieces.append(self._with_notices(found, index, schema))
        return pl.concat(pieces).sort("position", "rule", "entry", "role") if pieces else pl.DataFrame(schema=schema)

    def _listed(self, ident: str) -> pl.Expr:
        """Whether a line carries a listed item that counts for the list ``ident``: of its own law if the effect says so."""
        watchlist = self.content.watchlists[ident]
        own = self.content.decision["parties"][watchlist.effect].get("items") == "own"
        if not own:
            return pl.col("listed.any")
        return pl.col(f"listed.{watchlist.regime}") if watchlist.regime in self.plan.regimes else pl.lit(value=False)

    def _entry(self, ident: str, name: str) -> PartyEntry:
        """An entry of a list, by its ids; a list is looked through when its first entry is asked for."""
        if ident not in self._entries:
            self._entries[ident] = {entry.id: entry for entry in self.content.watchlists[ident].entries}
        return self._entries[ident][name]

    def _with_notices(self, found: pl.DataFrame, index: int, schema: Schema) -> pl.DataFrame:
        found = found.sort("position", "list", "entry")
        states, notices, ids = [], [], []
        for ident, name, day in found.select_seq("list", "entry", "line_date").iter_rows():
            watchlist, entry = self.content.watchlists[ident], self._entry(ident, name)
            states.append(status_on(watchlist.dates_of(entry), day))
            notices.append(_notice_name(watchlist, entry))
            ids.append(entry.instrument if entry.instrument in watchlist.notices else None)
        return found.with_columns_seq(
            pl.Series("entry_status", states, dtype=pl.String),
            pl.Series("notice", notices, dtype=pl.String),
            pl.Series("notice_id", ids, dtype=pl.String),
            rule=pl.lit(index, dtype=pl.UInt16),
            strength=pl.lit(MET, dtype=pl.Int8),
        ).select_seq(pl.col(name).cast(kind) for name, kind in schema.items())


def _notice_name(watchlist: Watchlist, entry: PartyEntry) -> str:
    """The notice that lists a party; without one, of an imported list, its entry and the programmes under which it stands."""
    if notice := watchlist.notices.get(entry.instrument):
        return notice.number
    return ", ".join([entry.id, *entry.programmes[:_PROGRAMMES]]) if watchlist.format else watchlist.title.en
