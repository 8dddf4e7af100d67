"""Results of queries as tables of fields, which is how Grafana hands them to panels."""
