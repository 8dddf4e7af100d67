"""Application Gateway: the door of clusters whose traffic Azure takes in, by what Azure Monitor has of it."""

from __future__ import annotations

from dashboards.content.azure_services import BUSY, FAILING, OF_RESOURCE, RESOURCE
from dashboards.promql import of, part, rate
from dashboards.values import Lines, Query, Section, Steps, Unit

KIND = "azure_network_applicationgateways"
ANSWERS = f"{KIND}_response_status_total"
POOL = f"{RESOURCE}, backend_settings_pool"
OF_POOL = "{{cluster}} {{resource_name}} {{backend_settings_pool}}"
WELL, UNWELL = (
    f"sum by ({POOL}) ({of(f'{KIND}_{which}_host_count_average')})" for which in ("healthy", "unhealthy")
)


def _lines(
    title: str, about: str, unit: Unit, expr: str, legend: str = OF_RESOURCE, limit: Steps | None = None
) -> Lines:
    query = Query(expr, legend)
    return Lines(title, about, 8, unit, (query,), None, limit, missing="none read", drill="singlepane-azure")


def _slowest(metric: str) -> str:
    return f"max by ({RESOURCE}) ({of(f'{KIND}_{metric}_average_seconds')})"


APPLICATION_GATEWAY = Section(
    "Application Gateway",
    (
        _lines(
            "Gateway: requests",
            "Requests per second that each gateway answers.",
            "reqps",
            rate(ANSWERS, by=RESOURCE),
        ),
        _lines(
            "Gateway: requests that fail",
            "Share of answers that are server errors, of the backends or of the gateway itself.",
            "percentunit",
            part(
                rate(ANSWERS, 'http_status_group=~"(?i)5xx"', RESOURCE),
                rate(ANSWERS, by=RESOURCE),
            ),
            limit=FAILING,
        ),
        _lines(
            "Gateway: time of a request",
            "How long an answer takes on average, from the first byte of the request to the last one sent."
            " Azure has no percentiles of it.",
            "s",
            _slowest("application_gateway_total_time"),
        ),
        _lines(
            "Gateway: time of the backends",
            "How long backends take until their last byte, on average. Where the time above is longer, it is"
            " the gateway or the way to the user.",
            "s",
            _slowest("backend_last_byte_response_time"),
        ),
        _lines(
            "Gateway: backends that are unwell",
            "Share of the hosts of a pool that do not answer the gateway's probes. At 100% users get 502.",
            "percentunit",
            f"{UNWELL} / (({WELL} + {UNWELL}) > 0)",
            OF_POOL,
            BUSY,
        ),
        _lines(
            "Gateway: capacity units",
            "What a gateway uses of the units that it may grow to: ten for each instance. Each is paid by the"
            " hour.",
            "short",
            f"max by ({RESOURCE}) ({of(f'{KIND}_capacity_units_average')})",
        ),
    ),
    closed=True,
)
