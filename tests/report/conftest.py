"""A synthetic finished run: hits of several families, two manifests, hostile text, and everything a report has to show."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from screening.results import (
    DERIVED,
    EVIDENCE_COLUMNS,
    HIT_COLUMNS,
    RULE_COLUMNS,
    SHIPMENT_PARTS,
    Meta,
    ScreeningRun,
)
from screening.terms import COLUMNS, InputReading, Kind, SheetReading, Text

if TYPE_CHECKING:
    from collections.abc import Callable

KINDS = {
    Kind.NUMBER: pl.Float64,
    Kind.DATE: pl.Date,
    Kind.COUNTRIES: pl.List(pl.String),
}
LINE_SCHEMA = {
    "line": pl.UInt32,
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.UInt32,
    **{name: KINDS.get(kind, pl.String) for name, kind in COLUMNS.items()},
    "raw.net_kg": pl.String,
    "extra.Sales channel": pl.String,
    "extra.内部编号": pl.String,
    **DERIVED,
    "shipment": pl.String,
    "outcome": pl.String,
    "score": pl.Float64,
    "stands_on": pl.String,
}
REJECT_SCHEMA = {"file": pl.String, "sheet": pl.String, "row": pl.UInt32, "reason": pl.String, "cells": pl.List(pl.String)}
WATCHLIST_SCHEMA = {
    "id": pl.String,
    "title": pl.String,
    "publisher": pl.String,
    "url": pl.String,
    "date": pl.Date,
    "sha256": pl.String,
    "entries": pl.UInt32,
    "effect": pl.String,
}

HOSTILE = [
    '=HYPERLINK("http://evil.example","click")',
    "＝1+1",
    "+49 89 123",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)",
    "\tleading tab",
    "<script>alert(1)</script>",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07",
    "evil\u202egnp.exe",
    "bell\x07 null\x00 c1\x9b",
    '"><img src=x onerror=alert(1)>',
    "{{ 7*7 }} {% raw %}",
    "a\r\nb;=1+1",
    "x" * 40_000,
]

ORIGINAL = {
    "source": "MOFCOM and GAC notice 2025 No.18",
    "section": "item 1C905.a.4",
    "url": "https://example.org/2025-18",
    "read_in": "official_copy",
}
CASE = {
    "source": "Ministry of State Security, 2025-07-18",
    "section": "second case",
    "url": "javascript:alert(1)",
    "read_in": "copy",
}

RULES: dict[str, dict[str, Any]] = {
    "cn-mofcom-gac-2025-18/1C905.a.4": {
        "title": "NdFeB magnet material with dysprosium",
        "title_zh": "含镝的钕铁硼永磁材料",
        "family": "control",
        "basis": "law",
        "action": "hold",
        "instrument": "cn-mofcom-gac-2025-18",
        "regime": "CN",
        "item_code": "1C905.a.4",
        "verified_on": date(2026, 8, 24),
        "citations": [ORIGINAL],
    },
    "cn-mofcom-2024-46/antimony": {
        "title": "Antimony oxide of high purity",
        "title_zh": "高纯氧化锑",
        "family": "control",
        "basis": "law",
        "action": "review",
        "instrument": "cn-mofcom-2024-46",
        "regime": "CN",
        "item_code": "1C604",
        "verified_on": date(2026, 6, 1),
        "citations": [ORIGINAL],
    },
    "party.control-list": {
        "title": "Party on the control list",
        "title_zh": "主体列入管控名单",
        "family": "party",
        "basis": "law",
        "action": "hold",
        "instrument": "cn-mofcom-2025-01",
        "regime": "CN",
        "verified_on": date(2026, 8, 24),
        "citations": [ORIGINAL],
    },
    "label.dense-under-cheap-label": {
        "title": "Too dense for the commodity it is declared as",
        "title_zh": "密度与申报品名不符",
        "family": "misdeclaration",
        "basis": "red_flag",
        "action": "review",
        "citations": [CASE],
    },
    "value.unit-price-above-label": {
        "title": "Unit price far above the commodity's range",
        "title_zh": "单价远高于该商品区间",
        "family": "value",
        "basis": "red_flag",
        "action": "review",
        "citations": [CASE],
    },
    "route.transit-hub": {
        "title": "Route through a documented transhipment place",
        "title_zh": "途经已知转运地",
        "family": "route",
        "basis": "red_flag",
        "action": "note",
        "citations": [CASE, ORIGINAL],
    },
    "pattern.split-below-threshold": {
        "title": "Several small lots to one consignee within days",
        "title_zh": "数日内向同一收货人分拆发运",
        "family": "pattern",
        "basis": "red_flag",
        "action": "review",
        "citations": [CASE],
    },
    "data.vague-description": {
        "title": "Description says too little",
        "title_zh": "品名过于笼统",
        "family": "data",
        "basis": "data",
        "action": "note",
        "citations": [],
    },
    "control.never-met": {
        "title": "A control nothing on this manifest meets",
        "title_zh": "本清单无一符合的管制",
        "family": "control",
        "basis": "law",
        "action": "hold",
        "instrument": "cn-mofcom-2023-23",
        "regime": "CN",
        "item_code": "3C001",
        "verified_on": date(2026, 8, 1),
        "citations": [ORIGINAL],
    },
}


def line_frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Lines with every column; what a row does not name is null."""
    return pl.DataFrame([{name: row.get(name) for name in LINE_SCHEMA} for row in rows], schema=LINE_SCHEMA)


