"""Real innocent goods as lines of a manifest: the readers of public data sets, and the columns put beside them.

Comes in: a folder of public data sets (``docs/false-alarms.md`` names them). Goes out: for every corpus its kind and a frame of
goods, all columns text. A *declared* corpus is ordinary goods as somebody declared them; a *terms* corpus is tariff texts, some
of which truly name a listed item.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import zipfile
from hashlib import sha256
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import polars as pl

from benchmarks.generate import Trade

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

MODES = ("export", "neutral", "route", "text")
"""``export``: what an ordinary export from China states beside the goods; ``neutral``: the same, from Germany to France;
``route``: description, HS code and China as country of export; ``text``: description and HS code alone."""
HALVES = ("tuning", "held out")
AS_EXPORT = {"export_country": "CN", "origin_country": "CN", "destination_country": "DE", "transport_mode": "sea"}
_AS_NEUTRAL = {"export_country": "DE", "origin_country": "DE", "destination_country": "FR", "transport_mode": "road"}
_ORDINARY = {"packages": "10", "net_kg": "100", "gross_kg": "108"}
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


def _hs_headings(folder: Path) -> pl.DataFrame:
    frame = _csv(folder / "harmonized-system.csv.gz")
    return frame.filter(pl.col("level") != "6").select("description", hs_code="hscode")


def _us_lines(folder: Path) -> Iterator[tuple[str, list[str]]]:
    """Code and texts of every line of the tariff, the texts above it first."""
    above: list[str] = []
    frame = _csv(folder / "us_hts_2026_rev4.csv.gz")
    for number, indent, text in frame.select("HTS Number", "Indent", "Description").iter_rows():
        above = [*above[: int(indent or 0)], (text or "").strip().rstrip(":")]
        yield (number or "").replace(".", ""), above


def _us_tariff(folder: Path) -> pl.DataFrame:
    """The lines of the tariff that carry ten digits, each with the heading above it."""
    rows = [(": ".join(texts[-_HEADINGS:]), code) for code, texts in _us_lines(folder) if len(code) == 10]
    return pl.DataFrame(rows, schema=["description", "hs_code"], orient="row")


def _us_tariff_apart(folder: Path) -> pl.DataFrame:
    """The lines of ten digits with nothing but their own text, those of eight with all that stands above them."""
    lines = [(code, texts) for code, texts in _us_lines(folder) if len(code) in (8, 10)]
    rows = [(texts[-1] if len(code) == 10 else ": ".join(texts), code) for code, texts in lines]
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


def _uk_pairs(folder: Path) -> pl.DataFrame:
    frame = _csv(folder / "incorrect_code_desc_pairs.csv")
    return frame.select(description=frame.columns[0], hs_code=frame.columns[2])


def _messages(folder: Path) -> pl.DataFrame:
    """Goods texts of UBL and IATA messages in XML, and of EDIFACT (FTX) and X12 (L5) messages in the folders beside."""
    texts: list[str] = []
    for path in sorted([*folder.glob("*.xml"), *(folder.parent / "iata_cargo_xml").glob("*.xml")]):
        root = ElementTree.parse(path).getroot()  # noqa: S314 - a public data set, read once
        places = (
            "{*}GoodsItem/{*}Description",
            "{*}Item/{*}Description",
            "{*}NatureIdentificationTransportCargo/{*}Identification",
        )
        texts += [found.text or "" for place in places for found in root.iterfind(f".//{place}")]
    for path in sorted((folder.parent / "edi_messages").glob("*.[Ee]*")):
        text = path.read_text(encoding="utf-8", errors="replace")
        texts += [re.sub(r"\?(.)", r"\1", part.replace(":", " ")) for part in re.findall(r"FTX\+AAA\+\+\+([^']+)'", text)]
        texts += [part.partition("*")[0] for part in re.findall(r"^L5\*\d*\*([^~\n]+)", text, re.MULTILINE)]
    return pl.DataFrame({"description": [" ".join(text.split()) for text in texts]})


_CORPORA: dict[str, tuple[str, str, Callable[[Path], pl.DataFrame]]] = {
    "UK parcels": ("declared", "uk_fpo_descriptions", _uk_parcels),
    "UK vague texts": ("declared", "uk_fpo_descriptions", _uk_vague),
    "health goods": ("declared", "scms_delivery_history", _scms),
    "UK wrong pairs": ("declared", "uk_fpo_descriptions", _uk_pairs),
    "trade messages": ("declared", "ubl_documents", _messages),
    "UK declarations": ("declared", "hmrc_cds_declarations", _hmrc),
    "UK search terms": ("terms", "uk_fpo_descriptions", _uk_terms),
    "US codes, short": ("terms", "us_schedule_b_import_codes", _us_codes("Description_Short")),
    "US codes, long": ("terms", "us_schedule_b_import_codes", _us_codes("Description_Long")),
    "HS subheadings": ("terms", "hs_nomenclature", _hs),
    "HS headings": ("terms", "hs_nomenclature", _hs_headings),
    "US tariff": ("terms", "hs_nomenclature", _us_tariff),
    "US tariff, apart": ("terms", "hs_nomenclature", _us_tariff_apart),
    "Korean imports": ("terms", "kcs_import_declarations", _korea),
}
"""Name in the tables, kind, folder, reader. A missing folder leaves a corpus out."""
_WORKBOOKS = {"UK packing lists": "defra_packing_lists", "Chinese templates": "china_declaration_templates"}
"""Corpora that are screened as the workbooks they are."""


def lines_of(goods: pl.DataFrame, mode: str) -> pl.DataFrame:
    """Goods as lines of a manifest, all columns text.

    Args:
        goods: ``description`` and any canonical columns, all String.
        mode: one of MODES. In ``export`` and ``neutral`` every line gets a shipper and a consignee of its own, so that no
            rule over several lines joins them.
    """
    goods = goods.filter(pl.col("description").str.strip_chars() != "")
    if mode in ("route", "text"):
        bare = goods.select(name for name in ("description", "hs_code") if name in goods.columns).unique(maintain_order=True)
        return bare.with_columns(export_country=pl.lit("CN")) if mode == "route" else bare
    trade = Trade(seed=1)
    number = pl.int_range(pl.len(), dtype=pl.UInt32)
    route = AS_EXPORT if mode == "export" else _AS_NEUTRAL
    known = {**route, **({} if "net_kg" in goods.columns else _ORDINARY)}
    given = [name for name in known if name in goods.columns]
    columns = [goods.unique(maintain_order=True)]
    height = columns[0].height
    germans, frenchmen = (trade.consignees.filter(pl.col("country") == country) for country in ("DE", "FR"))
    shippers, consignees = (trade.shippers, germans) if mode == "export" else (germans, frenchmen)
    for role, parties in (("shipper", shippers), ("consignee", consignees)):
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


def workbooks(folder: Path) -> Iterator[tuple[str, Path]]:
    """Name of the corpus and path of every workbook that is screened as it is."""
    for name, subfolder in _WORKBOOKS.items():
        for path in sorted((folder / subfolder).glob("*.xlsx")):
            yield name, path


def half_of(texts: pl.Series) -> pl.Series:
    """The half of each text, by a hash of what it says: equal texts lie in one half, whatever corpus they stand in.

    Rules are tuned on what the first half shows; the second is counted and not looked at.
    """
    known = {text: HALVES[sha256(text.strip().casefold().encode()).digest()[0] & 1] for text in texts.unique().drop_nulls()}
    return texts.replace_strict(known, default=HALVES[0], return_dtype=pl.String)
