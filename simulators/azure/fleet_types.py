"""The resource types that a fleet knows: the built-in table, and its own over it."""

from __future__ import annotations

import msgspec

from simulators.azure.catalogue import ResourceType, TypeRow, built_in, catalogue
from simulators.azure.fleet import CustomType, Fleet


def types_of(fleet: Fleet) -> dict[str, ResourceType]:
    """Resource types by lower-case name."""
    return catalogue((*built_in(), *(_row(one) for one in fleet.types)))


def _row(custom: CustomType) -> TypeRow:
    document = {
        "type": custom.type,
        "metrics": [
            {
                "name": one.name,
                "unit": one.unit,
                "aggregations": one.aggregations,
                "dimensions": one.dimensions,
                "grains": one.grains,
                "dimensionRequired": one.dimension_required,
            }
            for one in custom.metrics
        ],
    }
    return msgspec.convert(document, TypeRow)