def _line(number: int, **values: Any) -> dict[str, Any]:
    second = number > 12
    base: dict[str, Any] = {
        "line": number,
        "file": "demo/october.xlsx" if not second else "demo/rest.csv",
        "sheet": ("Export 十月" if number <= 8 else "Samples") if not second else None,
        "row": number + 3 if number <= 8 else number - 6,
        "line_no": str(number),
        "document_ref": f"HB-{2600 + number // 3}",
        "house_bill": f"HB-{2600 + number // 3}",
        "invoice_no": f"INV-88{number:02}",
        "description": "Ceramic tiles, glazed",
        "hs_code": "69072100",
        "quantity": 1200.0,
        "quantity_unit": "PCS",
        "packages": 24.0,
        "net_kg": 18_000.0,
        "raw.net_kg": "18,000 KGS",
        "gross_kg": 18_600.0,
        "volume_m3": 22.0,
        "value": 9_300.0,
        "currency": "USD",
        "value_usd": 9_300.0,
        "export_country": "CN",
        "leaves_from": "CN",
        "leaves_from_source": "export_country",
        "destination_country": "DE",
        "loading_port": "Ningbo",
        "ship_date": date(2026, 10, 1 + number % 28),
        "line_date": date(2026, 10, 1 + number % 28),
        "container_no": f"MSKU{number // 3:07}",
        "shipper_name": "宁波示例贸易有限公司",
        "shipper_country": "CN",
        "consignee_name": "Muster Fliesen GmbH",
        "consignee_country": "DE",
        "extra.Sales channel": "web",
        "shipment": f"HB-{2600 + number // 3}",
        "outcome": "clear",
        "score": 0.0,
        "materials": [],
        "density_t_m3": 0.82,
        "unit_price_usd_kg": 0.52,
    }
    return base | values


