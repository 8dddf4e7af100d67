"""Keys of scrape jobs and of azure-metrics-exporter: what is read, and what follows from a loss."""

from __future__ import annotations

PARAMS = (
    "subscription",
    "resourceType",
    "filter",
    "target",
    "metric",
    "aggregation",
    "interval",
    "timespan",
    "metricFilter",
    "metricNamespace",
    "region",
    "name",
)
# Keys of a job that are about the way to azure-metrics-exporter, which is not asked any more.
# fmt: off
WAY = frozenset({
    "job_name", "metrics_path", "params", "scrape_interval", "scrape_timeout", "scheme", "path",
    "interval", "scrapeTimeout", "port", "targetPort", "portNumber", "name", "jobName", "jobLabel",
    "selector", "namespaceSelector", "attachMetadata", "basicAuth", "basic_auth", "authorization",
    "oauth2", "tlsConfig", "tls_config", "bearer_token", "bearer_token_file", "bearerTokenFile",
    "bearerTokenSecret", "proxyUrl", "proxy_url", "noProxy", "proxyFromEnvironment",
    "followRedirects", "follow_redirects", "enableHttp2", "enable_http2", "filterRunning", "prober",
    "targets", "module", "metricsPath", "scrapeInterval", "http_headers", "scrapeClass",
})
# fmt: on
_LOST = {
    "relabel": "not carried: labels that it adds are missing, put it where Prometheus scrapes this exporter",
    "metric": "not carried: what it drops or renames is there under our name, put it where Prometheus "
    "scrapes this exporter",
    "limit": "not carried: series are bounded by the exporter's budget, set that, or sample_limit of its job",
    "honor": "not carried: set it where Prometheus scrapes this exporter, or labels of both may clash",
}
LOSSES = {
    "relabel_configs": _LOST["relabel"],
    "relabelings": _LOST["relabel"],
    "metric_relabel_configs": _LOST["metric"],
    "metricRelabelings": _LOST["metric"],
    **dict.fromkeys(("sample_limit", "sampleLimit", "label_limit", "labelLimit"), _LOST["limit"]),
    **dict.fromkeys(("honor_labels", "honorLabels"), _LOST["honor"]),
    **dict.fromkeys(
        ("honor_timestamps", "honorTimestamps"),
        "not carried: samples have the time of the scrape, timestamps: point gives them Azure's",
    ),
}
PARAM_LOSSES = {
    "template": "not carried: rules and panels need the names that series have here",
    "help": "not carried: the help text is Azure's description of the metric",
    "metricTop": "not carried: all series are read, up to the exporter's budget, where this kept the largest",
    "metricOrderBy": "not carried: budget.order says which series stay where there are too many",
    "cache": "not carried: Azure is asked once in an interval, however often this is scraped",
    "validateDimensions": "not carried: a metric that lacks a dimension is left out, and said",
    "metricTagName": "not carried: the metrics that this tag names are read of no resource, name them",
    "aggregationTagName": "not carried: the primary aggregation is read in place of the tag's, name others",
}
