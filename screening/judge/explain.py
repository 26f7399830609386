"""Writes what a person reads of a hit: the reason, the state of the law, the next step, the citations and the evidence.

Everything here happens after judging and for hits only; the words come from the content, in English and Chinese.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.content.conditions import Atom, Ref, atoms_of
from screening.content.fields import GOODS, NEEDS, FieldType, field_type
from screening.content.models import Item, NextStep, Rule
from screening.judge import evidence, wording
from screening.judge.rules import NOT_STATED, STRENGTHS, UNDESCRIBED, plain_code
from screening.judge.status import state
from screening.results import EVIDENCE_COLUMNS, HIT_COLUMNS, Schema
from screening.terms import COLUMNS, RAW, ROLES, Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from screening.content.conditions import Atom
    from screening.content.listmodels import Notice, Watchlist
    from screening.content.models import Content, Dates, Duty
    from screening.judge.decide import Decision
    from screening.judge.plan import Plan
    from screening.judge.rules import Prepared
    from screening.judge.waiving import Table

_POSITION_COLUMNS = ("line_no",)
"""Columns that say where a line stands rather than what it says: not part of a hit's identity."""
_MOST_WORDS = 6
_ROUND = 4_000
"""Flagged lines that are explained in one round."""
_ALWAYS_TOLD = (
    *("position", "line", "line_date", "description", GOODS, "materials", "label", "hs_code", "item_code", "item_code_plain"),
    *("licence_no", "leaves_from", "leaves_from_source", "export_country", "loading_port", "value_usd_source"),
    *(f"{role}_country" for role in ROLES),
)
"""Columns that any hit may tell."""
_OF_ONE_HIT = ("line", "id", "reason", "reason_zh", "group", "regime", "foreign", "waived_by")
"""Columns of a hit that its rule, action, state and day do not decide."""


_PARTY_FIELDS = {"name": "{role}_name", "vessel": "vessel_name", "number": "{role}_id", "address": "{role}_address"}
"""Where the text stands that was looked up (parties.match.ASKED)."""