def _lines() -> list[dict[str, Any]]:
    rows = [
        _line(
            1,
            description="NdFeB magnets N42UH 钕铁硼磁铁, blocks",
            hs_code="8505111000",
            net_kg=420.0,
            value=31_000.0,
            value_usd=31_000.0,
            destination_country="US",
            consignee_name="Precision Motion Inc.",
            consignee_country="US",
            materials=["ndfeb", "dysprosium"],
            outcome="hold",
            score=118.5,
            stands_on="law",
        ),
        _line(
            2,
            description="Tile adhesive, grey",
            hs_code="38245000",
            net_kg=25_000.0,
            volume_m3=8.0,
            density_t_m3=3.125,
            value=412_000.0,
            value_usd=412_000.0,
            unit_price_usd_kg=16.48,
            destination_country="AE",
            transit_countries=["HK", "AE"],
            consignee_name="Gulf Build Trading FZE",
            consignee_country="AE",
            outcome="hold",
            score=96.0,
            stands_on="red_flag",
        ),
        _line(
            3,
            description="Antimony trioxide 三氧化二锑",
            hs_code="28258000",
            destination_country="JP",
            materials=["antimony"],
            outcome="review",
            score=40.0,
        ),
        _line(4, description="Spare parts", outcome="clear", score=2.5),
        _line(5, description="Servo motors, 400 W", hs_code="85015200", volume_m3=None, outcome="not_judged"),
        _line(6, description="=cmd|' /C calc'!A0", outcome="clear"),
        _line(
            7,
            description="Alloy powder 合金粉末",
            hs_code="7205210000",
            consignee_name="Example Aerospace Systems LLC",
            consignee_country="US",
            end_user_name="Example Aerospace Systems LLC",
            end_user_country="US",
            end_user_address="1 Runway Rd,\nEl Segundo",
            destination_country="US",
            outcome="hold",
            score=100.0,
            stands_on="law",
        ),
        _line(8, description="Glazing putty", destination_country="VN", transit_countries=["VN"], outcome="review", score=33.6),
    ]
    rows += [
        _line(
            9 + index,
            description=text,
            remarks=text if index % 2 else None,
            marks=text,
            **{"extra.内部编号": text, "extra.Sales channel": None},
        )
        for index, text in enumerate(HOSTILE)
    ]
    rows[10] |= {"outcome": "review", "score": 12.0}
    return rows


def _hit(line: int, identity: str, rule: str, reason: str, reason_zh: str, points: float, **values: Any) -> dict[str, Any]:
    about = RULES[rule]
    law = about.get("instrument") is not None
    base: dict[str, Any] = {
        "line": line,
        "id": identity,
        "rule": rule,
        "revision": 2,
        **{
            key: about.get(key)
            for key in ("title", "title_zh", "family", "basis", "action", "regime", "instrument", "item_code", "citations")
        },
        "confidence": "high",
        "strength": "met",
        "status": "in_force" if law else None,
        "status_note": "in force since 2025-04-04" if law else None,
        "status_note_zh": "自2025-04-04起施行" if law else None,
        "points": points,
        "reason": reason,
        "reason_zh": reason_zh,
        "next_step": "Ask the maker for the composition and keep the goods back.",
        "next_step_zh": "向生产商索取成分报告，并暂缓发运。",
        "documents": ["test_report", "export_licence"],
    }
    return base | values


def _hits() -> list[dict[str, Any]]:
    ndfeb, antimony, party, dense, price, hub, split, vague = list(RULES)[:8]
    return [
        _hit(
            1,
            "a" * 16,
            ndfeb,
            "NdFeB magnet of grade UH: dysprosium above the practice limit; no licence stated",
            "UH牌号钕铁硼磁铁：镝超过实务限值；未填许可证",
            100.0,
        ),
        _hit(1, "b" * 16, hub, "passes Hong Kong before the United States", "经香港转运至美国", 10.0, confidence="low"),
        _hit(
            2,
            "c" * 16,
            dense,
            "declared as tile adhesive, but 3.12 t/m3 where at most 2.1 fits",
            "申报为瓷砖胶，但密度3.12，最高应为2.1",
            60.0,
            action="hold",
        ),
        _hit(
            2,
            "d" * 16,
            price,
            "16.48 USD/kg where tile adhesive costs 0.2 to 1.5",
            "16.48美元/千克，而瓷砖胶为0.2至1.5",
            45.0,
            confidence="medium",
        ),
        _hit(2, "e" * 16, hub, "passes Hong Kong before the United Arab Emirates", "经香港转运至阿联酋", 10.0, confidence="low"),
        _hit(
            2,
            "f" * 16,
            split,
            "3 lots to one consignee within 9 days",
            "9日内3批发往同一收货人",
            25.0,
            group="g-01",
            confidence="medium",
        ),
        _hit(
            3,
            "1" * 16,
            antimony,
            "antimony trioxide without purity: ask for the certificate of analysis",
            "三氧化二锑未注明纯度：请索取分析证书",
            50.0,
            strength="partial",
            status="unconfirmed",
            status_note="suspended until 2026-11-27; no later act is known",
            status_note_zh="暂停实施至2026-11-27；其后尚无公告",
            confidence="medium",
        ),
        _hit(
            4,
            "2" * 16,
            vague,
            "“Spare parts” names no goods",
            "“配件”未说明货物",
            5.0,
            confidence="low",
            documents=[],
            next_step=None,
            next_step_zh=None,
        ),
        _hit(
            7,
            "3" * 16,
            party,
            "Consignee agrees with EXAMPLE AEROSPACE SYSTEMS on the control list",
            "收货人与管控名单中的示例航空系统一致",
            100.0,
        ),
        _hit(
            8,
            "4" * 16,
            split,
            "3 lots to one consignee within 9 days",
            "9日内3批发往同一收货人",
            25.0,
            group="g-01",
            confidence="medium",
        ),
        _hit(
            11,
            "5" * 16,
            split,
            "=1+1 <script>alert(2)</script> \x1b[2J\u202e",
            "＝1+1",
            25.0,
            next_step="@now",
            confidence="medium",
        ),
    ]


