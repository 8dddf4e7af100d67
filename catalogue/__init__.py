"""The metrics that exporters really have: names, types, labels and closed sets of label values, by version.

`data/` holds one file an exporter; docs/dashboards/catalogue.md says what is in them and where it comes from.
"""
