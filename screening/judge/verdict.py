"""Judges a prepared chunk: single lines, the groups they belong to, the parties named; what comes out is ready for reports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from screening.content.fields import NEEDS, FieldType, field_type
from screening.goods.text import compact
from screening.judge import groups
from screening.judge.decide import status_on
from screening.judge.rules import MET, fields_of
from screening.terms import ROLES

if TYPE_CHECKING:
    from screening.content.models import Content, PartyEntry, Watchlist
    from screening.judge.decide import Decision
    from screening.judge.plan import Plan
    from screening.judge.rules import Prepared
    from screening.results import Schema

SHIPMENT = ("house_bill", "document_ref", "container_no")
"""What makes lines one shipment: the first of these that a line has."""

_PARTY_COLUMNS: Schema = {
    "role": pl.String,
    "given": pl.String,
    "listed": pl.String,
    "list": pl.String,
    "entry": pl.String,
    "level": pl.String,
    "explanation": pl.String,
    "explanation_zh": pl.String,
    "match_score": pl.Float64,
    "entry_status": pl.String,
    "notice": pl.String,
    "notice_id": pl.String,
    "listed_item": pl.Boolean,
}


@dataclass(slots=True)
class Judged:
    """A chunk's results."""

    outcomes: pl.DataFrame
    """``position, outcome, score, stands_on``, one row a line, in order."""
    acted: pl.DataFrame
    """Hits with their action (Decision.act); ``position`` is the number of the line."""
    flagged: pl.DataFrame
    """The lines hit, as they were prepared, with the same ``position``."""
    not_judged: pl.DataFrame
    """``line, rule`` (index), ``missing`` (names joined by ``|``)."""


def group_frames(lines: pl.DataFrame, plan: Plan) -> dict[int, pl.DataFrame]:
    """For every rule over lines: its members, or possible members, in this chunk, as groups.finish wants them."""
    frames = {}
    for index, truth in plan.membership(lines).items():
        rule = plan.rules[index]
        group = rule.spec.group  # type: ignore[union-attr]
        assert group is not None  # noqa: S101 - membership names group rules only
        part = lines.with_columns(truth.alias("takes_part")).filter(pl.col("takes_part").fill_null(True))
        if part.height:
            key = pl.concat_str([_key(part, column) for column in group.by], separator=groups.SEPARATOR)
            columns = [c for c in groups.columns_of(group) if c in part.columns]
            frames[index] = part.with_columns(key=key).select(
                "line", pl.col("own_day").alias("day"), "key", "takes_part", shipment_of(), *columns
            )
    return frames


def shipment_of() -> pl.Expr:
    """The shipment a line belongs to, as ``shipment``; null where nothing on the line names one."""
    return pl.coalesce(SHIPMENT).alias("shipment")