def _evidence() -> list[dict[str, Any]]:
    def of(
        line: int,
        hit: str,
        rule: str,
        position: int,
        field: str,
        given: str,
        compared: str,
        counterpart: str,
        method: str,
        score: float | None,
        threshold: str | None,
    ) -> dict[str, Any]:
        return dict(
            zip(
                EVIDENCE_COLUMNS,
                (line, hit, rule, position, field, given, compared, counterpart, method, score, threshold),
                strict=True,
            )
        )

    ndfeb, antimony, party, dense, price, hub, split, vague = list(RULES)[:8]
    return [
        of(
            1,
            "a" * 16,
            ndfeb,
            0,
            "description",
            "NdFeB magnets N42UH 钕铁硼磁铁, blocks",
            "ndfeb n42uh",
            "grade UH",
            "grade table",
            None,
            "UH, EH, AH, VH",
        ),
        of(1, "a" * 16, ndfeb, 1, "licence_no", "", "", "", "exists", None, None),
        of(1, "b" * 16, hub, 0, "transit_countries", "HK", "HK", "HK", "passes", None, None),
        of(2, "c" * 16, dense, 0, "density_t_m3", "25,000 KGS / 8 CBM", "3.125", "tile adhesive", "gt", 3.125, "2.1"),
        of(
            2,
            "d" * 16,
            price,
            0,
            "unit_price_usd_kg",
            "412,000 USD / 25,000 KGS",
            "16.48",
            "tile adhesive",
            "gt",
            float("nan"),
            "1.5",
        ),
        of(2, "e" * 16, hub, 0, "transit_countries", "HK, AE", "HK", "HK", "passes", None, None),
        of(
            2,
            "f" * 16,
            split,
            0,
            "consignee_name",
            "Gulf Build Trading FZE",
            "gulf build trading",
            "lines 2, 8, 11",
            "window",
            3.0,
            "3 in 14 days",
        ),
        of(
            3,
            "1" * 16,
            antimony,
            0,
            "description",
            "Antimony trioxide 三氧化二锑",
            "antimony trioxide",
            "antimony",
            "terms",
            None,
            None,
        ),
        of(4, "2" * 16, vague, 0, "description", "Spare parts", "spare parts", "vague terms", "terms", None, None),
        of(
            7,
            "3" * 16,
            party,
            0,
            "consignee_name",
            "Example Aerospace Systems LLC",
            "example aerospace systems",
            "EXAMPLE AEROSPACE SYSTEMS, entry 17 of cn-control-list",
            "name",
            0.97,
            "0.92",
        ),
        of(
            8,
            "4" * 16,
            split,
            0,
            "consignee_name",
            "Muster Fliesen GmbH",
            "muster fliesen",
            "lines 2, 8, 11",
            "window",
            3.0,
            "3 in 14 days",
        ),
        of(11, "5" * 16, split, 0, "consignee_name", "=2+5", "<b>x</b>", "\x1b[1m", "@window", 3.0, "+3"),
    ]


