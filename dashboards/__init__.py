"""Dashboards as code. `DASHBOARDS` is the list of them: one file each, linted, rendered and provisioned."""

from dashboards.content import cluster, estate, exporters, on_call, prometheus, thanos, workload
from dashboards.values import Dashboard

DASHBOARDS: tuple[Dashboard, ...] = (
    estate.DASHBOARD,
    cluster.DASHBOARD,
    workload.DASHBOARD,
    thanos.DASHBOARD,
    prometheus.DASHBOARD,
    exporters.DASHBOARD,
    on_call.DASHBOARD,
)
