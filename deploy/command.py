"""The command `kernel-explorer` of an installed app: starts it on this machine; what it writes goes to the person's own folder."""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
FOLDERS = {"KERNEL_EXPLORER_RUNS": "runs", "KERNEL_EXPLORER_DATA": "data", "KERNEL_EXPLORER_SEEN": "seen"}


def own_folder(environment: Mapping[str, str], home: Path) -> Path:
    """Where a person's programs keep what they can make or fetch again."""
    return Path(environment.get("XDG_CACHE_HOME") or environment.get("LOCALAPPDATA") or home / ".cache") / "kernel-explorer"


def main(arguments: Sequence[str] | None = None) -> None:
    """Start the app and stay until it is stopped.

    Raises:
        SystemExit: always, as a command ends.
    """
    parser = argparse.ArgumentParser(prog="kernel-explorer", description="Look inside small neural networks, in your browser.")
    parser.add_argument("--port", type=int, default=8501, help="of the app's address (8501)")
    parser.add_argument("--address", default="127.0.0.1", help="who may come: 127.0.0.1 this machine alone, 0.0.0.0 all that reach it")
    asked = parser.parse_args(arguments)
    for name, folder in FOLDERS.items():
        os.environ.setdefault(name, str(own_folder(os.environ, Path.home()) / folder))
    from streamlit.web import cli  # after the answer to --help, which needs none of it

    sys.exit(cli.main(["run", str(ROOT / "streamlit_app.py"), "--server.port", str(asked.port), "--server.address", asked.address]))


if __name__ == "__main__":
    main()
