"""Where things are kept; the same answer for the window, the command line and the child."""

from __future__ import annotations

import os
from pathlib import Path


def data_folder() -> Path:
    """INFEROMETER_HOME, else the user's data folder; not created here."""
    given = os.environ.get("INFEROMETER_HOME")
    if given:
        return Path(given)
    import platformdirs  # here, because the Python of a user's runtime need not have it

    return platformdirs.user_data_path("inferometer", appauthor=False)


def history_folder() -> Path:
    return data_folder() / "history"


def running_folder() -> Path:
    """One private folder for each run in progress; what is left in it belongs to a run that was cut off."""
    return data_folder() / "running"


def cache_folder() -> Path:
    """What can be made again, and goes with INFEROMETER_HOME where that is set; not created here."""
    given = os.environ.get("INFEROMETER_HOME")
    if given:
        return Path(given) / "cache"
    import platformdirs

    return platformdirs.user_cache_path("inferometer", appauthor=False)
