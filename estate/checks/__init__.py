"""What the shape of single values cannot say: how they must fit together. Each check is a pure function.

A check may be given a draft (estate/draft.py): it meets None where the file lacks a value, and then says
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from estate.checks.alert_routes import alert_routes, hours, receivers
from estate.checks.azure import azure_management_groups, azure_metrics, azure_scopes
from estate.checks.component_names import component_names
from estate.checks.identity import identity
from estate.checks.inventory import inventory
from estate.checks.json_metrics import json_metrics
from estate.checks.labels import labels
from estate.checks.lists import lists
from estate.checks.maintenance import maintenance
from estate.checks.references import references
from estate.checks.replacements import replacements
from estate.checks.retention import local_retention, store_retention
from estate.checks.rollout import rollout
from estate.checks.timing import repeating, scraping, timeouts
from estate.checks.tls import tls
from estate.checks.unused import unused
from estate.model import Estate
from estate.problems import Problem

Check = Callable[[Estate], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    references,
    unused,
    identity,
    lists,
    rollout,
    alert_routes,
    hours,
    maintenance,
    receivers,
    labels,
    component_names,
    tls,
    local_retention,
    store_retention,
    timeouts,
    scraping,
    repeating,
    azure_scopes,
    azure_management_groups,
    azure_metrics,
    json_metrics,
    inventory,
    replacements,
)