def _meta(**values: Any) -> Meta:
    about: dict[str, Any] = {
        "id": "20261121T084500-3f9a",
        "as_of": None,
        "started": datetime(2026, 11, 21, 8, 45, tzinfo=UTC),
        "finished": datetime(2026, 11, 21, 8, 45, 7, tzinfo=UTC),
        "program_version": "0.1.0",
        "content_version": "2026.11.1",
        "settings": {
            "language": "en",
            "bound_by": ["CN", "EU"],
            "as_of": None,
            "match": {"hit": 0.92, "review": 0.85, "none": float("nan")},
            "paths": {"=evil": "=1+1"},
            "since": date(2026, 1, 1),
        },
        "warnings": [
            "The list cn-watch-list is 142 days old on the day of screening (limit 30): import a newer one.",
            "The law's evidence ends on 2026-08-24, 89 days before the day of screening.",
        ],
        "digest": "9f2c" * 16,
        "law_known_to": date(2026, 6, 1),
        "scope": [
            "Goods controls of China were applied; those of the EU and the US were not screened.",
            "No manifest shows what is inside a package.",
        ],
        "documents": {"test_report": Text("test report", "检测报告")},
        "scope_zh": ["已适用中国物项管制；未筛查欧盟与美国物项管制。", "清单无法显示包装内的实物。"],
    }
    return Meta(**(about | values))


def _inputs() -> list[InputReading]:
    return [
        InputReading(
            "demo/october.xlsx",
            "ab" * 32,
            [
                SheetReading(
                    "Export 十月",
                    3,
                    {"品名 Description": "description", "净重": "net_kg", "HS": "hs_code"},
                    {"重量": "unspecified weight: net or gross"},
                    ["Value: invoice value taken, FOB also there."],
                    8,
                    2,
                    {"blank": 4, "totals": 1},
                ),
                SheetReading("Samples", 1, {"Goods": "description", "=1+1": "remarks"}, {}, [], 4, 0, {}),
            ],
        ),
        InputReading(
            "demo/rest.csv",
            "cd" * 32,
            [SheetReading("", 1, {"Description": "description"}, {"Sales channel": "unknown header"}, [], 10, 1, {"blank": 1})],
        ),
    ]


def make_run(
    *,
    lines: list[dict[str, Any]],
    hits: list[dict[str, Any]],
    evidence: list[dict[str, Any]],
    missing: list[dict[str, Any]],
    rejects: list[dict[str, Any]],
    inputs: list[InputReading],
    **meta: Any,
) -> ScreeningRun:
    """A run whose counts, shipments and rule counts follow from its parts."""
    frame = line_frame(lines)
    hit_frame = pl.DataFrame(hits, schema=HIT_COLUMNS).sort("line", "rule", "id")
    missing_frame = pl.DataFrame(missing, schema={"line": pl.UInt32, "rule": pl.String, "missing": pl.List(pl.String)}).sort(
        "line", "rule"
    )
    rules = pl.DataFrame(
        [
            {
                "id": name,
                "revision": 2,
                **{key: about.get(key) for key in RULE_COLUMNS if key in about},
                "hits": hit_frame.filter(rule=name).height,
                "not_judged": missing_frame.filter(rule=name).height,
                "judged": frame.height - missing_frame.filter(rule=name).height,
            }
            for name, about in sorted(RULES.items())
        ],
        schema=RULE_COLUMNS,
    )
    outcomes = dict(frame["outcome"].value_counts().rows())
    counts = {"lines": frame.height} | {name: outcomes.get(name, 0) for name in ("hold", "review", "not_judged", "clear")}
    return ScreeningRun(
        meta=_meta(**meta),
        inputs=inputs,
        counts=counts | {"rejects": len(rejects), "shipments": frame["shipment"].n_unique(), "hits": hit_frame.height},
        rejects=pl.DataFrame(rejects, schema=REJECT_SCHEMA),
        rules=rules,
        watchlists=pl.DataFrame(
            [
                {
                    "id": "cn-control-list",
                    "title": "Control list of parties 管控名单",
                    "publisher": "MOFCOM",
                    "url": "https://example.org/list",
                    "date": date(2026, 8, 24),
                    "sha256": "ef" * 32,
                    "entries": 279,
                    "effect": "no dual-use items",
                },
                {
                    "id": "=evil",
                    "title": "<i>own</i>",
                    "publisher": "@me",
                    "url": "javascript:alert(1)",
                    "date": None,
                    "sha256": "01" * 32,
                    "entries": 3,
                    "effect": "informational",
                },
            ],
            schema=WATCHLIST_SCHEMA,
        ),
        line_parts=[part for part in (frame[:7].drop("extra.内部编号"), frame[7:15], frame[15:]) if part.height],
        hit_parts=[hit_frame] if hits else [],
        evidence_parts=[pl.DataFrame(evidence, schema=EVIDENCE_COLUMNS).sort("line", "rule", "hit", "position")] if hits else [],
        shipment_parts=[frame.select(list(SHIPMENT_PARTS))],
        gap_parts=[missing_frame.select("line").unique(maintain_order=True).with_columns(gap="line")],
        gap_rows=missing_frame.rename({"line": "gap"}),
    )


