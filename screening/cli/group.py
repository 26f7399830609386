"""How a command ends: every error this package raises is one message and status 2."""

# ruff: noqa: PLC0415 - a command imports what it needs, when it needs it
from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from screening.cli import FAILED
from screening.errors import ScreeningError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO


class Commands(TyperGroup):
    """The commands, with their errors turned into messages before typer gives them a status of its own."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command that ``ctx`` names."""
        try:
            result = super().invoke(ctx)
            for stream in _streams():
                stream.flush()
        except ScreeningError as error:
            _tell(str(error))
        except KeyboardInterrupt:  # termination and hang-up too
            _tell("interrupted; a report that was not finished was not written.")
        except BrokenPipeError:  # the reader of our output went away, as `| head` does
            _silence()
        except OSError as error:
            _tell(f"{error.filename}: {error.strerror}" if error.filename else error.strerror or str(error))
        else:
            return result
        raise typer.Exit(FAILED)


def _tell(message: str) -> None:
    from screening.report.safe import plain

    with suppress(OSError, ValueError):  # a standard error that is full or closed
        typer.echo(f"screening: {plain(message)}", err=True)


def _streams() -> Iterator[IO[str]]:
    return (stream for stream in (sys.stdout, sys.stderr) if stream is not None)


def _silence() -> None:
    """Send what is still to be flushed nowhere, so that the interpreter does not complain about it on its way out."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in _streams():
        try:
            os.dup2(nowhere, stream.fileno())
        except (OSError, ValueError):  # not a file: nothing to complain about
            continue
    os.close(nowhere)
