"""The command line: parse, call, print. Results go to standard output, messages to standard error.

Exit status: 0 nothing at or above ``--fail-on``; 1 something is; 2 usage, unreadable input, bad rules; 3 finished, but there are rejects or lines
that were not judged.
"""

from __future__ import annotations

import os
import sys

FINDINGS, FAILED, INCOMPLETE = 1, 2, 3


def main() -> None:
    """Run the command line and exit with its status."""
    from screening.cli.app import app
    from screening.errors import ScreeningError

    try:
        app()
    except ScreeningError as error:
        print(f"screening: {error}", file=sys.stderr)
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(FAILED)
    except BrokenPipeError:  # the reader of our output went away, as `| head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILED)
