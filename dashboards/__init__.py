"""Dashboards as code. `DASHBOARDS` is the list of them: one file each, linted, rendered and provisioned."""

from dashboards.content import estate, exporters, thanos
from dashboards.values import Dashboard

DASHBOARDS: tuple[Dashboard, ...] = (estate.DASHBOARD, thanos.DASHBOARD, exporters.DASHBOARD)
