"""docs/scale.md follows from what was assumed and what was measured."""

import dataclasses

import pytest

from scripts.scale_page import BENCHMARKS, Assumed, Measured, render

MEASURED = Measured(cpu_ms=5.0, rate=200, serve_mb=100, run_mb=120, server_kb=30, large_kb=110)


def test_the_figures_are_reckoned_from_the_measurements() -> None:
    page = render(MEASURED)
    # 100,000 servers, 2 a day, 10 times the mean, 5 requests of typing for each: 139 a second, 5 ms each.
    assert "139 a second at the peak, 5.0 ms each" in page
    assert "0.7 cores" in page
    assert "60 % busy at most: 120 a second each; one may be lost | 3 copies" in page
    assert "3.0 GB for the servers, 3.5 GB in all" in page
    assert "| shards | 100,000 / 2,500, with a half more so as to grow | 60 |" in page
    assert "1,000 identifies a day / 60 | 16 full restarts a day" in page
    assert "$" not in page


def test_slower_answers_and_more_servers_take_more() -> None:
    slower = render(dataclasses.replace(MEASURED, cpu_ms=50.0))
    assert "6.9 cores" in slower
    assert "13 copies" in slower
    assert "| 600 |" in render(MEASURED, Assumed(servers=1_000_000))


def test_the_page_of_measurements_is_read_by_the_heads_of_its_tables() -> None:
    page = BENCHMARKS.read_text(encoding="utf-8")
    before = Measured.read(page)
    assert 0 < before.cpu_ms < 1_000
    assert before.server_kb < before.large_kb
    line = next(line for line in page.splitlines() if line.startswith("| 50 channels, 25 roles"))
    after = Measured.read(page.replace(line, "| 50 channels, 25 roles | 1,234 kB | 123.4 GB |"))
    assert after == dataclasses.replace(before, server_kb=1_234)


def test_without_a_load_that_was_answered_whole_nothing_is_reckoned() -> None:
    page = BENCHMARKS.read_text(encoding="utf-8").replace("| 0 of ", "| 1 of ")
    with pytest.raises(ValueError, match="quiet machine"):
        Measured.read(page)
    with pytest.raises(ValueError, match="no table in its section serve"):
        Measured.read("")
