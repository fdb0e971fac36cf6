"""``python -m trainer``: the command line of the stages, for launchers that start modules."""

from __future__ import annotations

from trainer.cli import main

if __name__ == "__main__":
    main()
