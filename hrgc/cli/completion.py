"""``hrgc completion``: the script that teaches a shell to complete hrgc's commands and flags."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from hrgc.cli.app import write_product

EPILOG = """\b
Examples:
  hrgc completion bash >> ~/.bash_completion
  hrgc completion zsh > ~/.zfunc/_hrgc
  hrgc completion fish > ~/.config/fish/completions/hrgc.fish"""


@click.command(epilog=EPILOG)
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
@click.pass_context
def completion(context: click.Context, /, shell: str) -> None:
    """Print the completion script of a shell."""
    kind = get_completion_class(shell)
    assert kind is not None
    root = context.find_root().command
    write_product(kind(root, {}, "hrgc", "_HRGC_COMPLETE").source() + "\n")
