"""The fields that questions need: lists, rates, a limit, counts; each question shows its own."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QSpinBox, QWidget

from gui import loads
from gui.loads import MOST_BATCH, PERCENTILES, Load, Task

_MOST_MS, _LONGEST_LIST = 1e6, 200


class LimitField(QWidget):
    """A percentile and the most that it may be. Signals: `changed`."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.most, self.quantity = QDoubleSpinBox(self), QComboBox(self)
        self.most.setRange(0, _MOST_MS)
        self.most.setDecimals(3)
        for name in PERCENTILES:
            self.quantity.addItem(name.upper(), name)
        self.setFocusProxy(self.most)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.most, 1)
        row.addWidget(self.quantity)
        self.most.valueChanged.connect(self._tell)
        self.quantity.currentIndexChanged.connect(self.changed)
        self._tell()

    def _tell(self) -> None:
        self.quantity.setEnabled(self.most.value() > 0)
        self.changed.emit()

    @property
    def limit_ms(self) -> float | None:
        return self.most.value() or None

    def setAccessibleName(self, name: str) -> None:
        super().setAccessibleName(name)
        self.most.setAccessibleName(name)

    def setAccessibleDescription(self, text: str) -> None:
        super().setAccessibleDescription(text)
        self.most.setAccessibleDescription(text)

    def retranslate(self) -> None:
        self.most.setSuffix(self.tr(" ms"))
        self.most.setSpecialValueText(self.tr("no limit"))
        self.quantity.setAccessibleName(self.tr("How many answers must keep the limit"))


class TaskFields(QObject):
    """Attributes: `by_name` every field by the name that notes use. Signals: `changed`."""

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.values, self.rates = QLineEdit(parent), QLineEdit("100", parent)
        self.highest, self.limit = QCheckBox(parent), LimitField(parent)
        self.samples, self.processes = QSpinBox(parent), QSpinBox(parent)
        self.by_name: dict[str, QWidget] = {
            "values": self.values,
            "highest": self.highest,
            "rates": self.rates,
            "samples": self.samples,
            "processes": self.processes,
            "limit": self.limit,
        }
        self._prepare()

    def _prepare(self) -> None:
        for edit in (self.values, self.rates):
            edit.setMaxLength(_LONGEST_LIST)
            edit.textEdited.connect(self.changed)
        self.samples.setRange(1, MOST_BATCH)
        self.samples.setValue(Load().samples_per_query)
        self.processes.setRange(2, 1_024)
        for spin in (self.samples, self.processes):
            spin.valueChanged.connect(self.changed)
        self.highest.toggled.connect(self.changed)
        self.limit.changed.connect(self.changed)

    def suggest_processes(self, count: int) -> None:
        self.processes.setValue(max(2, count))

    def load(self, task: Task) -> Load:
        """This question with the numbers that stand in the fields."""
        return Load(
            task=task,
            values=loads.numbers(self.values.text()) or (),
            rates=loads.rates(self.rates.text()) or (),
            highest=self.highest.isChecked(),
            limit_on=str(self.limit.quantity.currentData()),
            limit_ms=self.limit.limit_ms,
            samples_per_query=self.samples.value(),
            processes=self.processes.value(),
        )

    def retranslate(self) -> None:
        self.highest.setText(self.tr("find the highest that keeps the limit"))
        self.limit.retranslate()
