"""Trials of rules: from one small case for each alert to the tests that Prometheus' own engine runs.

A case says which series an alert looks at, what they are when all is well and when it is not, and what is
only nearly bad. `cases.py` reads it, `values.py` writes series, `trials.py` makes the tests of it.
"""
