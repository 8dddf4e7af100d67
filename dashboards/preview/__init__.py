"""Any dashboard's JSON as one HTML page with real data of a Prometheus-compatible API: no Grafana needed."""
