"""Flags that all Thanos components share."""

from __future__ import annotations

# How long an orderly stop waits for open requests. Thanos takes two minutes unless told, longer than any
# target waits.
GRACE = "10s"
# More than the grace of HTTP and of gRPC, which follow one another.
STOP_SECONDS = 30.0
# Components with HTTP alone.
SERVING_HTTP = (f"--http-grace-period={GRACE}", "--enable-auto-gomemlimit")
# Components with HTTP and gRPC. The memory limit is the container's; where there is none it changes nothing.
SERVING = (f"--grpc-grace-period={GRACE}", *SERVING_HTTP)
