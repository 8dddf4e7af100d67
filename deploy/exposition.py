"""Reading one number off a metrics page."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families


def sample_sum(page: str, name: str) -> float:
    """Sum of all samples of that name on a page in the text format; 0 when there is none."""
    # Only the lines of that name are parsed: pages of Thanos have thousands of others.
    lines = "\n".join(line for line in page.splitlines() if line.startswith(name))
    return sum(
        sample.value
        for family in text_string_to_metric_families(lines + "\n")
        for sample in family.samples
        if sample.name == name
    )
