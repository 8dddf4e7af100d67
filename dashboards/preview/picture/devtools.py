"""Chromium driven over its own pipe (the Chrome DevTools Protocol), without a driver or a websocket.

Contract: https://chromedevtools.github.io/devtools-protocol/ and `--remote-debugging-pipe`: it reads messages
on file descriptor 3 and writes them on 4, each JSON followed by a zero byte.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from estate.errors import SurroundingsError

ANSWER_SECONDS = 180.0
FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
# Popen alone cannot give a child two pipes under given numbers.
_LAUNCH = "import os, sys; os.dup2({}, 3); os.dup2({}, 4); os.execv(sys.argv[1], sys.argv[1:])"


class BrowserError(SurroundingsError):
    """The browser did not start, did not answer, or refused what it was asked."""


class Browser:
    """A headless Chromium with one tab; `complaints` are console errors, exceptions, failed requests."""

    def __init__(self, binary: Path) -> None:
        """Start it with a profile of its own."""
        self._profile = tempfile.TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True)
        to_browser, self._write = os.pipe()
        self._read, from_browser = os.pipe()
        # Numbers from 10 on cannot collide with the 3 and 4 that the launcher puts them on.
        ends = [fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (to_browser, from_browser)]
        started = [
            str(binary),
            *FLAGS,
            *_unsandboxed(),
            f"--user-data-dir={self._profile.name}",
            "about:blank",
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH.format(*ends), *started],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=ends,
        )
        for end in (to_browser, from_browser, *ends):
            os.close(end)
        self._rest = b""
        self._number = 0
        self._session = ""
        self.complaints: list[str] = []
        self._loaded = False
        targets = self.call("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self._session = self.call("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setScrollbarsHidden", hidden=True)

    def __enter__(self) -> Browser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the browser and remove its profile."""
        os.close(self._write)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._read)
        self._profile.cleanup()

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method and wait for its result. Raises BrowserError with the browser's own words."""
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + ANSWER_SECONDS
        while True:
            answer = self._next(deadline)
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise BrowserError(f"{method}: {answer['error']}")
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def open(
        self, url: str, width: int, scheme: Literal["light", "dark"] = "light", height: int = 900
    ) -> None:
        """Open a page in a window of that width and wait until all of it is loaded."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self._loaded = False
        self.call("Page.navigate", url=url)
        deadline = time.monotonic() + ANSWER_SECONDS
        while not self._loaded:
            self._note(self._next(deadline))

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise BrowserError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def screenshot(self, path: Path, *, whole: bool = False, quality: int = 0) -> None:
        """A picture of the window, or of the whole page; PNG, or JPEG of that quality."""
        form: dict[str, Any] = {"format": "jpeg", "quality": quality} if quality else {"format": "png"}
        data = self.call("Page.captureScreenshot", captureBeyondViewport=whole, **form)["data"]
        path.write_bytes(base64.b64decode(data))

    def _note(self, event: dict[str, Any]) -> None:
        method, params = event.get("method", ""), event.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Log.entryAdded" and params["entry"]["level"] in ("error", "warning"):
            self.complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        elif method in ("Runtime.consoleAPICalled", "Runtime.exceptionThrown"):
            self.complaints.append(json.dumps(params)[:500])
        elif method == "Network.loadingFailed" and not params.get("canceled"):
            self.complaints.append(f"request failed: {params.get('errorText')}")

    def _next(self, deadline: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise BrowserError(f"the browser did not answer within {ANSWER_SECONDS:g} s")
            part = os.read(self._read, 1 << 20)
            if not part:
                raise BrowserError(
                    f"the browser ended: exit code {self._process.poll()}", "See whether it starts."
                )
            self._rest += part
        message, _, self._rest = self._rest.partition(b"\0")
        found: dict[str, Any] = json.loads(message)
        return found


def _unsandboxed() -> tuple[str, ...]:
    """Chromium's sandbox needs a user that is not root."""
    return ("--no-sandbox",) if os.geteuid() == 0 else ()
