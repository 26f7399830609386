"""Few texts are read one by one and many by queries; what a text says must not depend on its company."""

from __future__ import annotations

import polars as pl
from polars.testing import assert_frame_equal

from screening.content.snapshot import shipped
from screening.goods import composition
from screening.prepared import shipped_plan


def test_a_text_says_the_same_alone_and_in_company() -> None:
    content = shipped(examples=True)
    items = [item for instrument in content.instruments.values() for item in instrument.items]
    lines = [example.line for spec in (*content.rules.values(), *items) for example in spec.examples]
    told = {text for line in lines if isinstance(text := line.get("description"), str) and text.strip()}
    texts = pl.Series("text", sorted(told), dtype=pl.String)
    assert len(texts) > 10 * composition._FEW_TO_READ
    goods = shipped_plan().goods
    together = goods.facts_of(texts)
    apart = [goods.facts_of(texts.slice(start, 45)) for start in range(0, len(texts), 45)]
    assert_frame_equal(pl.concat(apart), together)
