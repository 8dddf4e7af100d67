"""A cluster by the context of a kubeconfig: addresses, certificates and sign-in are the client library's."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from kubernetes import config as _config
from kubernetes.client import ApiClient
from kubernetes.config.config_exception import ConfigException

from estate.errors import ClusterError, UsageError
from estate.model import Estate
from estate.suggest import nearest

# The library has no types of its own.
config: Any = _config


@dataclass(frozen=True, slots=True)
class Access:
    """How a cluster is reached: `kubeconfig` is one path or several joined as in $KUBECONFIG."""

    cluster: str
    kubeconfig: str
    context: str
    namespace: str


def access(estate: Estate, cluster: str, base: Path, environment: Mapping[str, str]) -> Access:
    """What the estate says of a cluster; paths are relative to `base`, the folder of the estate file."""
    settings = estate.clusters[cluster].kubernetes
    default = environment.get("KUBECONFIG") or str(Path("~/.kube/config").expanduser())
    path = str(base / Path(settings.kubeconfig).expanduser()) if settings.kubeconfig else default
    return Access(cluster, path, settings.context or cluster, settings.namespace)


def connect(to: Access) -> ApiClient:
    """A client for the cluster; nothing is asked yet.

    Raises UsageError for a context that is not there, ClusterError for a kubeconfig that cannot be read.
    """
    missing = [path for path in to.kubeconfig.split(os.pathsep) if path and not Path(path).exists()]
    if missing:
        raise ClusterError(
            f"{to.cluster}: there is no kubeconfig {missing[0]}",
            "Write one with `az aks get-credentials`, or name another in $KUBECONFIG or "
            f"clusters.{to.cluster}.kubernetes.kubeconfig.",
        )
    try:
        # Not the library's own list of contexts: it refuses a file that names none as the current one.
        merged = config.kube_config.KubeConfigMerger(to.kubeconfig).config
        rows = merged.value.get("contexts") if merged is not None else None
        names = [row["name"] for row in rows or ()]
        if to.context not in names:
            raise UsageError(
                f"{to.cluster}: {to.kubeconfig} has no context {to.context!r}",
                f"{nearest(to.context, names, 'It has')} Name the right one in "
                f"clusters.{to.cluster}.kubernetes.context, or add this one with `az aks get-credentials`.",
            )
        client: ApiClient = config.new_client_from_config(
            config_file=to.kubeconfig, context=to.context, persist_config=False
        )
    except ConfigException as error:
        raise ClusterError(
            f"{to.cluster}: {to.kubeconfig} cannot be used: {error}",
            f"Try `kubectl --context {to.context} get namespaces`: it reads the same file.",
        ) from None
    if not client.configuration.verify_ssl:
        # Whoever wrote that into the kubeconfig knows; a warning for each request says nothing new.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return client
