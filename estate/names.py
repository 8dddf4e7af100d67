"""Constrained strings: each name is checked against what it will become in Azure, Kubernetes, DNS and Prometheus."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator


def _pattern(kind: str, pattern: str, allowed: str, longest: int) -> AfterValidator:
    """A validator for one kind of name; its error says what is allowed."""
    compiled = re.compile(pattern)

    def check(value: str) -> str:
        if len(value) > longest or not compiled.fullmatch(value):
            raise ValueError(f"{kind} {value!r} is not valid: {allowed}, at most {longest} characters")
        return value

    return AfterValidator(check)


# RFC 1123 label: becomes Kubernetes object names and host names.
DnsLabel = Annotated[
    str,
    _pattern("name", r"[a-z0-9]([-a-z0-9]*[a-z0-9])?", "lower-case letters, digits and inner hyphens", 63),
]
# A cluster name becomes `<component>-<cluster>-<replica>`, a DNS label of 63, and a label value.
ClusterName = Annotated[
    str,
    _pattern(
        "cluster name",
        r"[a-z]([-a-z0-9]*[a-z0-9])?",
        "lower-case letters, digits and inner hyphens, starting with a letter",
        40,
    ),
]
# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (Microsoft.Storage)
StorageAccount = Annotated[
    str, _pattern("storage account", r"[a-z0-9]{3,}", "3 to 24 lower-case letters and digits", 24)
]
Container = Annotated[
    str,
    _pattern(
        "container",
        r"[a-z0-9](-?[a-z0-9]){2,}",
        "3 to 63 lower-case letters, digits and single inner hyphens",
        63,
    ),
]
Region = Annotated[str, _pattern("region", r"[a-z]+[a-z0-9]*", "the short form, such as westeurope", 40)]
Uuid = Annotated[
    str,
    _pattern(
        "id",
        r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
        "a UUID such as 00000000-0000-0000-0000-000000000000",
        36,
    ),
]
KubernetesVersion = Annotated[
    str, _pattern("version", r"1\.\d{1,2}(\.\d{1,3})?", 'a Kubernetes version in quotes, such as "1.36"', 10)
]
# https://prometheus.io/docs/concepts/data_model/
MetricName = Annotated[
    str,
    _pattern(
        "metric name",
        r"[a-zA-Z_:][a-zA-Z0-9_:]*",
        "letters, digits, underscores and colons, not starting with a digit",
        200,
    ),
]
LabelName = Annotated[
    str,
    _pattern(
        "label name",
        r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*",
        "letters, digits and underscores, not starting with a digit or two underscores",
        100,
    ),
]
# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
LabelValue = Annotated[
    str,
    _pattern(
        "label value",
        r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?",
        "letters, digits, '-', '_' and '.', starting and ending with a letter or digit",
        63,
    ),
]
# `keyvault:` takes VAULT/NAME (vault 3-24, secret 1-127 of letters, digits and hyphens).
SecretReference = Annotated[
    str,
    _pattern(
        "secret",
        r"env:[A-Za-z_][A-Za-z0-9_]*|file:.+|keyvault:[A-Za-z][A-Za-z0-9-]{2,23}/[A-Za-z0-9-]{1,127}",
        "a reference env:NAME, file:PATH or keyvault:VAULT/NAME, never the secret itself",
        400,
    ),
]
