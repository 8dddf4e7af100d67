"""Dashboards as code. `DASHBOARDS` is the list of them: one file each, linted, rendered and provisioned."""

from dashboards.content import (
    azure,
    cluster,
    cost,
    delivery,
    estate,
    expiry,
    exporters,
    ingress,
    logs,
    on_call,
    prometheus,
    shop,
    slo,
    thanos,
    workload,
)
from dashboards.values import Dashboard

DASHBOARDS: tuple[Dashboard, ...] = (
    estate.DASHBOARD,
    cluster.DASHBOARD,
    workload.DASHBOARD,
    ingress.DASHBOARD,
    slo.DASHBOARD,
    thanos.DASHBOARD,
    prometheus.DASHBOARD,
    logs.DASHBOARD,
    azure.DASHBOARD,
    cost.DASHBOARD,
    exporters.DASHBOARD,
    expiry.DASHBOARD,
    delivery.DASHBOARD,
    on_call.DASHBOARD,
    shop.DASHBOARD,
)
