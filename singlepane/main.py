"""Where the command line begins: Ctrl-C ends it without a traceback, however early it comes.

Nothing else is loaded here, since loading takes longer than a second thought.
"""

import sys


def main() -> None:
    """Run the command line and exit."""
    try:
        from singlepane.program import run  # noqa: PLC0415 (what is loaded later can be interrupted)

        code = run()
    except KeyboardInterrupt:
        code = 130
    sys.exit(code)
