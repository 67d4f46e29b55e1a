"""Keys of the window."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget


def install(owner: QWidget, actions: Mapping[str, Callable[[], object]]) -> None:
    """Each key, as QKeySequence writes it, calls its action while `owner` is the active window."""
    for key, action in actions.items():
        QShortcut(QKeySequence(key), owner).activated.connect(action)
