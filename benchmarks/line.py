"""How long one line, and a hundred at once, take a prepared screener, as an order desk would ask: prints milliseconds as JSON."""

from __future__ import annotations

import json
from statistics import median, quantiles
from time import perf_counter

import screening
from benchmarks.generate import Trade

_LINES = 300
_WARM_UP = 20
_TOGETHER = 100
_ROUNDS = 5


def main() -> None:
    """Prepare a screener, screen some lines one by one, print the times."""
    begun = perf_counter()
    screener = screening.Screener()
    prepared = perf_counter() - begun
    lines = next(Trade(seed=1).lines(_LINES + _WARM_UP)).drop("case").to_dicts()
    times = []
    for line in lines:
        begun = perf_counter()
        screener.screen_line(line)
        times.append((perf_counter() - begun) * 1000)
    times = times[_WARM_UP:]
    together = []
    for start in [*range(0, _LINES, _TOGETHER)] * _ROUNDS:
        begun = perf_counter()
        screener.screen(lines[start : start + _TOGETHER])
        together.append((perf_counter() - begun) * 1000)
    told = {"median_ms": median(times), "p95_ms": quantiles(times, n=20)[-1], "hundred_ms": median(together)}
    print(json.dumps({"prepare_ms": prepared * 1000, **told}))


if __name__ == "__main__":
    main()
