"""The benchmark of many rules measures what it says: variants of everything, and none of them hits."""

from pathlib import Path

from benchmarks.variants import with_variants
from screening import Screener
from screening.content.snapshot import shipped

CASES = Path(__file__).parents[2] / "samples" / "documented-cases.xlsx"


def test_variants_are_many_and_silent() -> None:
    content = shipped()
    varied = with_variants(content, 2)
    assert len(varied.rules) == 3 * len(content.rules)
    runs = [Screener.of(each).screen(CASES) for each in (content, varied)]
    assert runs[1].rules.height == 3 * runs[0].rules.height
    assert runs[1].hits.select("line", "rule", "action").equals(runs[0].hits.select("line", "rule", "action"))
