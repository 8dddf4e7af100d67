"""Dashboards as code. `DASHBOARDS` is the list of them: one file each, linted, rendered and provisioned."""

from dashboards import estate_overview, exporters, thanos
from dashboards.values import Dashboard

DASHBOARDS: tuple[Dashboard, ...] = (estate_overview.DASHBOARD, thanos.DASHBOARD, exporters.DASHBOARD)
