"""Constrained text: each name is checked against what it becomes in Azure, Kubernetes, DNS and Prometheus."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from pydantic import AfterValidator

from estate.spelling import Spelling, refusal, shown


def _hyphenated(value: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")


def _joined(value: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", value.lower())


def _underscored(value: str) -> str:
    return re.sub(r"[^a-zA-Z0-9_]+", "_", value).strip("_")


def _plain_value(value: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", value).strip("-_.")


def _version(value: str) -> str:
    return ".".join(re.findall(r"\d+", value)[:3])


# RFC 1123 label: becomes Kubernetes object names and host names.
DNS_LABEL = Spelling(
    "invalid-name",
    "name",
    r"[a-z0-9]([-a-z0-9]*[a-z0-9])?",
    "lower-case letters, digits and inner hyphens, at most 63 characters",
    63,
    _hyphenated,
)
# A cluster name becomes `<component>-<cluster>-<replica>`, a DNS label of 63, and a label value.
CLUSTER_NAME = Spelling(
    "invalid-cluster-name",
    "cluster name",
    r"[a-z]([-a-z0-9]*[a-z0-9])?",
    "lower-case letters, digits and inner hyphens, a letter first, at most 40 characters",
    40,
    _hyphenated,
)
# https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules (Microsoft.Storage)
STORAGE_ACCOUNT = Spelling(
    "invalid-storage-account",
    "storage account name",
    r"[a-z0-9]{3,24}",
    "3 to 24 lower-case letters and digits",
    24,
    _joined,
)
CONTAINER = Spelling(
    "invalid-container",
    "blob container name",
    r"[a-z0-9](-?[a-z0-9]){2,}",
    "3 to 63 lower-case letters, digits and single inner hyphens",
    63,
    _hyphenated,
)
REGION = Spelling(
    "invalid-region",
    "Azure region",
    r"[a-z][a-z0-9]*",
    "the short form, lower-case letters and digits, such as westeurope or eastus2",
    40,
    _joined,
)
UUID = Spelling(
    "invalid-id",
    "id",
    r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}",
    "a UUID, such as 00000000-0000-0000-0000-000000000000",
    36,
    lambda value: value.strip("{} \n"),
)
KUBERNETES_VERSION = Spelling(
    "invalid-version",
    "Kubernetes version",
    r"1\.\d{1,2}(\.\d{1,3})?",
    'a version in quotes, such as "1.36" or "1.36.2"',
    10,
    _version,
)
ENGINE_VERSION = Spelling(
    "invalid-version",
    "version",
    r"\d{1,4}\.\d{1,4}\.\d{1,4}",
    'three numbers in quotes, such as "3.14.0"',
    14,
    _version,
)
# https://prometheus.io/docs/concepts/data_model/
METRIC_NAME = Spelling(
    "invalid-metric-name",
    "metric name",
    r"[a-zA-Z_:][a-zA-Z0-9_:]*",
    "letters, digits, underscores and colons, not a digit first, at most 200 characters",
    200,
    _underscored,
)
LABEL_NAME = Spelling(
    "invalid-label-name",
    "label name",
    r"(?!__)[a-zA-Z_][a-zA-Z0-9_]*",
    "letters, digits and underscores, not a digit or two underscores first, at most 100 characters",
    100,
    _underscored,
)
# https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
LABEL_VALUE = Spelling(
    "invalid-label-value",
    "label value",
    r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?",
    "letters, digits, '-', '_' and '.', a letter or digit at both ends, at most 63 characters",
    63,
    _plain_value,
)
# The same page: an optional prefix, which is a DNS name, and a slash.
OBJECT_LABEL = Spelling(
    "invalid-label-name",
    "label name of Kubernetes",
    r"([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?",
    "letters, digits, '-', '_' and '.', a letter or digit at both ends, after a DNS name and '/' if any",
    253,
)
RESOURCE_TYPE = Spelling(
    "invalid-resource-type",
    "Azure resource type",
    r"[A-Za-z0-9.]+(/[A-Za-z0-9]+)+",
    "provider and type, such as Microsoft.Storage/storageAccounts",
    200,
)
ALERT_NAME = Spelling(
    "invalid-name",
    "alert name",
    r"[A-Za-z_][A-Za-z0-9_]*",
    "letters, digits and underscores, not a digit first, such as ClusterSilent",
    100,
    _underscored,
)
CLOCK_TIME = Spelling(
    "invalid-time",
    "time of day",
    r"([01]\d|2[0-3]):[0-5]\d|24:00",
    'hours and minutes in quotes, such as "09:00" or "17:30"',
    5,
)
MOMENT = Spelling(
    "invalid-time",
    "time",
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)",
    'date, time and offset from UTC in quotes, such as "2026-12-01T20:00+01:00" or "2026-12-01T19:00Z"',
    25,
)
MAIL_ADDRESS = Spelling(
    "invalid-mail",
    "mail address",
    r"[^\s@<>,;:]+@[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?",
    "one address without a name, such as oncall@shop.example",
    254,
)
_SUBDOMAIN = r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"
# RFC 1123 subdomain: names of storage classes, secrets and other objects.
DNS_NAME = Spelling(
    "invalid-name",
    "name",
    _SUBDOMAIN,
    "lower-case letters, digits, inner hyphens and dots, at most 253 characters",
    253,
    _hyphenated,
)
MAIL_SERVER = Spelling(
    "invalid-host",
    "mail server",
    rf"{_SUBDOMAIN}:[1-9]\d{{0,4}}",
    "host and port, such as smtp.shop.example:587",
    259,
)
HOST_NAME = Spelling(
    "invalid-host",
    "host",
    _SUBDOMAIN,
    "an IPv4 address or a DNS name in lower case, without scheme and port",
    253,
    lambda value: re.sub(r"^[a-z]+://|[:/].*$", "", value.lower()),
)
# https://github.com/distribution/reference: a name without tag and digest, its registry written out.
_PATH = r"(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)"
_REGISTRY = r"[a-z0-9][-a-z0-9.]*(\.[a-z0-9][-a-z0-9]*|:\d{1,5})(:\d{1,5})?"
REGISTRY = Spelling(
    "invalid-image",
    "registry",
    rf"{_REGISTRY}{_PATH}*",
    "a host with optional port and path, such as mirror.example/copies, without scheme and last slash",
    200,
    lambda value: re.sub(r"^[a-z]+://", "", value.lower()).rstrip("/"),
)
IMAGE_NAME = Spelling(
    "invalid-image",
    "image name",
    rf"{_REGISTRY}{_PATH}+",
    "registry and path without tag, such as quay.io/thanos/thanos",
    255,
    lambda value: re.sub(r"[:@][^/]*$", "", value.lower()),
)
DIGEST = Spelling(
    "invalid-image",
    "digest",
    r"sha256:[0-9a-f]{64}",
    "sha256: and 64 hexadecimal digits",
    71,
    lambda value: value.lower(),
)
# `keyvault:` takes VAULT/NAME (vault 3-24, secret 1-127 of letters, digits and hyphens).
KEYVAULT_PATTERN = r"keyvault:(?=[^/]{3,24}/)[A-Za-z](-?[A-Za-z0-9])+/[A-Za-z0-9-]{1,127}"
_REFERENCE = rf"env:[A-Za-z_][A-Za-z0-9_]*|file:.+|{KEYVAULT_PATTERN}"
_REFERENCES = "env:NAME, file:PATH or keyvault:VAULT/NAME, never the secret itself"
SECRET = Spelling(
    "literal-secret", "reference to a secret", _REFERENCE, f"a reference {_REFERENCES}", 400, secret=True
)
WORKLOAD_OR_SECRET = Spelling(
    "literal-secret",
    "identity",
    _REFERENCE,
    f"workload, or a reference {_REFERENCES}",
    400,
    words=("workload",),
    secret=True,
)
WORKLOAD_CLI_OR_SECRET = Spelling(
    "literal-secret",
    "identity",
    _REFERENCE,
    f"workload, cli, or a reference {_REFERENCES}",
    400,
    words=("workload", "cli"),
    secret=True,
)


def _without_details(url: str) -> str:
    """A wrong address as a message may show it: what can hold a secret is left out."""
    return shown(re.sub(r"[^/]*@", "…@", re.split(r"[?#]", url)[0]))


URL = Spelling(
    "invalid-url",
    "address",
    r"https?://[^\s/?#]+[^\s]*",
    "an address that begins with http:// or https://",
    2000,
    show=_without_details,
)
# Query parameters that carry secrets: shared access signatures, function keys, API keys.
SECRET_PARAMETERS = frozenset(
    {"access_token", "api_key", "apikey", "auth", "code", "key", "password", "pwd", "secret", "sig", "token"}
)


def _without_secret(url: str) -> str:
    try:
        parts = urlsplit(url)
        parameters = parse_qsl(parts.query, keep_blank_values=True)
        # Reading the port is what checks it.
        valid = parts.port is None or parts.hostname is not None
    except ValueError:
        valid = False
    if not valid:
        raise refusal("invalid-url", "this is not a valid address", f"use {URL.allowed}")
    if "@" in parts.netloc:
        raise refusal(
            "literal-secret", "the address holds a user or a password", "leave it out of the address"
        )
    for name, _ in parameters:
        if name.lower() in SECRET_PARAMETERS:
            raise refusal(
                "literal-secret",
                f"the address holds a secret, its parameter {name!r}",
                "leave it out: an estate holds references to secrets only",
            )
    return url


def _of_the_calendar(moment: str) -> str:
    try:
        # The last hours of the last year have no other zone.
        datetime.fromisoformat(moment).astimezone(UTC)
    except (ValueError, OverflowError):
        raise refusal("invalid-time", f"there is no time {shown(moment)}", f"use {MOMENT.allowed}") from None
    return moment


DnsLabel = Annotated[str, DNS_LABEL]
ClusterName = Annotated[str, CLUSTER_NAME]
StorageAccount = Annotated[str, STORAGE_ACCOUNT]
Container = Annotated[str, CONTAINER]
Region = Annotated[str, REGION]
Uuid = Annotated[str, UUID]
KubernetesVersion = Annotated[str, KUBERNETES_VERSION]
EngineVersion = Annotated[str, ENGINE_VERSION]
MetricName = Annotated[str, METRIC_NAME]
LabelName = Annotated[str, LABEL_NAME]
LabelValue = Annotated[str, LABEL_VALUE]
ObjectLabel = Annotated[str, OBJECT_LABEL]
ResourceType = Annotated[str, RESOURCE_TYPE]
SecretReference = Annotated[str, SECRET]
WorkloadOrSecret = Annotated[str, WORKLOAD_OR_SECRET]
WorkloadCliOrSecret = Annotated[str, WORKLOAD_CLI_OR_SECRET]
DnsName = Annotated[str, DNS_NAME]
HostName = Annotated[str, HOST_NAME]
AlertName = Annotated[str, ALERT_NAME]
ClockTime = Annotated[str, CLOCK_TIME]
Moment = Annotated[str, MOMENT, AfterValidator(_of_the_calendar)]
MailAddress = Annotated[str, MAIL_ADDRESS]
MailServer = Annotated[str, MAIL_SERVER]
Registry = Annotated[str, REGISTRY]
ImageName = Annotated[str, IMAGE_NAME]
Digest = Annotated[str, DIGEST]
Url = Annotated[str, URL, AfterValidator(_without_secret)]