class Explainer:
    """Turns acted hits of chunks into the frames of a run. Counts identical lines over the whole run, so use one a run."""

    def __init__(self, content: Content, plan: Plan, decision: Decision, waivers: Table | None = None) -> None:
        self.content = content
        self.waivers = list((waivers or {}).values())
        self.plan = plan
        self.decision = decision
        self._seen: dict[tuple[str, str, str], int] = {}
        self._countries: dict[str, dict[str, list[str]]] = {}
        self._line_hash: dict[int, tuple[str, str]] = {}
        self._waiting: list[tuple[pl.DataFrame, pl.DataFrame]] = []
        self._lines = 0

    def add(self, hits: pl.DataFrame, flagged: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Take the hits of a chunk (verdict.Judged); explains what has come so far once it is worth it, and says nothing before.

        Texts are made rule by rule, so a few large rounds cost less than one for every chunk; but what is being told of a line
        takes a hundred times its room, so no round is larger than need be.
        """
        for some in flagged.iter_slices(_ROUND):
            first, last = some["position"][0], some["position"][-1]
            whole = some.height == flagged.height
            self._waiting.append((hits if whole else hits.filter(pl.col("position").is_between(first, last)), some))
            self._lines += some.height
            if self._lines >= _ROUND:
                yield self.finish()

    def finish(self) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The ``hits`` and ``evidence`` frames of everything taken since the last round."""
        waiting, self._waiting, self._lines = self._waiting, [], 0
        if not waiting:
            return pl.DataFrame(schema=HIT_COLUMNS), pl.DataFrame(schema=EVIDENCE_COLUMNS)
        hits, frames = zip(*waiting, strict=True)
        return self.explain(pl.concat(hits, how="diagonal_relaxed"), pl.concat(frames, how="diagonal_relaxed"))

    def explain(self, hits: pl.DataFrame, flagged: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The ``hits`` and ``evidence`` frames of a chunk.

        Args:
            hits: result of ``Decision.act`` with ``position`` and, where they apply, the columns of a group or a party match.
            flagged: the lines hit, as ``frame.prepare`` made them, with ``position`` and ``line``.
        """
        if not hits.height:
            return pl.DataFrame(schema=HIT_COLUMNS), pl.DataFrame(schema=EVIDENCE_COLUMNS)
        self._line_hash = _identities(flagged)
        columns = {a.field for index in hits["rule"].unique() for a in self.plan.rules[index].atoms if a.op == "terms"}
        words = evidence.Words(flagged, {GOODS, *(columns & set(COLUMNS))}, self.plan.goods.words_found, self.plan.scope)
        told: list[tuple[Any, ...]] = []
        shown: list[tuple[Any, ...]] = []
        ordered = hits.sort("position", "rule", *(c for c in ("entry", "role", "group") if c in hits.columns), nulls_last=True)
        for (index,), mine in ordered.group_by("rule", maintain_order=True):
            rule = self.plan.rules[index]
            rows = mine.select_seq("position").join(flagged, on="position", how="left", maintain_order="left")
            asked = [item for item in rule.atoms if _asks_for_words(item)]
            truths = evidence.true_of(rule.atoms, rows, self.plan.scope)
            vague = self._vague(mine, rows)
            values = wording.Values(self.content, rule)
            rows = rows.select_seq(self._columns_told(rule, rows.columns))
            for number, (hit, line) in enumerate(zip(mine.iter_rows(named=True), rows.iter_rows(named=True), strict=True)):
                pieces = self._more_evidence(rule, hit, line)
                spoke = truths + vague if hit["strength"] == UNDESCRIBED else truths
                pieces += [tell(line, words) for tell, true in spoke if true[number]]
                ident = self._id(rule, hit, line)
                values.take(hit, line, _words(asked, line, words))
                reason = self._reason(rule, hit, line)
                if values.stated("en"):
                    reason.insert(1, self.content.texts["control_stated"])
                said = (
                    wording.sentences(values.fill(t, "en") for t in reason),
                    wording.sentences((values.fill(t, "zh") for t in reason), gap=""),
                )
                regime = wording.regime_of(self.content, rule, hit) or None
                waiver = self.waivers[hit["waiver"]].waiver if hit["waived"] else None
                by = f"{waiver.checked_by}, {waiver.checked_on}" if waiver else None
                told.append(
                    (line["line"], ident, *said, hit.get("group"), regime, hit["foreign"], by, *self._key(rule, hit, line))
                )
                shown += [
                    (
                        line["line"],
                        ident,
                        rule.id,
                        place,
                        p.field,
                        p.given,
                        p.compared,
                        p.counterpart,
                        p.method,
                        p.score,
                        p.threshold,
                    )
                    for place, p in enumerate(pieces, 1)
                ]
        evidence_frame = pl.DataFrame(shown, schema=EVIDENCE_COLUMNS, orient="row")
        return self._hits(told), evidence_frame.sort("line", "rule", "hit", "position")

    def _vague(self, hits: pl.DataFrame, rows: pl.DataFrame) -> list[tuple[evidence.Tell, list[bool]]]:
        """What makes the texts of ``rows`` no description, where that lowered a hit."""
        if self.plan.undescribed is None or not (hits["strength"] == UNDESCRIBED).any():
            return []
        return evidence.true_of(atoms_of(self.plan.undescribed), rows, self.plan.scope)

    def _columns_told(self, rule: Prepared, present: list[str]) -> list[str]:
        """The columns of a line that the texts and the evidence of a rule can speak of."""
        spec = rule.spec
        texts = (
            [spec.reason] if isinstance(spec, Rule) else [*self.content.texts.values(), *filter(None, [spec.reason, spec.note])]
        )
        wanted = {name for text in texts for sentence in (text.en, text.zh) for _, name, _ in wording.parts_of(sentence) if name}
        wanted.update(_ALWAYS_TOLD)
        for item in rule.atoms:
            values = item.value if isinstance(item.value, tuple) else (item.value,)
            wanted.add(item.field)
            wanted.update(
                ref.name if ref.space == "line" else f"{ref.space}.{ref.name}" for ref in values if isinstance(ref, Ref)
            )
        wanted |= {need for name in list(wanted) for need in NEEDS.get(name, ())}
        wanted |= {f"{name}{end}" for name in list(wanted) for end in (".lo", ".hi")} | {f"{RAW}{name}" for name in list(wanted)}
        return [name for name in present if name in wanted]

    @staticmethod
    def _key(rule: Prepared, hit: dict[str, Any], line: dict[str, Any]) -> tuple[Any, ...]:
        """What decides the texts that many hits share; the day only where they speak of a law or a notice."""
        lawful = rule.dates is not None or hit.get("notice_id") is not None or hit["action"] == "hold"
        return (
            rule.index,
            hit["action"],
            hit["confidence"],
            hit["strength"],
            hit["status"],
            hit["licence_stated"],
            line["line_date"] if lawful else None,
            hit.get("list"),
            hit.get("notice_id"),
        )

    def _hits(self, told: list[tuple[Any, ...]]) -> pl.DataFrame:
        """Put what is told of single hits beside what hits of one rule, action, state and day share."""
        keys: Schema = {
            "rule_index": pl.UInt16,
            "action": pl.String,
            "confidence": pl.String,
            "step": pl.Int8,
            "status": pl.String,
            "licence": pl.Boolean,
            "day": pl.Date,
            "list": pl.String,
            "notice_id": pl.String,
        }
        own: Schema = {name: HIT_COLUMNS[name] for name in _OF_ONE_HIT}
        singles = pl.DataFrame(told, schema=own | keys, orient="row")
        shared = [self._shared(*row) for row in singles.select_seq(list(keys)).unique(maintain_order=True).iter_rows()]
        rest: Schema = {name: kind for name, kind in HIT_COLUMNS.items() if name not in own and name not in keys}
        table = pl.DataFrame(shared, schema=keys | rest, orient="row")
        joined = singles.join(table, on=list(keys), how="left", nulls_equal=True)
        counted = pl.when(pl.col("waived_by").is_null()).then("points").otherwise(0.0)
        return joined.with_columns_seq(points=counted).select_seq(list(HIT_COLUMNS)).sort("line", "rule", "id")

    def _shared(
        self,
        index: int,
        action: str,
        confidence: str,
        strength: int,
        status: str | None,
        licence: bool,
        day: dt.date | None,
        listed_on: str | None,
        notice_id: str | None,
    ) -> dict[str, Any]:
        rule = self.plan.rules[index]
        spec, instrument, sources = rule.spec, rule.instrument, self.content.sources
        watchlist = self.content.watchlists.get(listed_on or "")
        notice = watchlist.notices.get(notice_id or "") if watchlist else None
        step = self._next_step(rule, action, strength, status, licence)
        note = self._status_note(rule, watchlist, notice, day)
        duties = self._duties(rule, day) if action == "hold" else []
        citations = [*(spec.citations or (instrument.citations if instrument else [])), *(c for d in duties for c in d.citations)]
        cited = [
            {
                "source": sources[c.source].title if c.source in sources else c.source,
                "section": c.section,
                "url": sources[c.source].url if c.source in sources else "",
                "read_in": c.read_in,
            }
            for c in citations
        ]
        if notice is not None:
            read_in = next((c.read_in for c in spec.citations), "")
            cited.insert(
                0, {"source": f"{notice.number}: {notice.title.en}", "section": "", "url": notice.url, "read_in": read_in}
            )
        elif watchlist is not None and watchlist.format:
            named = f"{watchlist.title.en}, as of {watchlist.date} ({watchlist.publisher})"
            cited.insert(0, {"source": named, "section": "", "url": watchlist.url, "read_in": "copy"})
        return {
            "rule_index": index,
            "action": action,
            "confidence": confidence,
            "step": strength,
            "status": status,
            "licence": licence,
            "day": day,
            "list": listed_on,
            "notice_id": notice_id,
            "rule": rule.id,
            "revision": spec.revision,
            "title": spec.title.en,
            "title_zh": spec.title.zh,
            "family": rule.family,
            "basis": rule.basis,
            "strength": STRENGTHS[strength],
            "status_note": note.en or None,
            "status_note_zh": note.zh or None,
            "confirmed_by": self._confirmed_by(notice.dates if notice else rule.dates, day),
            "instrument": instrument.id if instrument else notice_id,
            "item_code": getattr(spec, "code", None),
            "points": self.decision.points(action, confidence),
            "next_step": wording.sentences([step.en, *(d.en for d in duties)]),
            "next_step_zh": wording.sentences([step.zh or step.en, *(d.zh for d in duties)], gap=""),
            "documents": list(dict.fromkeys([*getattr(spec, "settles", ()), *step.documents])),
            "citations": cited,
        }

    # reasons

    def _reason(self, rule: Prepared, hit: dict[str, Any], line: dict[str, Any]) -> list[Text]:
        """The sentences that make up a reason, before their placeholders are filled."""
        spec, texts = rule.spec, self.content.texts
        foreign = [texts["foreign_measure"]] if hit["foreign"] else []
        if not isinstance(spec, Item):
            return [spec.reason, *foreign, *self._waived(hit)]
        declared = line.get("item_code_plain") == plain_code(spec.code)
        if declared:
            key = "control_declared_code"
        elif hit["strength"] == NOT_STATED:
            key = "control_usual" if spec.usual_not_listed else "control_not_stated"
        elif hit["strength"] == UNDESCRIBED:
            key = "control_undescribed"
        elif STRENGTHS[hit["strength"]] == "partial":
            key = "control_partial_text" if self._text_speaks(rule, line) else "control_partial_hs"
        else:
            key = "control_met"
        sentences = [spec.reason if spec.reason and key == "control_met" else texts[key]]
        if hit["status"] == "in_force" and spec.consequence != "duty":
            if spec.consequence == "prohibited":
                sentences += [texts["licence_does_not_heal"]] if hit["licence_stated"] else []
            elif hit["licence_stated"]:
                sentences.append(texts["licence_stated"])
            else:
                sentences.append(texts["licence_placeholder" if line.get("licence_no") else "licence_absent"])
        if spec.note:
            sentences.append(spec.note)
        return [*sentences, *foreign]

    def _waived(self, hit: dict[str, Any]) -> list[Text]:
        """What somebody decided about a match, and whether that still counts."""
        if hit["waiver"] is None:
            return []
        one = self.waivers[hit["waiver"]]
        said = {name: value.replace("{", "{{").replace("}", "}}") for name, value in one.waiver.told().items()}
        texts = self.content.texts
        keys = ["waiver_lapsed", one.lapsed] if one.lapsed else ["waiver"]
        return [Text(texts[key].en.format(**said), texts[key].zh.format(**said)) for key in keys]

    def _text_speaks(self, rule: Prepared, line: dict[str, Any]) -> bool:
        facts = set(rule.materials)
        names = {f"material:{ident}" for ident in (line.get("materials") or "").split("|")}
        elements = {name.split(".")[0] for name in names}
        return bool(facts & (names | elements)) or (rule.detect is not None and not rule.hs_codes)

    def _status_note(self, rule: Prepared, watchlist: Watchlist | None, notice: Notice | None, day: dt.date | None) -> Text:
        """The state, on ``day``, of the law an item stands in, or of the notice that lists a party."""
        instrument, spec = rule.instrument, rule.spec
        if day is not None and instrument is not None and rule.dates is not None:
            named = Text(*(wording.name_of(instrument, language) for language in ("en", "zh")))
            verified = (spec.verified_on if isinstance(spec, Item) else None) or instrument.verified_on
            return wording.state_note(self.content, rule.dates, day, named, verified, instrument.what_to_check)
        if day is not None and watchlist is not None and notice is not None:
            named = Text(notice.number, f"《{notice.title.zh}》（{notice.number}）")
            return wording.state_note(self.content, notice.dates, day, named, watchlist.verified_on, notice.what_to_check)
        return Text("", "")

    @staticmethod
    def _confirmed_by(dates: Dates | None, day: dt.date | None) -> str | None:
        """Who of the user's own people confirmed the state of that law or notice, and when."""
        one = state(dates, day).confirmed if dates and day else None
        return f"{one.checked_by}, {one.checked_on}" if one else None

    def _next_step(self, rule: Prepared, action: str, strength: int, status: str | None, licence: bool) -> NextStep:
        spec, texts, instrument = rule.spec, self.content.texts, rule.instrument
        if not isinstance(spec, Item):
            return spec.next_step
        own = spec.next_step or (instrument.next_step if instrument else None)
        if status == "unconfirmed":
            key = "next_step_unconfirmed"
        elif action == "note" and spec.consequence != "duty":
            key = "next_step_note"
        elif licence and spec.consequence in ("licence", "technology"):
            key = "next_step_licence_stated"
        else:
            key = "next_step_met" if spec.consequence == "duty" else f"next_step_{STRENGTHS[strength]}"
        first = Text(own.en, own.zh) if own and key == "next_step_met" else texts[key]
        return NextStep(en=first.en, zh=first.zh, documents=own.documents if own else [])

    def _duties(self, rule: Prepared, day: dt.date | None) -> list[Duty]:
        """What the law of the rule's regime asks, on ``day``, of those who serve an export that breaks it."""
        laws = (i for i in self.content.instruments.values() if i.duty and i.regime == rule.regime)
        return [i.duty for i in laws if i.duty and (day is None or state(i.dates, day).status == "in_force")]

    # evidence and identity

    def _more_evidence(self, rule: Prepared, hit: dict[str, Any], line: dict[str, Any]) -> list[evidence.Row]:
        rows = []
        if isinstance(rule.spec, Item):
            code = line.get("hs_code")
            for ref in rule.spec.reference_hs:
                if code and len(code) >= 8 and (ref.code == code or ref.code.startswith(code) or code.startswith(ref.code)):
                    method = "basket code, weak" if ref.basket else "reference HS code"
                    rows.append(evidence.Row("hs_code", line.get("raw.hs_code") or code, code, ref.code, method))
            if line.get("item_code_plain") == plain_code(rule.spec.code):
                rows.insert(
                    0,
                    evidence.Row(
                        "item_code", line["item_code"], line["item_code_plain"], rule.spec.code, "declared control code"
                    ),
                )
        if hit.get("entry"):
            field = _PARTY_FIELDS[hit["what"]].format(role=hit["role"])
            rows.append(
                evidence.Row(
                    field, hit["given"], hit["listed"], f"{hit['list']} {hit['entry']}", hit["explanation"], hit["match_score"]
                )
            )
            if hit["alignment"] and hit["given"] != hit["listed"]:
                strength = evidence.number(hit["match_strength"])
                rows.append(
                    evidence.Row(field, hit["given"], hit["alignment"], hit["listed"], "words aligned", threshold=strength)
                )
            watchlist = self.content.watchlists[hit["list"]]
            stated = line.get(f"{hit['role']}_country")
            countries = self._countries_of(hit["list"], hit["entry"]) if stated else []
            if countries:
                method = "country agrees" if stated in countries else "country differs"
                rows.append(evidence.Row(f"{hit['role']}_country", stated, stated, ", ".join(countries), method))
            if watchlist.format == "ownership":
                chain = next(entry.note for entry in watchlist.entries if entry.id == hit["entry"])
                rows.append(evidence.Row("ownership", hit["listed"], chain, watchlist.title.en, "shares of listed parties"))
        if hit.get("group"):
            total = evidence.number(hit["group.total"]) if hit["group.total"] is not None else None
            span = f"{hit['group.first']} to {hit['group.last']}" if hit["group.last"] else None
            rows.append(
                evidence.Row(
                    "group",
                    hit["group.key"],
                    f"{hit['group.lines']} lines, total {total}",
                    span,
                    "lines together",
                    hit["group.ratio"],
                )
            )
        return rows

    def _countries_of(self, ident: str, name: str) -> list[str]:
        """The countries of a list entry; a list is looked through when it is first asked for."""
        if ident not in self._countries:
            self._countries[ident] = {entry.id: entry.countries for entry in self.content.watchlists[ident].entries}
        return self._countries[ident][name]

    def _id(self, rule: Prepared, hit: dict[str, Any], line: dict[str, Any]) -> str:
        reference, content = self._line_hash[line["position"]]
        counterpart = f"{hit.get('list') or ''}/{hit.get('entry') or ''}" if hit.get("entry") else ""
        key = (rule.id, content, f"{counterpart}/{hit.get('role') or ''}")
        ordinal = self._seen.get(key, 0)
        self._seen[key] = ordinal + 1
        return hashlib.sha256("\0".join([rule.id, reference, content, counterpart, key[2], str(ordinal)]).encode()).hexdigest()[
            :16
        ]


def _asks_for_words(item: Atom) -> bool:
    return item.op == "terms" or (item.op in ("any_of", "all_of", "exists") and field_type(item.field) is FieldType.FACTS)


def _words(asked: list[Atom], line: dict[str, Any], words: evidence.Words) -> list[str]:
    """The words that speak for a hit, without those inside a longer one."""
    found = [word for item in asked for word in words.of(item, line)]
    return [w for w in dict.fromkeys(found) if not any(w != other and w in other for other in found)][:_MOST_WORDS]


def _identities(lines: pl.DataFrame) -> dict[int, tuple[str, str]]:
    """For every line by position: its document reference, and the hash of its content without its place."""
    content = [name for name in COLUMNS if name not in _POSITION_COLUMNS and lines[name].null_count() < lines.height]
    references = lines.select_seq(pl.coalesce("document_ref", "house_bill", "declaration_no", "invoice_no", pl.lit("")))[:, 0]
    found = {}
    for place, reference, values in zip(lines["position"], references, lines.select_seq(content).iter_rows(), strict=True):
        stated = {name: value for name, value in zip(content, values, strict=True) if value is not None}
        text = json.dumps(stated, ensure_ascii=False, sort_keys=True, default=str)
        found[place] = (reference, hashlib.sha256(text.encode()).hexdigest())
    return found
