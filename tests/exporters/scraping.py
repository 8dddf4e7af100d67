"""The real Prometheus, scraping what a test serves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import yaml

from deploy import engines
from tests.ports import free_address


@asynccontextmanager
async def prometheus(folder: Path, jobs: dict[str, dict[str, Any]]) -> AsyncIterator[str]:
    """A Prometheus with these jobs, and where it answers."""
    address = free_address()
    rows = [
        {
            "job_name": name,
            "scrape_interval": "1s",
            "scrape_timeout": "1s",
            "static_configs": [{"targets": [job.pop("to")]}],
            **job,
        }
        for name, job in jobs.items()
    ]
    file = folder / "prometheus.yaml"
    file.write_text(yaml.safe_dump({"scrape_configs": rows}))
    command = [str(engines.find("prometheus")), f"--config.file={file}", f"--web.listen-address={address}"]
    with (folder / "prometheus.log").open("w") as log:
        process = await asyncio.create_subprocess_exec(
            *command, f"--storage.tsdb.path={folder / 'tsdb'}", stdout=log, stderr=log
        )
        try:
            yield f"http://{address}"
        finally:
            process.terminate()
            await process.wait()


async def targets(url: str, wanted: int) -> dict[str, tuple[str, str]]:
    """Health and last error by job, once all were scraped."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as client:
        for _ in range(600):
            try:
                reply = await client.get("/api/v1/targets")
            except httpx.HTTPError:
                await asyncio.sleep(0.1)
                continue
            active = reply.json()["data"]["activeTargets"] if reply.status_code == 200 else []
            if len(active) == wanted and all(each["health"] != "unknown" for each in active):
                return {each["labels"]["job"]: (each["health"], each["lastError"]) for each in active}
            await asyncio.sleep(0.1)
    raise AssertionError("not all were scraped")
