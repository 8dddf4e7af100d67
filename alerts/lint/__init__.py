"""The mechanical rules for alerts: rule files and PrometheusRule objects, ours or a user's, against A-01 to
A-12.

`rules/` has one file a rule; docs/alerts/lint.md has a section on each.
"""
