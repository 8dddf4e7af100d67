"""Our dashboards brought to a Grafana that is not ours to configure, or written as files that one reads."""
