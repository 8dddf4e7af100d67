"""Sidecar: stands beside one Prometheus, serves its series to the global query and ships its blocks to the
bucket.
"""

from __future__ import annotations

from estate.components import Component, DataPath, Engine, Listen, Probe, Resources, text
from thanos.flags import SERVING, STOP_SECONDS
from thanos.objstore import Bucket
from thanos.prometheus import sidecar_of
from thanos.timing import Timing
from thanos.tls import Tls


def sidecar(server: Component, bucket: Bucket, timing: Timing, tls: Tls | None = None) -> Component:
    """The sidecar of a Prometheus. It takes the external labels from it, and starts only once it answers.

    With `tls` it answers those alone who have a certificate.

    No `--min-time`: a sidecar that hid what should be in the bucket would turn a failed upload into a gap.
    """
    return Component(
        name=sidecar_of(server.cluster, server.replica or 0),
        kind="sidecar",
        cluster=server.cluster,
        replica=server.replica,
        command=Engine("thanos"),
        arguments=(
            "sidecar",
            text("--prometheus.url=http://", server.address("http")),
            text("--tsdb.path=", DataPath(server.name)),
            f"--prometheus.get_config_interval={timing.prometheus_check}",
            bucket.flag,
            text("--http-address=", Listen("http")),
            text("--grpc-address=", Listen("grpc")),
            *(tls.serving() if tls else ()),
            *SERVING,
        ),
        ports={"http": 10902, "grpc": 10901},
        ready=Probe("http", "/-/ready"),
        metrics=("http", "/metrics"),
        files=(bucket.file, *(tls.files(server.cluster) if tls else ())),
        needs=(server.name, *bucket.needs),
        resources=Resources(cpu="50m", memory="128Mi", memory_limit="512Mi"),
        identity=bucket.identity,
        stop_seconds=STOP_SECONDS,
    )
