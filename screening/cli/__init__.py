"""The command line: parse, call, print. Results go to standard output, messages to standard error.

Exit status: 0 nothing at or above ``--fail-on``; 1 something is; 2 usage, unreadable input, bad rules, crash; 3 finished, but
there are rejects or lines that were not judged.
"""

# ruff: noqa: PLC0415 - a command imports what it needs, when it needs it
from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys

FINDINGS, FAILED, INCOMPLETE = 1, 2, 3
_NO_MEMORY = "screening: there is not enough memory; give the process more of it, or screen the manifest in parts"


def main(arguments: list[str] | None = None) -> None:
    """Run the command line with ``arguments`` (those of the process by default) and exit with its status."""
    # what a command loads it keeps to its end: looking for rubbish every 700 objects took a sixth of a short run
    gc.set_threshold(1_000_000, 20, 100)
    # polars hands this on to its allocator, which gives memory back sooner, keeps more pools and fewer large pieces at hand than
    # serves a screening: a million lines took a sixth longer
    os.environ.setdefault("_RJEM_MALLOC_CONF", f"dirty_decay_ms:6000,lg_tcache_max:20,narenas:{os.cpu_count() or 1}")
    if not sys.warnoptions:  # warnings of the libraries are meant for programmers
        import warnings

        warnings.simplefilter("ignore")
    _end_in_order()
    try:
        from screening.cli.app import app

        app(arguments)
    except KeyboardInterrupt:  # while the program was still loading
        sys.exit(FAILED)
    except MemoryError:
        with contextlib.suppress(OSError, ValueError, MemoryError):
            print(_NO_MEMORY, file=sys.stderr)
        sys.exit(FAILED)
    except Exception as error:  # a mistake of the program: 1 would tell a pipeline that something was found
        with contextlib.suppress(OSError, ValueError):  # nobody can be told, and the status must not be that of a finding
            import traceback

            traceback.print_exc()
            print(f"screening: this is a bug ({type(error).__name__}); please report it with the lines above.", file=sys.stderr)
        sys.exit(FAILED)
    finally:
        gc.freeze()  # nor does the end look through all of it once more


def _end_in_order() -> None:
    """Let termination and hang-up end a command as an interrupt does: temporary files are removed on the way out."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        with contextlib.suppress(ValueError):  # not the main thread: who started it sees to its end
            if number is not None and signal.getsignal(number) == signal.SIG_DFL:
                signal.signal(number, signal.default_int_handler)
