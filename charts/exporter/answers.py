"""What `helm test` runs: whether the exporter is ready and all its collectors succeed, through its Service.

Arguments: host, port, `http` or `https`, and `open`, or `credentials` where they are asked for: then it only
connects.
"""

import re
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request

WAIT_SECONDS = 120
FAILED = re.compile(r"(?m)^exporter_collector_success\{(.*)\} 0(?:\.0)?$")


def main(host: str, port: int, scheme: str, access: str) -> str:
    """What is wrong, or nothing."""
    # Who signed the certificate is for Prometheus to judge.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    def fetched(path: str) -> str:
        if access == "credentials":
            socket.create_connection((host, port), 10).close()
            return ""
        url = f"{scheme}://{host}:{port}{path}"
        with urllib.request.urlopen(url, timeout=10, context=context) as answer:  # noqa: S310 (http or https)
            return str(answer.read().decode())

    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            fetched("/readyz")
            break
        except urllib.error.HTTPError as refused:
            said = refused.read().decode(errors="replace").strip()
        except OSError as error:
            said = str(error)
        if time.monotonic() > deadline:
            return f"not ready after {WAIT_SECONDS} seconds: {said}\n"
        time.sleep(2)
    failed = FAILED.findall(fetched("/metrics"))
    return "".join(f"does not succeed: {labels}; its log says why\n" for labels in failed)


if __name__ == "__main__":
    wrong = main(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
    sys.stdout.write(wrong or "ready, and every collector succeeds\n")
    sys.exit(bool(wrong))
