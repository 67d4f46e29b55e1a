"""A panel of facts under a heading; below, a dash with the reason for those that are not known."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.panel import Panel, QuietLabel, plain_label
from profiler.machine_facts import Group
from profiler.units import DASH

_SHORT = 16


class FactPanel(Panel):
    """One group; a screen reader hears it whole."""

    def __init__(self, group: Group, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(14)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(14, 10, 14, 12)
        box.setSpacing(8)
        title = plain_label(self, scale=1.1, bold=True)
        title.setText(group.title)
        box.addWidget(title)
        box.addLayout(self._grid)
        self._fill(group)
        for reason in _reasons(group):
            box.addWidget(_quiet(reason, self))
        box.addStretch(1)
        self.setAccessibleName(group.title)
        self.setAccessibleDescription(_spoken(group))

    def _fill(self, group: Group) -> None:
        known = ((fact.name, fact.value) for fact in group.facts if fact.value is not None)
        for row, (name_text, value_text) in enumerate(known):
            name = QuietLabel(self)
            name.setText(name_text)
            value = plain_label(self)
            value.setWordWrap(True)
            value.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setText(_unbroken(value_text))
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)


def _unbroken(text: str) -> str:
    """Short parts of a list stay whole: "L3 32 MiB" is not torn over two lines."""
    parts = text.split(", ")
    return ", ".join(part.replace(" ", "\u00a0") if len(part) <= _SHORT else part for part in parts)


def _reasons(group: Group) -> list[str]:
    """Each reason once, after the names of the facts that it keeps back."""
    names: dict[str, list[str]] = {}
    for fact in group.facts:
        if fact.value is None:
            names.setdefault(fact.why, []).append(fact.name)
    return [f"{DASH} {', '.join(of_reason)}: {why}" for why, of_reason in names.items()]


def _spoken(group: Group) -> str:
    return "; ".join(f"{fact.name}: {fact.value or fact.why}" for fact in group.facts)


def _quiet(text: str, parent: QWidget) -> QLabel:
    label = QuietLabel(parent, scale=0.9)
    label.setWordWrap(True)
    label.setText(text)
    return label
