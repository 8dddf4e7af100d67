"""What runs in the clusters of an estate, as one deployment, and the way to all of it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Self

from deploy.targets.kubernetes.cluster.api import Api
from deploy.targets.kubernetes.cluster.forward import Forwards
from deploy.targets.kubernetes.cluster.paths import collection
from deploy.targets.kubernetes.objects.expected import expected
from deploy.targets.kubernetes.objects.names import OPERATED, OURS, pod
from deploy.targets.kubernetes.objects.place import Place
from deploy.targets.kubernetes.running import pods
from deploy.targets.kubernetes.running.advice import carried
from deploy.targets.way import Looked, Way
from estate.components import Component
from estate.errors import ClusterError
from estate.model import Estate
from estate.running import Deployment, Running
from estate.stacks import server_of

# Clusters that are asked at once.
AT_ONCE = 16
LOG_LINES = 200


class Clusters:
    """The clusters of `apis` by name, the hub among them. Leaving the context closes every forward."""

    def __init__(
        self, estate: Estate, estate_file: str, components: Iterable[Component], apis: Mapping[str, Api]
    ) -> None:
        self._estate = estate
        self._file = estate_file
        self._apis = apis
        every = tuple(expected(estate, components))
        self._components = {each.name: each for each in every if each.cluster in apis}
        self._hub = Place(estate, estate.hub, {each.name: each for each in every})
        self._forwards = {name: Forwards(api) for name, api in apis.items()}
        # The pods of components at the last look.
        self._pods: dict[str, Sequence[pods.Pod]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for forwards in self._forwards.values():
            forwards.close()

    def deployment(self) -> Deployment:
        """All that runs. A cluster that cannot be asked is a warning, and its components have failed.

        Raises UsageError for a context that is not there, ClusterError where no cluster can be asked.
        """
        rows: dict[str, Running] = {}
        errors: list[ClusterError] = []
        with ThreadPoolExecutor(AT_ONCE) as pool:
            looking = {name: pool.submit(self.look, name) for name in self._apis}
            for name, looked in looking.items():
                try:
                    found = looked.result().components
                except ClusterError as error:
                    errors.append(error)
                    found = self._lost(name, error)
                rows |= {row.name: row for row in found}
        if len(errors) == len(self._apis):
            raise errors[0]
        return Deployment(
            estate=self._estate.name,
            estate_file=self._file,
            target="kubernetes",
            state_folder="",
            started=0.0,
            supervisor_pid=0,
            supervisor_started=0.0,
            components=tuple(rows[name] for name in self._components),
            warnings=tuple(error.message for error in errors),
        )

    def look(self, cluster: str) -> Looked:
        """The components of one cluster as they are now. Raises ClusterError."""
        api = self._apis[cluster]
        selector = ",".join(f"{key}={value}" for key, value in OURS.items())
        path = collection("v1", "Pod", api.namespace)
        found: list[pods.Pod] = api.get(path, labelSelector=selector)["items"]
        rows, tokenless = [], []
        for each in self._of(cluster):
            own = pods.pods_of(each, found, server_of(self._estate, cluster))
            self._pods[each.name] = own
            rows.append(self._placed(pods.running(each, own, self._addresses(each, own))))
            if each.identity and any(pods.tokenless(one) for one in own):
                tokenless.append(each.name)
        return Looked(tuple(rows), tuple(tokenless))

    def way(self) -> Way:
        """How verification gets on with it."""
        return Way(self._advised, self._log, self._trouble, self.look)

    def _of(self, cluster: str) -> list[Component]:
        return [each for each in self._components.values() if each.cluster == cluster]

    def _lost(self, cluster: str, error: ClusterError) -> tuple[Running, ...]:
        return tuple(
            self._placed(
                Running(each.name, each.kind, cluster, "failed", each.replica, last_error=error.message)
            )
            for each in self._of(cluster)
        )

    def _addresses(self, of: Component, own: Sequence[pods.Pod]) -> dict[str, str]:
        """The local ends of forwards to its first pod."""
        if not own:
            return {}
        forwards = self._forwards[of.cluster]
        return {name: forwards.open(own[0]["metadata"]["name"], port) for name, port in of.ports.items()}

    def _placed(self, row: Running) -> Running:
        """With its addresses as the hub has them, where the hub reaches it."""
        of = self._components[row.name]
        inside = {}
        for port in of.ports:
            try:
                inside[port] = self._hub.address(of, port)
            except ValueError:
                # In another cluster, and not open to the hub.
                continue
        return replace(row, inside=inside)

    def _advised(self, runs: Deployment, text: str) -> str:
        return carried(text, os.path.relpath(self._file), self._kubectl)

    def _kubectl(self, name: str) -> tuple[str, str, str]:
        of = self._components.get(name)
        api = self._apis[of.cluster if of else self._estate.hub]
        kubectl = f"kubectl --context {shlex.quote(api.access.context)} -n {shlex.quote(api.namespace)}"
        if of is None:
            # Of some all replicas are meant, such as `alertmanager`.
            return kubectl, f"-l app.kubernetes.io/name={shlex.quote(name)}", ""
        container = f" -c {pods.container_of(of)}" if of.kind in OPERATED else ""
        if own := self._pods.get(name):
            return kubectl, str(own[0]["metadata"]["name"]), container
        if of.kind in OPERATED:
            return kubectl, pod(of, server_of(self._estate, of.cluster)), container
        return kubectl, f"-l app.kubernetes.io/instance={of.name}", container

    def _log(self, runs: Deployment, component: str) -> str:
        of, own = self._components.get(component), self._pods.get(component, ())
        if of is None or not own:
            return ""
        api = self._apis[of.cluster]
        path = f"{collection('v1', 'Pod', api.namespace)}/{own[0]['metadata']['name']}/log"
        try:
            return api.text(path, container=pods.container_of(of), tailLines=str(LOG_LINES))
        except ClusterError:
            return ""

    def _trouble(self, address: str) -> ClusterError | None:
        found = (forwards.trouble(address) for forwards in self._forwards.values())
        return next(filter(None, found), None)
