"""The profile counts what the run counts, and times exactly the rules that some line could meet."""

from screening import Screener
from screening.tools.profile import profile

LINES = [
    {"description": "Dysprosium oxide", "export_country": "CN", "ship_date": "2025-06-02"},
    {"description": "Cotton shirts"},
] * 50


def test_every_rule_stands_in_it_with_its_hits() -> None:
    screener = Screener()
    found, run = profile(screener, LINES), screener.screen(LINES)
    assert found.lines == 100
    assert dict(found.rules.select("rule", "hits").rows()) == dict(run.rules.select("id", "hits").rows())
    hit = found.rules.filter(found.rules["hits"] > 0)
    assert hit.height
    assert hit["seconds"].null_count() == 0
    assert found.rules["seconds"].null_count() > 100  # most rules concern no line of these
    assert set(found.stages) == {"read", "judge", "rest"}
