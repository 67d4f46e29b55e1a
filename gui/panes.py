"""F6: from one part of the window to the next."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget


def go_on(panes: Sequence[QWidget], focus: QWidget | None) -> None:
    """Focus the first control of the pane behind the one that has the focus."""
    inside = [at for at, pane in enumerate(panes) if focus is not None and pane.isAncestorOf(focus)]
    following = panes[(inside[0] + 1 if inside else 0) % len(panes)]
    first = next((child for child in following.findChildren(QWidget) if takes_focus(child)), None)
    if first is not None:
        first.setFocus(Qt.FocusReason.TabFocusReason)


def takes_focus(widget: QWidget) -> bool:
    """Whether Tab can reach it now."""
    by_tab = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
    return widget.isVisible() and widget.isEnabled() and by_tab