def _missing() -> list[dict[str, Any]]:
    dense, price, hub = "label.dense-under-cheap-label", "value.unit-price-above-label", "route.transit-hub"
    return [
        {"line": 5, "rule": dense, "missing": ["volume_m3"]},
        {"line": 5, "rule": hub, "missing": ["transit_countries"]},
        {"line": 9, "rule": price, "missing": ["net_kg", "value"]},
        {"line": 10, "rule": hub, "missing": ["transit_countries"]},
    ]


def _rejects() -> list[dict[str, Any]]:
    return [
        {
            "file": "demo/october.xlsx",
            "sheet": "Export 十月",
            "row": 14,
            "reason": "no description and no code",
            "cells": ["", "see above", "=1+1"],
        },
        {
            "file": "demo/october.xlsx",
            "sheet": "Export 十月",
            "row": 15,
            "reason": "cut in the middle",
            "cells": ["<b>x</b>", None, "\x1b[1m"],
        },
        {"file": "demo/rest.csv", "sheet": None, "row": 7, "reason": "more cells than columns", "cells": ["a", "b", "c", "d"]},
    ]


@pytest.fixture(scope="session")
def run() -> ScreeningRun:
    """Two manifests, 22 lines, every outcome and family, hostile text in every place a stranger fills."""
    return make_run(lines=_lines(), hits=_hits(), evidence=_evidence(), missing=_missing(), rejects=_rejects(), inputs=_inputs())


@pytest.fixture(scope="session")
def quiet_run() -> ScreeningRun:
    """Lines, but neither hits nor anything else."""
    return make_run(
        lines=[_line(n) for n in range(1, 6)], hits=[], evidence=[], missing=[], rejects=[], inputs=_inputs()[:1], warnings=[]
    )


@pytest.fixture(scope="session")
def empty_run() -> ScreeningRun:
    """No line at all."""
    return make_run(
        lines=[], hits=[], evidence=[], missing=[], rejects=[], inputs=[], warnings=[], scope=[], scope_zh=[], law_known_to=None
    )


@pytest.fixture(scope="session", params=["run", "quiet_run", "empty_run"])
def any_run(request: pytest.FixtureRequest) -> ScreeningRun:
    """Each of the three runs in turn."""
    found: ScreeningRun = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def big_run() -> Callable[[int], ScreeningRun]:
    """A maker of runs with many lines: the synthetic lines repeated, in parts of 50,000."""

    def make(count: int) -> ScreeningRun:
        small = make_run(
            lines=_lines()[:8], hits=_hits()[:10], evidence=_evidence()[:11], missing=_missing()[:2], rejects=[], inputs=_inputs()
        )
        return repeat(small, count)

    return make


def repeat(run: ScreeningRun, count: int) -> ScreeningRun:
    """``run`` with its eight lines followed by clear ones up to ``count`` lines."""
    lines = run.lines
    quiet = lines.filter(pl.col("outcome") == "clear")[:1]
    parts = [lines]
    for start in range(lines.height, count, 50_000):
        size = min(50_000, count - start)
        parts.append(
            quiet.select(pl.all().repeat_by(size).explode() if size > 1 else pl.all()).with_columns(
                pl.int_range(start + 1, start + size + 1, dtype=pl.UInt32).alias("line")
            )
        )
    counts = run.counts | {"lines": count, "clear": run.counts["clear"] + count - lines.height}
    return ScreeningRun(
        run.meta,
        run.inputs,
        counts,
        run.rejects,
        run.rules,
        run.watchlists,
        parts,
        run.hit_parts,
        run.evidence_parts,
        run.shipment_parts,
        run.gap_parts,
        run.gap_rows,
    )
