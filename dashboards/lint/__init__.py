"""The mechanical rules for dashboards: any Grafana JSON, ours or a user's, against D-01 to D-24.

`rules/` has one file a rule; docs/dashboards/lint has a page on each.
"""
