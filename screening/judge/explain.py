"""Writes what a person reads of a hit: the reason, the state of the law, the next step, the citations and the evidence.

Everything here happens after judging and for hits only; the words come from the content, in English and Chinese.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from screening.content.fields import GOODS
from screening.content.models import Item, NextStep
from screening.judge import evidence, wording
from screening.judge.identity import Identities
from screening.judge.rules import NOT_STATED, STRENGTHS, UNDESCRIBED, plain_code
from screening.judge.status import state
from screening.results import EVIDENCE_COLUMNS, HIT_COLUMNS, Schema
from screening.terms import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from screening.content.conditions import Atom
    from screening.content.listmodels import Notice, Watchlist
    from screening.content.models import Dates, Duty
    from screening.judge.decide import Decision
    from screening.judge.rules import Prepared
    from screening.judge.telling import Telling, Told
    from screening.judge.waiving import Table

_MOST_WORDS = 6
_ROUND = 1_000
"""Flagged lines that are explained in one round."""
_ALWAYS_THERE = ("position", "line", "line_date", "item_code", "item_code_plain")
_OF_ONE_HIT = ("line", "id", "reason", "reason_zh", "group", "regime", "foreign", "waived_by")
"""Columns of a hit that its rule, action, state and day do not decide."""
_SHARED: Schema = {name: kind for name, kind in HIT_COLUMNS.items() if name not in _OF_ONE_HIT}


_PARTY_FIELDS = {"name": "{role}_name", "vessel": "vessel_name", "number": "{role}_id", "address": "{role}_address"}
"""Where the text stands that was looked up (parties.match.ASKED)."""


_NOTHING_TOLD = pl.DataFrame(schema=HIT_COLUMNS), pl.DataFrame(schema=EVIDENCE_COLUMNS)
_NOTHING_SHARED = pl.DataFrame(schema=_SHARED)


class Explainer:
    """Turns acted hits of chunks into the frames of a run. Counts identical lines over the whole run, so use one a run."""

    def __init__(self, telling: Telling, decision: Decision, waivers: Table | None = None) -> None:
        self.telling = telling
        self.content = telling.content
        self.plan = telling.plan
        self.waivers = list((waivers or {}).values())
        self.decision = decision
        self._identities = Identities(self.plan)
        self._countries: dict[str, dict[str, list[str]]] = {}
        self._numbers: dict[tuple[Any, ...], int] = {}
        """The row of ``_shared`` in which stands what hits share, by what decides it."""
        self._shared = _NOTHING_SHARED
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
            return _NOTHING_TOLD
        hits, frames = zip(*waiting, strict=True)
        return self.explain(pl.concat(hits, how="diagonal_relaxed"), pl.concat(frames, how="diagonal_relaxed"))

    def explain(self, hits: pl.DataFrame, flagged: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The ``hits`` and ``evidence`` frames of a chunk.

        Args:
            hits: result of ``Decision.act`` with ``position`` and, where they apply, the columns of a group or a party match.
            flagged: the lines hit, as ``frame.prepare`` made them, with ``position`` and ``line``.
        """
        if not hits.height:
            return _NOTHING_TOLD
        rules = {index: self.telling.of(index) for index in hits["rule"].unique().to_list()}
        tellers = [teller for told in rules.values() for teller in told.tellers]
        vague = self.telling.vague() if (hits["strength"] == UNDESCRIBED).any() else []
        truths = evidence.true_of([*tellers, *vague], flagged)
        texts = {GOODS}.union(*(told.texts for told in rules.values()))
        worded = [index for index, told in rules.items() if told.worded]
        spoken = flagged if vague or len(worded) == len(rules) else _lines_of(flagged, hits, worded)
        words = evidence.Words(spoken, texts, self.plan.goods.words_found, self.plan.scope)
        values = {index: wording.Values(self.content, told.rule) for index, told in rules.items()}
        ordered = hits.sort("position", "rule", *(c for c in ("entry", "role", "group") if c in hits.columns), nulls_last=True)
        ids = self._identities.of(ordered, flagged)
        lines = enumerate(flagged.select_seq(_columns_told(rules.values(), flagged)).iter_rows(named=True))
        row, line = next(lines)
        singles: list[tuple[Any, ...]] = []
        shown: list[tuple[Any, ...]] = []
        new: list[dict[str, Any]] = []
        for ident, hit in zip(ids, ordered.iter_rows(named=True), strict=True):
            while line["position"] != hit["position"]:
                row, line = next(lines)
            told = rules[hit["rule"]]
            rule = told.rule
            pieces = self._more_evidence(rule, hit, line)
            spoke = told.tellers + vague if hit["strength"] == UNDESCRIBED else told.tellers
            pieces += [teller.tell(line, words) for teller in spoke if truths[teller.name][row]]
            said = values[rule.index]
            said.take(hit, line, _words(told.asked, line, words))
            reason = self._reason(rule, hit, line)
            if said.stated("en"):
                reason.insert(1, self.content.texts["control_stated"])
            regime = wording.regime_of(self.content, rule, hit) or None
            waiver = self.waivers[hit["waiver"]].waiver if hit["waived"] else None
            by = f"{waiver.checked_by}, {waiver.checked_on}" if waiver else None
            english = wording.sentences(said.fill(t, "en") for t in reason)
            chinese = wording.sentences((said.fill(t, "zh") for t in reason), gap="")
            key = self._key(rule, hit, line)
            number = self._numbers.setdefault(key, len(self._numbers))
            if number == self._shared.height + len(new):
                new.append(self._share(*key))
            singles.append((line["line"], ident, english, chinese, hit.get("group"), regime, hit["foreign"], by, number))
            shown += [
                (line["line"], ident, rule.id, place, p.field, p.given, p.compared, p.counterpart, p.method, p.score, p.threshold)
                for place, p in enumerate(pieces, 1)
            ]
        if new:
            self._shared = pl.concat([self._shared, pl.DataFrame(new, schema=_SHARED, orient="row")], rechunk=True)
        return self._hits(singles), _frame(shown, EVIDENCE_COLUMNS).sort("line", "rule", "hit", "position")

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
        own = _frame(told, {name: HIT_COLUMNS[name] for name in _OF_ONE_HIT} | {"number": pl.UInt32})
        both = own.hstack(self._shared[own["number"]])
        counted = pl.when(pl.col("waived_by").is_null()).then("points").otherwise(0.0)
        return both.with_columns_seq(points=counted).select_seq(list(HIT_COLUMNS)).sort("line", "rule", "id")

    def _share(
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
            "action": action,
            "confidence": confidence,
            "status": status,
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


def _frame(rows: list[tuple[Any, ...]], schema: Schema) -> pl.DataFrame:
    """A frame of rows; column by column it is made more quickly."""
    columns = zip(*rows, strict=True) if rows else [()] * len(schema)
    return pl.DataFrame(
        [pl.Series(name, values, dtype=kind) for (name, kind), values in zip(schema.items(), columns, strict=True)]
    )


def _lines_of(flagged: pl.DataFrame, hits: pl.DataFrame, rules: list[int]) -> pl.DataFrame:
    """The lines that one of ``rules`` hit."""
    hit = hits.filter(pl.col("rule").is_in(rules))["position"].unique().implode()
    return flagged.filter(pl.col("position").is_in(hit))


def _columns_told(rules: Iterable[Told], lines: pl.DataFrame) -> list[str]:
    """The columns of ``lines`` that the texts and the evidence of ``rules`` can speak of, without empty ones."""
    wanted = frozenset[str]().union(*(told.columns for told in rules))
    empty = {column.name for column in lines.get_columns() if column.null_count() == lines.height} - set(_ALWAYS_THERE)
    return [name for name in lines.columns if name in wanted and name not in empty]


def _words(asked: list[Atom], line: dict[str, Any], words: evidence.Words) -> list[str]:
    """The words that speak for a hit, without those inside a longer one."""
    found = [word for item in asked for word in words.of(item, line)]
    return [w for w in dict.fromkeys(found) if not any(w != other and w in other for other in found)][:_MOST_WORDS]
