"""D-11: every metric is one that an exporter of the catalogue has."""

from __future__ import annotations

from collections.abc import Iterator

from dashboards.lint.rule import Found, Rule, Subject, asked


def check(subject: Subject) -> Iterator[Found]:
    """A panel on a metric that was renamed is empty and looks like peace."""
    catalogue = subject.options.catalogue
    if catalogue is None:
        return
    for query in subject.queries:
        for name in dict.fromkeys(use.name for use in query.uses):
            # Names of recording rules have colons (D-12); a name that a reader chooses is not known here.
            if not name or ":" in name or name.startswith("singlepane_variable_"):
                continue
            if catalogue.series(name) or catalogue.named_at_run_time(name):
                continue
            like = catalogue.closest(name)
            fix = "capture /metrics of its exporter with `singlepane dashboards catalogue`"
            if like and (known := catalogue.series(like)):
                fix = f"did you mean {like} of {known.exporters[0]}? Else {fix}"
            yield asked(query, f"no exporter of the catalogue has a metric {name}", fix)


RULE = Rule("D-11", "Every metric is one that an exporter has", check)
