"""Where the command line begins: Ctrl-C ends it without a traceback, however early it comes.

Nothing else is loaded here, since loading takes longer than a second thought.
"""

import gc
import sys

# A command makes many objects that stay to its end and hardly a cycle, so that looking for cycles as often as
# Python does took a fifth of what hundreds of clusters take.
_THRESHOLDS = 50_000, 20, 100


def main() -> None:
    """Run the command line and exit."""
    gc.set_threshold(*_THRESHOLDS)
    try:
        from singlepane.program import run  # noqa: PLC0415 (what is loaded later can be interrupted)

        code = run()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
