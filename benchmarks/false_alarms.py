"""Counts what the shipped content flags in real innocent goods: two tables and the flagged texts, as Markdown.

Comes in: a folder of public data sets (``docs/false-alarms.md`` names them). Their goods are screened as exports from China on
days that differ in law. A *declared* corpus is ordinary goods as somebody declared them: whatever is flagged there is a false
alarm. A *terms* corpus is tariff texts, some of which truly name a listed item: what is flagged there is read, not counted.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import json
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import polars as pl

import screening
from benchmarks.generate import Trade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DAYS = (
    "2023-08-01",
    "2024-09-15",
    "2025-02-04",
    "2025-04-04",
    "2025-10-09",
    "2025-11-09",
    "2026-11-11",
    "2026-11-21",
    "2026-11-28",
)
"""Days on which the state of a Chinese notice on minerals differs from the day before."""
_BLOCK = 20_000
_FLAGS = ("hold", "review")
_MODES = ("export", "text")
_AS_EXPORT = {"export_country": "CN", "origin_country": "CN", "destination_country": "DE", "transport_mode": "sea"}
_NEUTRAL = {"packages": "10", "net_kg": "100", "gross_kg": "108"}
_HEADINGS = 2
"""Texts of a tariff line that are joined: its own and that of the heading next above; those further up name the whole chapter."""


def _csv(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True)


def _uk_parcels(folder: Path) -> pl.DataFrame:
    frame = _csv(folder / "extra_references_half_a.csv")
    return frame.select(description="Goods Description", hs_code="Commodity Code", package_type=pl.lit("carton"))


def _uk_vague(folder: Path) -> pl.DataFrame:
    lines = (folder / "vague_terms_half_a.csv").read_text(encoding="utf-8").splitlines()
    return pl.DataFrame({"description": [line.strip().strip('"') for line in lines]})


def _uk_terms(folder: Path) -> pl.DataFrame:
    with gzip.open(folder / "search_references.json.gz", "rt", encoding="utf-8") as file:
        terms = json.load(file)
    return pl.DataFrame({"description": list(terms), "hs_code": [str(code) for code in terms.values()]})


def _scms(folder: Path) -> pl.DataFrame:
    """Deliveries of health goods, with their true value, destination and, where stated, mass."""
    kilograms = pl.col("Weight (Kilograms)").cast(pl.Float64, strict=False)
    return _csv(folder / "scms_half_a.csv.gz").select(
        description="Item Description",
        brand="Brand",
        manufacturer_name="Manufacturing Site",
        destination_country="Country",
        transport_mode="Shipment Mode",
        quantity="Line Item Quantity",
        value="Line Item Value",
        currency=pl.lit("USD"),
        gross_kg=kilograms.cast(pl.String),
        net_kg=pl.lit(None, pl.String),
        packages=pl.lit(None, pl.String),
    )


def _hmrc(folder: Path) -> pl.DataFrame:
    """Goods items of declarations in XML; files that are no XML are passed over."""
    columns = {
        "description": "{*}Commodity/{*}Description",
        "net_kg": "{*}Commodity/{*}GoodsMeasure/{*}NetNetWeightMeasure",
        "gross_kg": "{*}Commodity/{*}GoodsMeasure/{*}GrossMassMeasure",
        "packages": "{*}Packaging/{*}QuantityQuantity",
        "marks": "{*}Packaging/{*}MarksNumbersID",
    }
    rows = []
    with zipfile.ZipFile(folder / "declarations_xml.zip") as archive:
        for name in sorted(archive.namelist()):
            try:
                declaration = ElementTree.fromstring(archive.read(name))  # noqa: S314 - a public data set, read once
            except ElementTree.ParseError:
                continue
            for item in declaration.iterfind(".//{*}GovernmentAgencyGoodsItem"):
                codes = {
                    c.findtext("{*}IdentificationTypeCode"): c.findtext("{*}ID")
                    for c in item.iterfind("{*}Commodity/{*}Classification")
                }
                rows.append({"hs_code": codes.get("TSP")} | {column: item.findtext(path) for column, path in columns.items()})
    return pl.DataFrame(rows, schema=dict.fromkeys(("hs_code", *columns), pl.String)).drop_nulls("description")


def _us_codes(column: str) -> Callable[[Path], pl.DataFrame]:
    return lambda folder: _csv(folder / "sked_b_import_codes.csv.gz").select(description=column, hs_code="Code")


def _hs(folder: Path) -> pl.DataFrame:
    frame = _csv(folder / "harmonized-system.csv.gz")
    return frame.filter(pl.col("level") == "6").select("description", hs_code="hscode")


def _us_tariff(folder: Path) -> pl.DataFrame:
    """The lines of the tariff that carry ten digits, each with the heading above it."""
    above: list[str] = []
    rows = []
    for number, indent, text in (
        _csv(folder / "us_hts_2026_rev4.csv.gz").select("HTS Number", "Indent", "Description").iter_rows()
    ):
        above = [*above[: int(indent or 0)], (text or "").strip().rstrip(":")]
        code = (number or "").replace(".", "")
        if len(code) == 10:
            rows.append((": ".join(above[-_HEADINGS:]), code))
    return pl.DataFrame(rows, schema=["description", "hs_code"], orient="row")


def _korea(folder: Path) -> pl.DataFrame:
    """Import declarations with no text of their own: masses and prices are real, the text is that of their heading."""
    texts = _hs(folder.parent / "hs_nomenclature")
    return (
        _csv(folder / "df_syn_train_eng.csv.gz")
        .select(hs_code=pl.col("HS6 Code").str.zfill(6), net_kg="Net Mass", value="Item Price", currency=pl.lit("KRW"))
        .join(texts, on="hs_code", maintain_order="left")
        .with_columns(destination_country=pl.lit("KR"), gross_kg=pl.lit(None, pl.String), packages=pl.lit(None, pl.String))
    )


_CORPORA: dict[str, tuple[str, str, Callable[[Path], pl.DataFrame]]] = {
    "UK parcels": ("declared", "uk_fpo_descriptions", _uk_parcels),
    "UK vague texts": ("declared", "uk_fpo_descriptions", _uk_vague),
    "health goods": ("declared", "scms_delivery_history", _scms),
    "UK declarations": ("declared", "hmrc_cds_declarations", _hmrc),
    "UK search terms": ("terms", "uk_fpo_descriptions", _uk_terms),
    "US codes, short": ("terms", "us_schedule_b_import_codes", _us_codes("Description_Short")),
    "US codes, long": ("terms", "us_schedule_b_import_codes", _us_codes("Description_Long")),
    "HS subheadings": ("terms", "hs_nomenclature", _hs),
    "US tariff": ("terms", "hs_nomenclature", _us_tariff),
    "Korean imports": ("terms", "kcs_import_declarations", _korea),
}
"""Name in the tables, kind, folder, reader. A missing folder leaves a corpus out."""
_PACKING_LISTS = "defra_packing_lists"


def lines_of(goods: pl.DataFrame, mode: str) -> pl.DataFrame:
    """Goods as lines of a manifest, all columns text.

    Args:
        goods: ``description`` and any canonical columns, all String.
        mode: ``text`` keeps description and HS code alone; ``export`` adds what an ordinary export from China states beside
            them, with a shipper and a consignee of their own for every line, so that no rule over several lines joins them.
    """
    goods = goods.filter(pl.col("description").str.strip_chars() != "")
    if mode == "text":
        return goods.select(name for name in ("description", "hs_code") if name in goods.columns).unique(maintain_order=True)
    trade = Trade(seed=1)
    number = pl.int_range(pl.len(), dtype=pl.UInt32)
    known = {**_AS_EXPORT, **({} if "net_kg" in goods.columns else _NEUTRAL)}
    given = [name for name in known if name in goods.columns]
    columns = [goods.unique(maintain_order=True)]
    height = columns[0].height
    for role, parties in (("shipper", trade.shippers), ("consignee", trade.consignees.filter(pl.col("country") == "DE"))):
        chosen = parties.select("name", "address", "country").unique("name", keep="first", maintain_order=True)
        times = -(-height // chosen.height)
        columns.append(
            pl.concat([chosen] * times)
            .head(height)
            .with_columns(address=pl.format("Plot {}, {}", number, "address"))
            .select(pl.all().name.prefix(f"{role}_"))
        )
    return pl.concat(columns, how="horizontal").with_columns(
        **{name: pl.lit(value) for name, value in known.items() if name not in given},
        **{name: pl.col(name).fill_null(pl.lit(known[name])) for name in given},
        house_bill=pl.format("HB{}", number),
        container_no=pl.lit(None, pl.String),
    )


def corpora(folder: Path, sample: int) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Name, kind and goods of every corpus that ``folder`` has; ``sample`` > 0 takes that many spread over it."""
    for name, (kind, subfolder, read) in _CORPORA.items():
        if not (folder / subfolder).is_dir():
            print(f"{name}: no folder {subfolder}", file=sys.stderr)
            continue
        goods = read(folder / subfolder).unique(maintain_order=True)
        if sample and goods.height > sample:
            goods = goods.gather_every(goods.height // sample).head(sample)
        yield name, kind, goods


def packing_lists(screener: screening.Screener, folder: Path, day: str) -> Iterator[screening.ScreeningRun]:
    """The runs of workbooks as they are, without what they lack."""
    for path in sorted((folder / _PACKING_LISTS).glob("*.xlsx")):
        try:
            yield screener.screen(path, as_of=day, defaults={k: v for k, v in _AS_EXPORT.items() if k != "origin_country"})
        except screening.ScreeningError:
            continue  # a layout without lines or headers is of no interest here


class Tally:
    """What all runs found, in two long frames."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.hits: list[pl.DataFrame] = []

    def add(self, corpus: str, kind: str, mode: str, day: str, run: screening.ScreeningRun) -> None:
        """Count a run and keep its flagging hits with the text of their lines."""
        if not run.counts["lines"]:
            return
        place = {"corpus": corpus, "kind": kind, "mode": mode, "day": day}
        noted = run.hits.filter(pl.col("action") == "note").get_column("line").n_unique()
        self.lines.append({**place, **{k: run.counts[k] for k in ("lines", "hold", "review", "not_judged")}, "noted": noted})
        lines = run.scan_lines().select("line", "description", "hs_code", "outcome", "score").collect()
        self.hits.append(
            run.hits.select("line", "rule", "action", "confidence", "strength", "reason")
            .join(lines, on="line")
            .filter(pl.col("outcome").is_in(_FLAGS))
            .with_columns(**{k: pl.lit(v) for k, v in place.items()})
            .drop("line")
        )


def run_all(folder: Path, days: list[str], modes: list[str], sample: int, only: str) -> Tally:
    """Screen every corpus in every mode on every day."""
    screener, tally = screening.Screener(), Tally()
    for name, kind, goods in corpora(folder, sample):
        if only and only.lower() not in name.lower():
            continue
        for mode in modes:
            lines = lines_of(goods, mode)
            for day in days:
                begun = dt.datetime.now()
                for start in range(0, lines.height, _BLOCK):
                    tally.add(name, kind, mode, day, screener.screen(lines.slice(start, _BLOCK), as_of=day))
                print(f"{name}, {mode}, {day}: {lines.height:,} lines, {dt.datetime.now() - begun}", file=sys.stderr)
    if (folder / _PACKING_LISTS).is_dir() and not only:
        for day in days:
            for run in packing_lists(screener, folder, day):
                tally.add("UK packing lists", "declared", "export", day, run)
    return tally


def per_thousand(tally: Tally) -> str:
    """Lines held and reviewed per 1,000, by corpus and mode, one column a day; then the worst day's notes and unjudged lines."""
    found = pl.DataFrame(tally.lines).group_by("kind", "corpus", "mode", "day", maintain_order=True).sum()
    total = found.group_by("kind", "mode", "day", maintain_order=True).agg(pl.col(pl.Int64).sum())
    table = pl.concat([found, total.with_columns(corpus=pl.format("**all {}**", "kind")).select(found.columns)])
    days = found.get_column("day").unique().sort().to_list()
    rows = []
    for (corpus, mode), group in table.group_by("corpus", "mode", maintain_order=True):
        lines = group.get_column("lines").max()
        by_day = {
            row["day"]: " / ".join(_share(row[flag], row["lines"]) for flag in _FLAGS) for row in group.iter_rows(named=True)
        }
        rest = (_share(group.get_column(name).max(), lines) for name in ("not_judged", "noted"))
        rows.append((corpus, mode, f"{lines:,}", *(by_day.get(day, "") for day in days), *rest))
    return _table(("corpus", "mode", "lines", *days, "not judged", "with a note"), rows)


def by_rule(tally: Tally) -> str:
    """Flagged lines on which a rule stands with a review or a hold, by rule and corpus, one column a day."""
    hits = _all_hits(tally)
    if not hits.height:
        return "None.\n"
    hits = hits.filter((pl.col("mode") == "export") & pl.col("action").is_in(_FLAGS))
    days = hits.get_column("day").unique().sort().to_list()
    counted = hits.group_by("rule", "corpus", "kind", "day", "action").len().sort("kind", "rule", "corpus", "day", "action")
    cells: dict[tuple[str, str, str], dict[str, list[str]]] = {}
    for row in counted.iter_rows(named=True):
        cell = cells.setdefault((row["kind"], row["rule"], row["corpus"]), {}).setdefault(row["day"], [])
        cell.append(f"{row['len']}{row['action'][0].upper()}")
    rows = [(*key, *(" ".join(by_day.get(day, [])) for day in days)) for key, by_day in cells.items()]
    return _table(("kind", "rule", "corpus", *days), rows)


def examples(tally: Tally, most: int) -> str:
    """The flagged texts, each once with the days on which it was flagged worst, and the rules that did it."""
    hits = _all_hits(tally)
    if not hits.height:
        return "None.\n"
    told = (
        hits.with_columns(hs_code=pl.col("hs_code").fill_null(""))
        .group_by("kind", "corpus", "description", "hs_code")
        .agg(
            outcome=pl.col("outcome").sort_by(pl.col("outcome").replace_strict({"hold": 0, "review": 1})).first(),
            days=pl.format("{} of {} runs", pl.struct("day", "mode").n_unique(), pl.lit(_runs(tally))),
            rules=pl.format("{} {}", "rule", "action").unique().sort().str.join("; "),
        )
        .sort("kind", "corpus", "outcome", "rules", "description", "hs_code")
        .group_by("kind", "corpus", maintain_order=True)
        .head(most)
    )
    rows = [
        (r["corpus"], r["outcome"], r["hs_code"], r["description"][:160], r["rules"], r["days"])
        for r in told.iter_rows(named=True)
    ]
    return _table(("corpus", "worst", "HS", "text", "rules", "flagged in"), rows)


def _all_hits(tally: Tally) -> pl.DataFrame:
    return pl.concat(tally.hits) if tally.hits else pl.DataFrame()


def _runs(tally: Tally) -> int:
    return len({(row["mode"], row["day"]) for row in tally.lines})


def _share(count: int, lines: int) -> str:
    return "0" if not count else f"{1000 * count / lines:.2f}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    body = ["| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *body]) + "\n"


def main() -> None:
    """Screen and print. What is found never changes the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of the public data sets")
    parser.add_argument("--dates", nargs="+", default=list(_DAYS), metavar="DAY")
    parser.add_argument("--modes", nargs="+", default=list(_MODES), choices=_MODES)
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="at most N different goods of each corpus")
    parser.add_argument("--corpus", default="", help="only corpora with this in their name")
    parser.add_argument("--examples", type=int, default=25, metavar="N", help="flagged texts shown of each corpus")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        sys.exit(f"{arguments.folder} is no folder; give the folder that holds the data sets named in docs/false-alarms.md")
    tally = run_all(arguments.folder, arguments.dates, arguments.modes, arguments.sample, arguments.corpus)
    if not tally.lines:
        sys.exit(f"no data set was found in {arguments.folder}")
    print(
        "### Held / reviewed per 1,000 lines\n",
        per_thousand(tally),
        "\n### Rules on flagged lines\n",
        by_rule(tally),
        "\n### Flagged texts\n",
        sep="\n",
    )
    print(examples(tally, arguments.examples))


if __name__ == "__main__":
    main()
