"""Transformations of frames, one file each; `TRANSFORMATIONS` lists them by the ids that Grafana has.

Contract: grafana/grafana packages/grafana-data/src/transformations/transformers.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dashboards.preview.frames.frame import Frame
from dashboards.preview.transformations.calculate_field import calculate_field
from dashboards.preview.transformations.concatenate import concatenate
from dashboards.preview.transformations.filter_by_value import filter_by_value
from dashboards.preview.transformations.filter_fields import filter_by_ref, filter_fields
from dashboards.preview.transformations.group_by import group_by
from dashboards.preview.transformations.join_by_field import join_by_field
from dashboards.preview.transformations.labels_to_fields import labels_to_fields
from dashboards.preview.transformations.limit import limit
from dashboards.preview.transformations.merge import merge
from dashboards.preview.transformations.organize import organize
from dashboards.preview.transformations.reduce import reduce
from dashboards.preview.transformations.rename_by_regex import rename_by_regex
from dashboards.preview.transformations.series_to_rows import series_to_rows
from dashboards.preview.transformations.sort_by import sort_by

Transformation = Callable[[Sequence[Frame], Mapping[str, Any]], list[Frame]]

TRANSFORMATIONS: Mapping[str, Transformation] = {
    "calculateField": calculate_field,
    "concatenate": concatenate,
    "filterByRefId": filter_by_ref,
    "filterByValue": filter_by_value,
    "filterFields": filter_fields,
    "filterFieldsByName": filter_fields,
    "groupBy": group_by,
    "joinByField": join_by_field,
    "labelsToFields": labels_to_fields,
    "limit": limit,
    "merge": merge,
    "organize": organize,
    "reduce": reduce,
    "renameByRegex": rename_by_regex,
    "seriesToColumns": join_by_field,
    "seriesToRows": series_to_rows,
    "sortBy": sort_by,
}


def transformed(
    frames: Sequence[Frame], steps: Sequence[tuple[str, Mapping[str, Any]]]
) -> tuple[list[Frame], tuple[str, ...]]:
    """The frames after all steps, and a note for each step that is not known."""
    made, notes = list(frames), []
    for name, options in steps:
        step = TRANSFORMATIONS.get(name)
        if step is None:
            notes.append(f"the transformation “{name}” is not known here and was left out")
        else:
            made = step(made, options)
    return made, tuple(notes)
