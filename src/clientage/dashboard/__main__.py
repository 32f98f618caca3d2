"""The server of the dashboard, in a process of its own: `clientage dashboard` starts it.

Receives where to listen and what to open; runs until it is told to stop.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from pathlib import Path

from clientage.charts.palette import ACCENT
from clientage.dashboard.launch import UPLOAD_MB, Launch
from clientage.errors import ClientageError
from clientage.extras import require

APP = Path(__file__).parent / "script" / "app.py"


def options(host: str, port: int) -> dict[str, str]:
    """Return the settings of the server: it listens on one address, phones nobody, and shows no traceback.

    Examples
    --------
    >>> options("127.0.0.1", 8501)["client.showErrorDetails"]
    'none'
    """
    return {
        "server.address": host,
        "server.port": str(port),
        "server.headless": "true",
        "server.fileWatcherType": "none",
        "server.runOnSave": "false",
        "runner.postScriptGC": "false",  # a whole collection after every turn of a knob costs more than the turn
        "server.maxUploadSize": str(UPLOAD_MB),
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
        "client.showErrorLinks": "false",
        "client.toolbarMode": "minimal",
        "client.disableDataExport": "true",  # what leaves the page goes through `data.writing`, formulas made harmless
        "global.showWarningOnDirectExecution": "false",
        "theme.primaryColor": ACCENT,
        "theme.baseRadius": "0.4rem",
        "theme.light.backgroundColor": "#fdfdfc",
        "theme.light.secondaryBackgroundColor": "#f3f5f7",
        "theme.light.textColor": "#1f2327",
        "theme.light.borderColor": "#e2e4e6",
        "theme.dark.backgroundColor": "#14171a",
        "theme.dark.secondaryBackgroundColor": "#1f2429",
        "theme.dark.textColor": "#e7e9eb",
        "theme.dark.borderColor": "#343a40",
        "theme.dark.primaryColor": "#6eb0ee",
    }


def serve(host: str, port: int, launch: Launch) -> None:
    """Run the server until it is stopped."""
    require("streamlit", "the dashboard")
    # Trials multiply small matrices, and many visitors do so at once: more threads for one product only get in the way.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from streamlit.web import cli

    flags = [f"--{name}={value}" for name, value in options(host, port).items()]
    sys.argv = ["streamlit", "run", *flags, str(APP), "--", *launch.words()]
    cli.main(prog_name="streamlit")


def main(words: list[str] | None = None) -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="python -m clientage.dashboard")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8501)
    parser.add_argument("--folder", type=Path, default=Path("runs"))
    parser.add_argument("opened", nargs="?", default="")
    asked = parser.parse_args(words)
    scratch = Path(tempfile.mkdtemp(prefix="clientage-dashboard-"))
    try:
        serve(asked.host, asked.port, Launch(asked.folder.resolve(), scratch, asked.opened))
    except ClientageError as refusal:
        sys.stderr.write(f"clientage: {refusal}\n")
        sys.exit(refusal.exit_code)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    main()
