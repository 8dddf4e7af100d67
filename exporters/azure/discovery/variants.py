"""Kinds and SKUs of a resource type. Azure defines metrics resource by resource: function apps have others
than web apps, vCore databases others than DTU databases, Standard addresses more than Basic ones. What they
have in common is their kind and SKU, which Resource Graph and ARM's listing both bring.

Pure. Contract: https://learn.microsoft.com/rest/api/resources/resources/list (`kind`, `sku`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from exporters.azure.discovery.resources import Resource, Variant

# Of scale sets each size is a SKU: definitions of so many variants of a type are asked for, those with the
# most resources first. The others are taken to have what any of these has.
MOST_VARIANTS = 16
# A resource just deleted has no definitions; others like it have.
SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Where:
    """The resources of a type whose variant is one of these; with `others`, those whose is not."""

    variants: frozenset[Variant] = frozenset()
    others: bool = True

    def takes(self, resource: Resource) -> bool:
        """Whether a resource is one of them."""
        return (resource.variant in self.variants) is not self.others

    def __str__(self) -> str:
        """A name for them, the same in every process; empty for all of the type."""
        if self == EVERYWHERE:
            return ""
        return f"{'not ' * self.others}{', '.join(sorted(map(str, self.variants)))}"


EVERYWHERE = Where()


def samples(resources: Iterable[Resource]) -> dict[str, dict[Variant, list[Resource]]]:
    """Resources to ask for definitions: by type, of each variant the first few, and no more variants than
    are asked for.
    """
    found: dict[str, dict[Variant, list[Resource]]] = {}
    sizes: dict[str, Counter[Variant]] = {}
    for resource in resources:
        some = found.setdefault(resource.type, {}).setdefault(resource.variant, [])
        sizes.setdefault(resource.type, Counter())[resource.variant] += 1
        if len(some) < SAMPLES:
            some.append(resource)

    return {type: _largest(of_type, sizes[type]) for type, of_type in found.items()}


def _largest(
    of_type: dict[Variant, list[Resource]], sizes: Counter[Variant]
) -> dict[Variant, list[Resource]]:
    order = sorted(of_type, key=lambda each: (-sizes[each], each))
    return {variant: of_type[variant] for variant in order[:MOST_VARIANTS]}
