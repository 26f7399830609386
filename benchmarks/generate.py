"""Manifests of any length for measuring: ordinary trade, with a few documented suspicious lines among it.

Comes in: a number of lines and a seed. Goes out: a file as a forwarder's system would export it. Every value follows from
(seed, number), so one seed gives one file and a shorter file is the beginning of a longer one.
"""

from __future__ import annotations

import argparse
import tempfile
from functools import cached_property
from hashlib import blake2b
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import yaml
from openpyxl import Workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

_HERE = Path(__file__).parent
_CHUNK = 100_000
_SUSPICIOUS_PER_MILLE = 3
_NEW_SHIPMENT_PERCENT = 35
"""Share of lines that begin a shipment: about three lines per house bill."""
_LARGEST_LINE_KG = 6000


class Trade:
    """The invented world the lines are drawn from."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        with (_HERE / "trade.yaml").open(encoding="utf-8") as file:
            self.words: dict[str, Any] = yaml.safe_load(file)
        self.goods = pl.read_csv(_HERE / "goods.csv", schema_overrides={"hs_code": pl.String})
        self.cases = pl.read_csv(_HERE / "suspicious.csv", schema_overrides={"hs_code": pl.String})

    def draw(self, key: pl.Expr, purpose: str) -> pl.Expr:
        """A pseudo-random UInt64 per ``key`` (splitmix64); another ``purpose`` gives another number."""
        salt = int.from_bytes(blake2b(f"{self.seed}/{purpose}".encode(), digest_size=8).digest(), "little")
        state = key.cast(pl.UInt64) * _u64(0x9E3779B97F4A7C15) + _u64(salt)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB), (31, 0x9E3779B97F4A7C15)):
            state = (state ^ (state // _u64(1 << shift))) * _u64(factor)
        return state ^ (state // _u64(1 << 29))

    def share(self, key: pl.Expr, purpose: str) -> pl.Expr:
        """A pseudo-random number from 0 to below 1."""
        return (self.draw(key, purpose) // _u64(1 << 11)).cast(pl.Float64) / float(1 << 53)

    def below(self, key: pl.Expr, purpose: str, count: int) -> pl.Expr:
        """A pseudo-random index from 0 to ``count - 1``, each as likely."""
        return self.draw(key, purpose) % _u64(count)

    def frequent(self, key: pl.Expr, purpose: str, count: int) -> pl.Expr:
        """An index from 0 to ``count - 1`` as trade repeats itself: half by Zipf's law, half evenly."""
        zipf = (pl.lit(float(count)) ** self.share(key, purpose + " rank") - 1).cast(pl.UInt64)
        return pl.when(self.below(key, purpose + " kind", 2) == 0).then(zipf).otherwise(self.below(key, purpose, count))

    def weighted(self, key: pl.Expr, purpose: str, weights: dict[str, float]) -> pl.Expr:
        """One of the keys of ``weights``."""
        names = [name for name, weight in weights.items() for _ in range(round(weight))]
        return pl.lit(pl.Series(names)).gather(self.below(key, purpose, len(names)))

    @cached_property
    def shippers(self) -> pl.DataFrame:
        """Chinese exporters: name, address, country, port."""
        words = self.words["shippers"]
        places = pl.DataFrame(words["places"], schema=["city", "province", "postcode", "port"], orient="row")
        names = _combine([a + b for a, b in product(words["first"], words["second"])], words["lines"], words["count"])
        index = pl.col("i")
        return names.hstack(places[names.select(self.below(index, "place", places.height)).to_series()]).select(
            _title(pl.col("city") + " " + pl.col("name"), self.pick(index, "form", words["forms"])).alias("name"),
            (self.street(index, words["streets"]) + ", " + pl.col("city") + ", " + pl.col("province") + " " + pl.col("postcode"))
            .alias("address"),
            pl.lit("CN").alias("country"),
            "port",
        )  # fmt: skip

    @cached_property
    def consignees(self) -> pl.DataFrame:
        """Foreign importers: name, address, country, port."""
        words = self.words["consignees"]
        places = pl.DataFrame(
            [(country, form, *place) for country, (weight, forms, cities) in words["countries"].items()
             for _ in range(weight) for form in forms for place in cities],
            schema=["country", "form", "city", "port"], orient="row",
        )  # fmt: skip
        names = _combine([a + b for a, b in product(words["first"], words["second"])], words["lines"], words["count"])
        index = pl.col("i")
        return names.hstack(places[names.select(self.below(index, "home", places.height)).to_series()]).select(
            _title(pl.col("name"), pl.col("form")).alias("name"),
            (self.street(index, words["streets"]) + ", " + pl.col("city")).alias("address"),
            "country",
            "port",
        )

    @cached_property
    def forwarders(self) -> pl.DataFrame:
        """Forwarders to be notified: name."""
        words = self.words["forwarders"]
        names = _combine([a + b for a, b in product(words["first"], words["second"])], words["places"], words["count"])
        return names.select(_title(pl.col("name"), self.pick(pl.col("i"), "forwarder", words["forms"])).alias("name"))

    def pick(self, key: pl.Expr, purpose: str, choices: Sequence[str]) -> pl.Expr:
        """One of ``choices``, each as likely."""
        return pl.lit(pl.Series(list(choices))).gather(self.below(key, purpose, len(choices)))

    def street(self, key: pl.Expr, streets: Sequence[str]) -> pl.Expr:
        """A house number and a street."""
        return pl.format("No. {} {}", self.below(key, "house", 60_000) + 1, self.pick(key, "street", streets))

    def lines(self, count: int) -> Iterator[pl.DataFrame]:
        """The manifest in chunks, with canonical column names; ``case`` names the documented case of a planted line."""
        for start in range(0, count, _CHUNK):
            yield self._chunk(start).head(count - start)

    def _chunk(self, start: int) -> pl.DataFrame:
        line, shipment, article = pl.col("line"), pl.col("shipment"), pl.col("article")
        frame = pl.select(pl.int_range(start, start + _CHUNK, dtype=pl.UInt64).alias("line")).with_columns(
            (start + (self.below(line, "new", 100) < _NEW_SHIPMENT_PERCENT).cum_sum()).alias("shipment"),
            self.frequent(line, "article", self.words["articles"]["count"]).alias("article"),
        )
        for name, parties in (("shipper", self.shippers), ("consignee", self.consignees), ("notify", self.forwarders)):
            chosen = frame.select(self.frequent(shipment, name, parties.height)).to_series()
            frame = frame.hstack(parties[chosen].rename(lambda column, name=name: f"{name}_{column}"))
        frame = frame.hstack(self.goods[frame.select(self.below(article, "product", self.goods.height)).to_series()])
        frame = frame.with_columns(self._article()).with_columns(self._shipment()).with_columns(self._measures())
        frame = self._plant(frame)
        currency = pl.col("currency")
        rates = {code: float(rate) for code, (_, rate) in self.words["currencies"].items()}
        frame = frame.with_columns(
            (pl.col("value_usd") * currency.replace_strict(rates, return_dtype=pl.Float64)).round(2).alias("value"),
            pl.lit("CN").alias("origin_country"),
            pl.lit("CN").alias("export_country"),
            pl.col("consignee_country").alias("destination_country"),
            pl.col("shipper_port").alias("loading_port"),
            pl.col("consignee_port").alias("discharge_port"),
            # two in three consignees are notified themselves
            pl.when(self.below(shipment, "notified", 3) > 0).then("consignee_name").otherwise("notify_name").alias("notify_name"),
        )
        return frame.select(*self.words["headers"], "case")

    def _article(self) -> list[pl.Expr]:
        """What an article is called; the same article reads the same on every line."""
        article = pl.col("article")
        brands = [a + b for a, b in product(*self.words["articles"]["brands"].values())]
        span = pl.col("high") - pl.col("low") + 1
        number = (pl.col("low") + (self.share(article, "number") * span).floor().cast(pl.Int64)).cast(pl.String)
        letters = [a + b for a, b in product("BCDFGHKLMPRSTVWX", repeat=2)]
        model = pl.format("{}-{}", self.pick(article, "letters", letters), self.below(article, "digits", 9000) + 1000)
        text = pl.format(
            "{}, {}, {} {}",
            "name",
            pl.col("detail").str.replace("#", number, literal=True),
            self.pick(article, "brand", brands),
            model,
        )
        return [pl.when(self.below(article, "case", 3) == 0).then(text.str.to_uppercase()).otherwise(text).alias("description")]

    def _shipment(self) -> list[pl.Expr]:
        """What all lines of a house bill share, and whether a line's goods go by air."""
        shipment, period = pl.col("shipment"), self.words["period"]
        first: date = period["from"]
        day = self.below(shipment, "day", period["days"]).cast(pl.Int64)
        modes = self.weighted(shipment, "mode", self.words["modes"])
        box = self.draw(shipment, "box") % _u64(1_000_000)
        owners = {owner: _owner_value(owner) for owner in self.words["container_owners"]}
        owner = self.pick(shipment, "owner", list(owners))
        digits = [(box // 10 ** (5 - place) % 10) * 2 ** (4 + place) for place in range(6)]
        check = (owner.replace_strict(owners, return_dtype=pl.UInt64) + pl.sum_horizontal(digits)) % 11 % 10
        grounded = modes.is_in(["air", "courier"]) & (pl.col("air") == 0)
        mode = pl.when(grounded).then(pl.lit("sea")).otherwise(modes)
        return [
            pl.format("HB{}", (shipment + 40_000_000).cast(pl.String)).alias("house_bill"),
            pl.format("3104202600{}", (shipment + 10_000_000).cast(pl.String)).alias("declaration_no"),
            pl.format("INV26-{}", self.below(shipment, "invoice", 900_000) + 100_000).alias("invoice_no"),
            (pl.lit(first) + pl.duration(days=day)).alias("declaration_date"),
            self.weighted(shipment, "currency", {code: weight for code, (weight, _) in self.words["currencies"].items()})
            .alias("currency"),
            mode.alias("transport_mode"),
            pl.when(~mode.is_in(["air", "courier"]))
            .then(pl.format("{}{}{}", owner, box.cast(pl.String).str.zfill(6), check))
            .alias("container_no"),
            self.pick(shipment, "remark", self.words["remarks"]).alias("remarks"),
        ]  # fmt: skip

    def _measures(self) -> list[pl.Expr]:
        """Packages, masses, volume and value, each within what is ordinary for the goods."""
        line, article = pl.col("line"), pl.col("article")

        def between(low: str, high: str, purpose: str, key: pl.Expr = article) -> pl.Expr:
            return pl.col(low) + (pl.col(high) - pl.col(low)) * self.share(key, purpose)

        each = between("kg_low", "kg_high", "mass").round(1)
        most = (_LARGEST_LINE_KG / each).clip(1, 900)
        by_air = pl.col("transport_mode").is_in(["air", "courier"])
        packages = (pl.when(by_air).then(most.clip(1, 25)).otherwise(most) ** self.share(line, "packages")).floor()
        net = (each * packages).round(1)
        return [
            packages.cast(pl.Int64).alias("packages"),
            pl.col("package").alias("package_type"),
            net.alias("net_kg"),
            (net * (1 + pl.col("tare"))).round(1).alias("gross_kg"),
            (net / 1000 / between("density_low", "density_high", "density")).round(3).clip(0.001).alias("volume_m3"),
            (net * between("usd_low", "usd_high", "price") * (0.9 + 0.2 * self.share(line, "haggling")))
            .round(2)
            .alias("value_usd"),
        ]

    def _plant(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Replace a few lines by documented cases, goods and measures alike."""
        line = pl.col("line")
        chosen = self.cases[frame.select(self.below(line, "which case", self.cases.height)).to_series()]
        planted = self.below(line, "plant", 1000) < _SUSPICIOUS_PER_MILLE
        replaced = [name for name in chosen.columns if name != "case"]
        return frame.hstack(chosen.rename(lambda name: f"case {name}")).with_columns(
            *(
                pl.when(planted).then(pl.col(f"case {name}").cast(frame.schema[name])).otherwise(name).alias(name)
                for name in replaced
            ),
            pl.when(planted).then("case case").alias("case"),
        )


def _u64(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.UInt64)


def _combine(stems: Sequence[str], lines: Sequence[str], count: int) -> pl.DataFrame:
    """``count`` different names, stem and line of business in scattered order, with their number ``i``."""
    names = [f"{stem} {line}" for stem, line in product(stems, lines)]
    stride = 7919  # a prime that divides no number of names here, so every name comes once
    return pl.DataFrame(
        {"name": [names[i * stride % len(names)] + _roman(i // len(names)) for i in range(count)]}
    ).with_row_index("i")


def _roman(turn: int) -> str:
    """What tells companies apart that would share a name."""
    return f" {'ABCDEFGH'[turn - 1]}" if turn else ""


def _title(name: pl.Expr, form: pl.Expr) -> pl.Expr:
    """Name and legal form; every fourth in capitals, as documents have it."""
    text = pl.format("{} {}", name, form)
    return pl.when(pl.col("i") % 4 == 0).then(text.str.to_uppercase()).otherwise(text)


def _owner_value(owner: str) -> int:
    """The owner code's part in the check digit of a container number (ISO 6346: A is 10, multiples of 11 are left out)."""
    values = [value for value in range(10, 39) if value % 11]
    return sum(values[ord(letter) - ord("A")] * 2**place for place, letter in enumerate(owner))


def write(path: Path, count: int, seed: int = 1) -> None:
    """Write ``count`` lines to ``path`` with a forwarder's headers, as CSV, Parquet or a workbook by its suffix."""
    trade = Trade(seed)
    chunks = (chunk.drop("case").rename(trade.words["headers"]) for chunk in trade.lines(count))
    if path.suffix == ".parquet":
        _write_parquet(path, chunks)
    elif path.suffix == ".xlsx":
        _write_workbook(path, chunks)
    else:
        with path.open("wb") as file:
            for number, chunk in enumerate(chunks):
                chunk.write_csv(file, include_header=number == 0)


def _write_parquet(path: Path, chunks: Iterator[pl.DataFrame]) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        parts = []
        for number, chunk in enumerate(chunks):
            parts.append(Path(folder) / f"{number:06d}.parquet")
            chunk.write_parquet(parts[-1])
        pl.scan_parquet(parts).sink_parquet(path)


def _write_workbook(path: Path, chunks: Iterator[pl.DataFrame]) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Lines")
    for number, chunk in enumerate(chunks):
        if number == 0:
            sheet.append(chunk.columns)
        for line in chunk.iter_rows():
            sheet.append(line)
    book.save(path)


def main() -> None:
    """Write a manifest from the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("path", type=Path)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    write(arguments.path, arguments.lines, arguments.seed)


if __name__ == "__main__":
    main()
