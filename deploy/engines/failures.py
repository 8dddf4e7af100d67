"""A build that failed: what the tool said last, and what to do about it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from deploy.engines.progress import Step
from estate.errors import EngineError

_LINES_SHOWN = 12

# What build tools print, and what helps then; the first that matches is taken.
REMEDIES: tuple[tuple[str, str], ...] = (
    (
        r"no space left on device|ENOSPC|disk quota exceeded|EDQUOT",
        "The disk is full: a first build of all engines needs about 8 GB in the caches of Go, npm and "
        "singlepane. Free some, or point GOCACHE, GOMODCACHE and XDG_CACHE_HOME to a larger disk.",
    ),
    (
        r"checksum mismatch|EINTEGRITY|SECURITY ERROR|DO NOT MATCH THE HASHES",
        "What was downloaded is not what is pinned, so it is not used. Look at the mirror or proxy that "
        "GOPROXY, npm or pip is set to.",
    ),
    (
        r"cannot allocate memory|out of memory|signal: killed|heap out of memory|ENOMEM",
        "Memory ran out: linking needs up to 1 GB per build. Build one engine at a time: "
        "`singlepane engines build NAME`.",
    ),
    (
        r"dial tcp|no such host|i/o timeout|connection refused|TLS handshake|proxyconnect"
        r"|certificate signed by|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN"
        r"|NewConnectionError|Max retries exceeded|No matching distribution found",
        "The package source was not reached. Check the network, HTTPS_PROXY, and GOPROXY or the "
        "configuration of npm and pip; the next run goes on where this one stopped.",
    ),
    (
        r"permission denied|EACCES|EROFS|read-only file system",
        "Give this user the right to write there, or set GOCACHE, GOMODCACHE or XDG_CACHE_HOME to a folder "
        "that it may write to.",
    ),
    (
        r"No module named pip",
        "This Python has no pip to install the wheel with: install Go 1.26 and Node 20 or newer, or pip.",
    ),
)


def remedy(output: str, log: Path) -> str:
    """One or two sentences on what to do after this output."""
    for pattern, sentence in REMEDIES:
        if re.search(pattern, output, re.IGNORECASE):
            return sentence
    return f"The whole output is in {log}."


def failed(step: Step, code: int, lines: Sequence[str], log: Path) -> EngineError:
    """The error for a tool that printed `lines` (which are also in `log`) and ended with `code`."""
    last = [line for line in lines if line.strip()][-_LINES_SHOWN:]
    how = f"exit code {code}" if code >= 0 else f"signal {-code}"
    said = "\n".join(f"    {line}" for line in last) or "    (it printed nothing)"
    return EngineError(f"{step} failed ({how}):\n{said}", remedy("\n".join(lines), log))
