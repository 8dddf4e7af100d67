"""A cluster by the context of a kubeconfig: addresses, certificates and sign-in are the client library's."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import urllib3
import yaml
from cryptography import x509
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


def _stamps(kubeconfig: str) -> tuple[tuple[int, int], ...]:
    """When its files were written, and how long they are."""
    found = [Path(path).stat() for path in kubeconfig.split(os.pathsep) if path]
    return tuple((each.st_mtime_ns, each.st_size) for each in found)


_KINDS = ("contexts", "clusters", "users")
# By kind and name, in the library's form: a row with the file that it is from, and so with its folder.
_Rows = Mapping[str, Mapping[str, Any]]


@lru_cache(maxsize=8)
def _rows(kubeconfig: str, stamps: tuple[tuple[int, int], ...]) -> _Rows:
    """What the files hold, of two rows of one name the first. Raises ConfigException and YAMLError.

    Read here, once for all clusters in them, since the library's own reader takes seconds for hundreds.
    """
    found: dict[str, dict[str, Any]] = {kind: {} for kind in _KINDS}
    for path in filter(None, kubeconfig.split(os.pathsep)):
        with Path(path).open("rb") as file:
            document = yaml.load(file, yaml.CSafeLoader)
        if document is None:
            raise ConfigException(f"{path} is empty")
        for kind in _KINDS:
            for row in document.get(kind) or ():
                name = row["name"]
                found[kind].setdefault(name, config.kube_config.ConfigNode(f"{path}/{name}", row, path))
    return found


def _of_context(rows: _Rows, context: str) -> Any:
    """A kubeconfig of one context alone: the library looks through all that it is given again and again.

    Raises ConfigException for what the library takes in silence, and then asks nobody, or as nobody.
    """
    node = rows["contexts"][context]
    wanted = node.value.get("context") or {}
    user, cluster = (rows[f"{kind}s"].get(wanted.get(kind, "")) for kind in ("user", "cluster"))
    if wanted.get("user") and user is None:
        raise ConfigException(f"context {context} signs in as {wanted['user']}, and there is no such user")
    if cluster is not None:
        server = str((cluster.value.get("cluster") or {}).get("server", ""))
        if not server.startswith(("https://", "http://")):
            raise ConfigException(f"cluster {wanted['cluster']} has the server {server!r}, which is no URL")
    document = {
        "current-context": context,
        "contexts": [node],
        "clusters": [cluster] if cluster is not None else [],
        "users": [user] if user is not None else [],
    }
    return config.kube_config.ConfigNode(node.path, document, node.path)


class _Kept(logging.Handler):
    """Keeps what is logged by this thread: others connect to other clusters."""

    def __init__(self, level: int) -> None:
        super().__init__(level)
        self.said: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it in one line."""
        if record.thread == self._thread:
            self.said.append(" ".join(record.getMessage().split()))


@contextmanager
def _logged() -> Iterator[list[str]]:
    """What the library logs as an error meanwhile: that a sign-in program failed, it says nowhere else."""
    handler = _Kept(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield handler.said
    finally:
        logging.getLogger().removeHandler(handler)


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
        rows = _rows(to.kubeconfig, _stamps(to.kubeconfig))
        names = tuple(rows["contexts"])
        if to.context not in names:
            raise UsageError(
                f"{to.cluster}: {to.kubeconfig} has no context {to.context!r}",
                f"{nearest(to.context, names, 'It has')} Name the right one in "
                f"clusters.{to.cluster}.kubernetes.context, or add this one with `az aks get-credentials`.",
            )
        alone = _of_context(rows, to.context)
        with _logged() as said:
            client: ApiClient = config.new_client_from_config_dict(
                config_dict=alone, context=to.context, persist_config=False
            )
    except (ConfigException, OSError, yaml.YAMLError, TypeError, AttributeError, KeyError) as error:
        misshaped = isinstance(error, TypeError | AttributeError | KeyError)
        why = "it has not the shape of a kubeconfig" if misshaped else " ".join(str(error).split())
        raise ClusterError(
            f"{to.cluster}: {to.kubeconfig} cannot be used: {why}",
            f"Try `kubectl --context {to.context} get namespaces`: it reads the same file.",
        ) from None
    if said:
        # Without credentials the API server would take us for nobody, and refuse everything.
        raise ClusterError(
            f"{to.cluster}: the sign-in of context {to.context} failed: {said[-1]}",
            f"Try `kubectl --context {to.context} get namespaces`: it runs the same program. With kubelogin, "
            "`az login` first.",
        )
    if not client.configuration.verify_ssl:
        # Whoever wrote that into the kubeconfig knows; a warning for each request says nothing new.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return client


def ended_certificate(client: ApiClient) -> str:
    """When the certificate that a client shows has ended, in words; nothing for a valid one and for none.

    An API server takes whoever shows an expired one for nobody, and says no more than `Unauthorized`.
    """
    file = client.configuration.cert_file
    if not file:
        return ""
    try:
        ends = x509.load_pem_x509_certificate(Path(file).read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return ""
    return f"its client certificate ended at {ends:%Y-%m-%d %H:%M} UTC" if ends < datetime.now(UTC) else ""
