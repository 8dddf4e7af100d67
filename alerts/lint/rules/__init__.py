"""All rules that can be seen in a file, in the order of their numbers: one file each.

A-05 (runbooks) and A-07 (trials) are about what stands beside the files of ours, and are tests.
"""

from __future__ import annotations

from alerts.lint.rule import Rule
from alerts.lint.rules import (
    a01_promtool,
    a02_pint,
    a03_labels,
    a04_annotations,
    a06_for,
    a08_absent,
    a09_value_in_label,
    a10_ratio,
    a11_recorded,
    a12_critical,
)

RULES: tuple[Rule, ...] = (
    a01_promtool.RULE,
    a02_pint.RULE,
    a03_labels.RULE,
    a04_annotations.RULE,
    a06_for.RULE,
    a08_absent.RULE,
    a09_value_in_label.RULE,
    a10_ratio.RULE,
    a11_recorded.RULE,
    a12_critical.RULE,
)
