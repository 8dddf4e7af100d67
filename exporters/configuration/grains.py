"""The lengths of Azure's buckets, by the name that a row has for each."""

from __future__ import annotations

GRAIN_SECONDS = {
    "PT1M": 60,
    "PT5M": 300,
    "PT15M": 900,
    "PT30M": 1800,
    "PT1H": 3600,
    "PT6H": 21600,
    "PT12H": 43200,
    "P1D": 86400,
}
