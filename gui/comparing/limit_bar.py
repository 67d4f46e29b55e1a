"""What a model must keep to be the winner, as one sentence with fields in it that may stay empty."""

from __future__ import annotations

import re
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QLocale, Qt, Signal
from PySide6.QtGui import QDoubleValidator, QPalette
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QToolButton, QWidget

from gui import sentences
from gui.comparing.flow import FlowLayout
from gui.panel import plain_label
from profiler import settings_text

# What one of the field's unit is in profiler.limits' own: ns, bytes, a share.
FACTORS = {"p99": 1e6, "memory": 1e6, "accuracy_loss": 0.01}
_MOST = 1e9
_DIGITS = 9


class LimitBar(QWidget):
    """Attributes: `fields` by quantity. Signals: `changed` when the limits are others than before."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields = {name: self._field(name) for name in FACTORS}
        self._words: list[QLabel] = []
        self._flow = FlowLayout(self, spacing=5)
        self._told: dict[str, float] = {}
        self._others: dict[str, float] = {}
        self.other_words, self.drop = plain_label(self), QToolButton(self)
        self.drop.setText("✕")
        self.drop.setAutoRaise(True)
        self.drop.setMinimumSize(24, 24)
        self.drop.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.drop.clicked.connect(self._on_drop)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.retranslate()

    def _field(self, name: str) -> QLineEdit:
        field = QLineEdit(self)
        check = QDoubleValidator(0.0, 100.0 if name == "accuracy_loss" else _MOST, _DIGITS, field)
        check.setNotation(QDoubleValidator.Notation.StandardNotation)
        field.setValidator(check)
        field.setFixedWidth(field.fontMetrics().averageCharWidth() * 9 + 16)
        field.textEdited.connect(self._on_edited)
        return field

    @property
    def limits(self) -> dict[str, float]:
        """As profiler.limits: ns, bytes, a share; fields that are empty or make no sense limit nothing."""
        return self.written | self._others

    @property
    def written(self) -> dict[str, float]:
        """Those in the fields."""
        found = {name: self._number(name) for name in self.fields}
        return {name: value * FACTORS[name] for name, value in found.items() if value is not None}

    def set_limits(self, limits: Mapping[str, float]) -> None:
        """Fill the fields; limits that have none stand behind them. Nothing is told."""
        self._others = {name: value for name, value in limits.items() if name not in self.fields}
        for name, field in self.fields.items():
            value = limits.get(name)
            text = "" if value is None else QLocale().toString(value / FACTORS[name], "g", 12)
            field.setText(text.replace(QLocale().groupSeparator(), "") if value is not None else "")
        self._told = self.limits
        self._mark()
        self._say_others()

    def _say_others(self) -> None:
        text = self.tr("and {limits}").format(limits=settings_text.limits(self._others, sentences.language()))
        self.other_words.setText(text)
        for widget in (self.other_words, self.drop):
            widget.setVisible(bool(self._others))
        self.drop.setAccessibleName(self.tr("Drop this limit"))
        self.drop.setToolTip(self.tr("Drop this limit"))
        self.updateGeometry()

    def _on_drop(self) -> None:
        self._others = {}
        self._say_others()
        self._on_edited()

    def _number(self, name: str) -> float | None:
        value, is_number = QLocale().toDouble(self.fields[name].text().strip())
        # No loss at all can be asked for; no time and no memory cannot.
        return value if is_number and (value > 0 or (value == 0 and name == "accuracy_loss")) else None

    def _on_edited(self) -> None:
        self._mark()
        if self.limits != self._told:
            self._told = self.limits
            self.changed.emit()

    def _mark(self) -> None:
        """What is written and limits nothing is struck through."""
        for name, field in self.fields.items():
            font = field.font()
            font.setStrikeOut(bool(field.text().strip()) and self._number(name) is None)
            field.setFont(font)

    def retranslate(self) -> None:
        for label in self._words:
            self._flow.removeWidget(label)
            label.deleteLater()
        for widget in (*self.fields.values(), self.other_words, self.drop):
            self._flow.removeWidget(widget)
        self._words = []
        text = self.tr(
            "Limits: 99 of 100 answers within {p99} ms, at most {memory} MB, accuracy loss at most "
            "{accuracy_loss} %"
        )
        for piece in re.split(r"(\{\w+\})", text):
            name = piece.strip("{}")
            if name in self.fields:
                self._flow.addWidget(self.fields[name])
            elif piece.strip():
                self._words.append(self._label(piece.strip()))
        self._flow.addWidget(self.other_words)
        self._flow.addWidget(self.drop)
        self._say_others()
        names = {
            "p99": self.tr("Longest wait of 99 of 100 answers, in milliseconds"),
            "memory": self.tr("Most memory, in megabytes"),
            "accuracy_loss": self.tr("Most accuracy lost, in percent of the samples"),
        }
        for name, field in self.fields.items():
            field.setAccessibleName(names[name])
            field.setToolTip(names[name] + self.tr("; empty: no limit"))
            field.setPlaceholderText(self.tr("any"))
        self.updateGeometry()

    def _label(self, text: str) -> QLabel:
        label = plain_label(self)
        label.setText(text)
        label.setForegroundRole(QPalette.ColorRole.WindowText)
        self._flow.addWidget(label)
        label.show()
        return label

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            limits = self._told
            self.retranslate()
            self.set_limits(limits)
