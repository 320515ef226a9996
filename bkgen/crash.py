"""What a user sees when bkgen itself is at fault: a sentence, and where the details are."""

from __future__ import annotations

import errno
import platform
import sys
import tempfile
import traceback
from typing import Any

import click

from bkgen import __version__

EXIT_CODE = 70  # EX_SOFTWARE of sysexits.h: an internal error
INTERRUPTED = 130  # as shells tell that Ctrl-C ended a command


class Program(click.Group):
    """A group of commands, listed in the order of their definition.

    An unexpected exception ends in a file, not on the terminal; Ctrl-C ends a command in order and with a word.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except KeyboardInterrupt:
            click.echo("Stopped.", err=True)
            ctx.exit(INTERRUPTED)
        except Exception as error:
            if isinstance(error, OSError) and error.errno == errno.EPIPE:
                raise  # whoever read the output has gone: click ends quietly
            click.echo(
                f"bkgen failed ({type(error).__name__}): this is a mistake in bkgen, not in your documents. "
                f"The details are in {_record(error)}; please report them.",
                err=True,
            )
            ctx.exit(EXIT_CODE)


def _record(error: Exception) -> str:
    with tempfile.NamedTemporaryFile(
        "w", prefix="bkgen-failure-", suffix=".txt", delete=False, encoding="utf-8", errors="backslashreplace"
    ) as file:
        file.write(f"bkgen {__version__}, Python {platform.python_version()}, {platform.platform()}\n")
        file.write(f"{sys.argv}\n\n")
        traceback.print_exception(error, file=file)
    return file.name
