"""Benchmarks: figures beside a named baseline of the same run. `python -m tests.bench [NAME …]` runs them."""

from tests.bench import (
    azure_calls,
    azure_day,
    azure_faults,
    azure_fuzz,
    azure_memory,
    azure_pace,
    azure_peers,
    azure_refresh,
    azure_scrape,
    azure_telegraf,
    estate_500,
    memory,
    scrape,
    up_first_query,
    verify_green,
)

BENCHMARKS = (
    up_first_query.BENCHMARK,
    verify_green.BENCHMARK,
    memory.BENCHMARK,
    estate_500.BENCHMARK,
    scrape.BENCHMARK,
    azure_refresh.BENCHMARK,
    azure_memory.BENCHMARK,
    azure_scrape.BENCHMARK,
    azure_peers.BENCHMARK,
    azure_telegraf.BENCHMARK,
    azure_day.BENCHMARK,
    azure_pace.BENCHMARK,
    azure_pace.WHOLE_DAY,
    azure_calls.BENCHMARK,
    azure_faults.BENCHMARK,
    azure_fuzz.BENCHMARK,
)
