"""What is asked of a Prometheus-compatible API: choices of variables, and the queries of panels."""
