"""First paint of our window against an empty PySide6 window of the same size, in alternation.

    python -m tests.benchmarks.first_paint [--pairs N]

From the start of a fresh process to the end of the window's first paint; on the display where there is
one (`xvfb-run -a python -m ...`), else offscreen. The aim: at most 1.5 times, under 150 MB, no runtime.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.interval import paired_ratio

WINDOWS = ("empty", "ours")
ROOT = Path(__file__).parent.parent.parent


def measured(window: str, home: str) -> dict[str, Any]:
    """One fresh process: its time to the first paint in ns, its memory, and what it had imported."""
    environment = os.environ | {"INFEROMETER_HOME": home, "XDG_CONFIG_HOME": home}
    # Compiled modules are kept, as for any user; beside the checkout, so that nothing is left in it.
    environment["PYTHONPYCACHEPREFIX"] = str(Path(home, "compiled"))
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")):
        # Our door wants to see a display before it opens a window; offscreen nothing connects to it.
        environment |= {"QT_QPA_PLATFORM": "offscreen", "DISPLAY": "offscreen"}
    command = [sys.executable, "-m", "tests.benchmarks.first_paint_child", window]
    begin = time.monotonic_ns()
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{window}: {done.stderr}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told | {"first_paint_ns": told["painted_at_ns"] - begin}


def report(runs: dict[str, list[dict[str, Any]]]) -> bool:
    """Prints the figures; whether the aim was reached."""
    for window, rows in runs.items():
        seconds = statistics.median(row["first_paint_ns"] for row in rows) / 1e9
        resident = statistics.median(row["resident_bytes"] for row in rows) / 1e6
        size, platform = rows[0]["size"], rows[0]["platform"]
        print(f"{window:5}  first paint {seconds:.3f} s   resident {resident:.0f} MB   {size} on {platform}")
    ratio = paired_ratio(*([row["first_paint_ns"] for row in runs[window]] for window in WINDOWS[::-1]))
    loaded = sorted({name for row in runs["ours"] for name in row["loaded"]})
    print(f"ratio  {ratio}")
    print(f"loaded at first paint that should not be: {', '.join(loaded) or 'nothing'}")
    resident = max(row["resident_bytes"] for row in runs["ours"])
    same = len({row["size"] for rows in runs.values() for row in rows}) == 1
    return ratio.value <= 1.5 and resident < 150e6 and not loaded and same


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=9)
    pairs = parser.parse_args().pairs
    runs: dict[str, list[dict[str, Any]]] = {window: [] for window in WINDOWS}
    with tempfile.TemporaryDirectory() as home:
        for window in WINDOWS:
            measured(window, home)
        for pair in range(pairs):
            for window in WINDOWS[:: 1 if pair % 2 == 0 else -1]:
                runs[window].append(measured(window, home))
    return 0 if report(runs) else 1


if __name__ == "__main__":
    sys.exit(main())