def _key(frame: pl.DataFrame, column: str) -> pl.Expr:
    """A group key's part: texts folded, so that spelling does not split a group."""
    if field_type(column) is not FieldType.TEXT:
        return pl.col(column).cast(pl.String)
    values = frame[column].drop_nulls().unique()
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
        self._entries = {
            (ident, entry.id): (watchlist, entry)
            for ident, watchlist in content.watchlists.items()
            for entry in watchlist.entries
        }
        self._said: dict[int, pl.Expr] = {}
        """What a rule says of its missing values, made when first asked: every piece has the same columns."""
        self._lists_of = {
            rule.index: sorted({name for a in rule.atoms() if a.op == "party" for name in a.value})
            for rule in plan.rules
            if getattr(rule.spec, "parties", "")
        }

    def judge(
        self,
        frame: pl.DataFrame,
        members: dict[int, pl.DataFrame],
        unjudged: dict[int, pl.DataFrame],
        matches: pl.DataFrame,
    ) -> Judged:
        """Judge a chunk.

        Args:
            frame: the chunk as ``frame.prepare`` made it.
            members: group rule to the members of groups that meet it (groups.MEMBERS), over the whole run.
            unjudged: group rule to the lines on which it is not judged.
            matches: party matches of the run (parties.match.MATCHES).
        """
        evaluated = self.plan.evaluate(frame)
        first = int(frame["line"][0])
        last = first + frame.height - 1
        position = (pl.col("line") - first).cast(pl.UInt32).alias("position")
        here = pl.col("line").is_between(first, last)
        hits = [evaluated.hits.filter(~pl.col("rule").is_in(list(self._lists_of)))]
        hits += [
            found.filter(here).with_columns(position, rule=pl.lit(index, pl.UInt16), strength=pl.lit(MET, pl.Int8)).drop("line")
            for index, found in members.items()
        ]
        hits.append(self._party_hits(evaluated.hits, evaluated.listed, frame, matches))
        unknown = pl.concat(
            [
                evaluated.unknown,
                *(f.filter(here).select(position, rule=pl.lit(index, dtype=pl.UInt16)) for index, f in unjudged.items()),
            ]
        ).sort("position", "rule")
        together = pl.concat(hits, how="diagonal_relaxed")
        missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in _PARTY_COLUMNS.items() if name not in together.columns]
        acted = self.decision.act(
            together.with_columns(missing).join(
                frame.select("position", "line_date", "licence_stated"), on="position", how="left", maintain_order="left"
            )
        )
        outcomes = self.decision.judge(acted, unknown, frame["position"])
        hit = frame.filter(pl.col("position").is_in(acted["position"].unique().implode()))
        place = (pl.col("position") + frame["line"][0]).alias("position")
        flagged = hit.with_columns(position="line")
        return Judged(outcomes, acted.with_columns(place), flagged, self._missing(unknown, frame))

    def _missing(self, unknown: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
        """What was not known where a rule was not judged: what decides whether an item applies comes before its own condition."""
        schema = {"line": pl.UInt32, "rule": pl.UInt16, "missing": pl.String}
        pieces = []
        for (index,), mine in unknown.group_by("rule", maintain_order=True):
            rule = self.plan.rules[index]
            said = self._said.get(index)
            if said is None:
                said = self._said[index] = self._missing_of(rule, frame.columns)
            asked = ["line", *sorted(said.meta.root_names())]
            rows = frame.select(pl.col(asked).gather(mine["position"]))
            pieces.append(rows.select("line", rule=pl.lit(rule.index, dtype=pl.UInt16), missing=said))
        return pl.concat(pieces).sort("line", "rule") if pieces else pl.DataFrame(schema=schema)

    def _missing_of(self, rule: Prepared, columns: list[str]) -> pl.Expr:
        applies = [name for node in rule.applies for name in fields_of(node)]
        own = [name for name in _asked(rule) if name not in applies]
        told = [self._absent(names, columns) for names in (applies, own)]
        return pl.when(told[0] != "").then(told[0]).otherwise(told[1])

    def _absent(self, fields: list[str], columns: list[str]) -> pl.Expr:
        """The columns to fill, joined by ``|``, for those of ``fields`` that are not known on a line."""
        names: dict[str, list[pl.Expr]] = {}
        for name in fields:
            column = self.plan.column_of(name)
            if column is None or column not in columns:
                continue
            for need in NEEDS.get(name, (name,)):
                gone = pl.col(column).is_null()
                names.setdefault(need, []).append(gone & pl.col(need).is_null() if need in columns else gone)
        pieces = [pl.when(pl.any_horizontal(gone)).then(pl.lit(need)) for need, gone in names.items()]
        return pl.concat_str(pieces, separator="|", ignore_nulls=True) if pieces else pl.lit("")

    def _party_hits(self, hits: pl.DataFrame, listed: pl.Series, frame: pl.DataFrame, matches: pl.DataFrame) -> pl.DataFrame:
        """Party hits written out: one for every role and listed entry its name matches."""
        schema: Schema = {"position": pl.UInt32, "rule": pl.UInt16, "strength": pl.Int8, **_PARTY_COLUMNS}
        pieces = []
        for index, lists in self._lists_of.items():
            positions = hits.filter(pl.col("rule") == index)["position"]
            if not len(positions):
                continue
            rows = frame[positions].with_columns(listed[positions].alias("listed_item"))
            wanted = matches.filter(pl.col("list").is_in(lists)).rename({"name": "given", "score": "match_score"})
            for role in ROLES:
                named = rows.select("position", "listed_item", "line_date", pl.col(f"{role}_name").alias("given"))
                found = named.join(wanted, on="given", how="inner").with_columns(role=pl.lit(role))
                if found.height:
                    pieces.append(self._with_notices(found, index, schema))
        return pl.concat(pieces).sort("position", "rule", "entry", "role") if pieces else pl.DataFrame(schema=schema)

    def _with_notices(self, found: pl.DataFrame, index: int, schema: Schema) -> pl.DataFrame:
        found = found.sort("position", "list", "entry")
        states, notices, ids = [], [], []
        for ident, name, day in found.select("list", "entry", "line_date").iter_rows():
            watchlist, entry = self._entries[ident, name]
            states.append(status_on(watchlist.dates_of(entry), day))
            notices.append(_notice_name(watchlist, entry))
            ids.append(entry.instrument if entry.instrument in watchlist.notices else None)
        return found.with_columns(
            pl.Series("entry_status", states, dtype=pl.String),
            pl.Series("notice", notices, dtype=pl.String),
            pl.Series("notice_id", ids, dtype=pl.String),
            rule=pl.lit(index, dtype=pl.UInt16),
            strength=pl.lit(MET, dtype=pl.Int8),
        ).select(pl.col(name).cast(kind) for name, kind in schema.items())


def _notice_name(watchlist: Watchlist, entry: PartyEntry) -> str:
    notice = watchlist.notices.get(entry.instrument)
    return notice.number if notice else watchlist.title.en


def _asked(rule: Prepared) -> list[str]:
    """The fields a rule asks for besides what it applies to."""
    asked = fields_of(rule.detect.condition) if rule.detect else []
    if rule.group is not None:
        dated = ["own_day"] if rule.group.days is not None or rule.group.kind == "pass_through" else []
        asked = [*asked, *rule.group.by, *groups.columns_of(rule.group), *dated]
    return list(dict.fromkeys(asked))
