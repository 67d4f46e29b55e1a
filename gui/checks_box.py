"""Are the answers right? Beside what, on which labelled data, how strictly; folded to one line at first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gui import asked_checks, tooltips
from gui.asked_checks import FIRST, NOTHING, OTHER, AskedChecks
from gui.dataset_field import DatasetField
from gui.noted import Noted
from gui.panel import QuietLabel, plain_label
from gui.preprocessing_field import PreprocessingField
from gui.tolerance_table import ToleranceDialog
from profiler.checks_plan import Tolerance
from profiler.error_text import visible

_LONGEST, _MOST_SAMPLES = 200, 100_000_000
REFERENCE = "reference"


class ChecksBox(QWidget):
    """Signals: `changed`; `requested` with what is to be chosen: REFERENCE, or as DatasetField says."""

    changed = Signal()
    requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fold, self.summary, self.body = QPushButton(self), QuietLabel(self, 0.92), QWidget(self)
        self.reference, self.dataset = QComboBox(self.body), DatasetField(self.body)
        self.preprocessing, self.limit = PreprocessingField(self.body), QSpinBox(self.body)
        self.expected, self.own_metric = QDoubleSpinBox(self.body), QLineEdit(self.body)
        self.noted_metric = Noted(self.own_metric, self.body)
        self.strictness = QPushButton(self.body)
        self.repeats, self.finds = QCheckBox(self.body), QCheckBox(self.body)
        self.tolerances = ToleranceDialog(self)
        self._labels: dict[QWidget, QLabel] = {}
        self._listed: list[str] = []
        self._other = ""
        self._reference = FIRST
        self._prepare()
        self._arrange()
        self._connect()
        self.show_files(())
        self.retranslate()
        self._follow()

    def _prepare(self) -> None:
        self.fold.setCheckable(True)
        self.summary.setWordWrap(True)
        self.body.hide()
        self.reference.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.reference.setMinimumContentsLength(12)
        self.limit.setRange(0, _MOST_SAMPLES)
        self.limit.setGroupSeparatorShown(True)
        self.expected.setRange(0.0, 100.0)
        self.expected.setDecimals(2)
        self.own_metric.setMaxLength(_LONGEST)
        self.own_metric.setPlaceholderText("MODULE:FUNCTION")
        for tick in (self.repeats, self.finds):
            tick.setChecked(True)
        self.strictness.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def _arrange(self) -> None:
        self.form = QFormLayout(self.body)
        self.form.setContentsMargins(0, 2, 0, 4)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setHorizontalSpacing(14)
        self.form.setVerticalSpacing(10)
        rows: Sequence[QWidget] = (
            self.reference, self.strictness, self.dataset, self.preprocessing, self.limit,
            self.expected, self.noted_metric,
        )  # fmt: skip
        for field in rows:
            label = self._labels[field] = plain_label(self.body)
            label.setBuddy(field)
            self.form.addRow(label, field)
        for tick in (self.finds, self.repeats):
            self.form.addRow(tick)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addWidget(self.fold, 0, Qt.AlignmentFlag.AlignLeft)
        box.addWidget(self.summary)
        box.addWidget(self.body)

    def _connect(self) -> None:
        self.fold.toggled.connect(self.body.setVisible)
        self.fold.toggled.connect(self._say_fold)
        self.reference.activated.connect(self._on_reference)
        self.dataset.requested.connect(self.requested)
        self.strictness.clicked.connect(self.tolerances.show)
        for field in (self.dataset, self.preprocessing):
            field.changed.connect(self._tell)
        for spin in (self.limit, self.expected):
            spin.valueChanged.connect(self._tell)
        self.own_metric.textEdited.connect(self._tell)
        for tick in (self.repeats, self.finds):
            tick.toggled.connect(self._tell)
        self.tolerances.model.chosen_changed.connect(self._tell)

    # what the page tells ---------------------------------------------------------------------------

    def show_files(self, paths: Sequence[str]) -> None:
        """Files that may be the reference, the first one first."""
        self._listed = list(paths)
        if self._reference not in (FIRST, NOTHING, *self._listed, self._other):
            self._reference = FIRST
        self._refill()
        self._follow()

    def set_reference(self, path: str) -> None:
        """Another file was chosen; empty where none was, and all stays as it was."""
        if path and path not in self._listed:
            self._other = path
        self._reference = path or self._reference
        self._refill()
        self._tell()

    def forget_other(self) -> None:
        """The other file is no model that can be opened here."""
        self._reference = FIRST if self._reference == self._other else self._reference
        self._other = ""
        self._refill()
        self._follow()

    def set_label_width(self, width: int) -> None:
        for label in self._labels.values():
            label.setMinimumWidth(width)

    @property
    def label_width(self) -> int:
        return max(label.sizeHint().width() for label in self._labels.values())

    # what is asked -----------------------------------------------------------------------------------

    @property
    def asked(self) -> AskedChecks:
        return AskedChecks(
            reference=self._reference,
            dataset=self.dataset.path,
            labels=self.dataset.labels,
            preprocessing=self.preprocessing.text,
            limit=self.limit.value(),
            metric=self.own_metric.text().strip(),
            expected=round(self.expected.value() / 100, 6) or None,
            tolerances=self.tolerances.model.chosen,
            repeats=self.repeats.isChecked(),
            finds_divergence=self.finds.isChecked(),
        )

    def set_asked(self, asked: AskedChecks) -> None:
        """Show what was asked before."""
        fields = (self.limit, self.expected, self.own_metric, self.repeats, self.finds, self.dataset)
        blockers = [QSignalBlocker(field) for field in fields]
        self.dataset.set_path(asked.dataset, asked.labels)
        self.preprocessing.set_text(asked.preprocessing)
        self.limit.setValue(asked.limit)
        self.expected.setValue(100 * (asked.expected or 0.0))
        self.own_metric.setText(asked.metric)
        self.repeats.setChecked(asked.repeats)
        self.finds.setChecked(asked.finds_divergence)
        del blockers
        self.tolerances.model.set_chosen(_known(asked.tolerances))
        self._reference = asked.reference if asked.reference in (FIRST, NOTHING, *self._listed) else FIRST
        self._refill()
        self._tell()

    @property
    def is_complete(self) -> bool:
        """Whether all that is asked can be read; what cannot be is brought into sight."""
        is_fit = self.dataset.is_complete and not asked_checks.troubles(self.asked)
        if not is_fit:
            self.fold.setChecked(True)
        return is_fit

    @property
    def trouble(self) -> str:
        """The sentence of what is wrong; empty where nothing is."""
        texts = (self.dataset.note.text(), self.noted_metric.note.text(), self.preprocessing.words.text())
        return next((text.removeprefix("! ") for text in texts if text.startswith("! ")), "")

    # inside ------------------------------------------------------------------------------------------

    def _on_reference(self) -> None:
        code = str(self.reference.currentData())
        if code == OTHER:
            # Shown as chosen only when a file was.
            self._refill()
            self.requested.emit(REFERENCE)
            return
        self._reference = code
        self._tell()

    def _refill(self) -> None:
        others = self._listed[1:] + ([self._other] if self._other else [])
        with QSignalBlocker(self.reference):
            self.reference.clear()
            for code in (FIRST, *dict.fromkeys(others), OTHER, NOTHING):
                self.reference.addItem("", code)
            self.reference.setCurrentIndex(max(0, self.reference.findData(self._reference)))
        self._say_items()

    def _tell(self) -> None:
        self._follow()
        self.changed.emit()

    def _follow(self) -> None:
        has_data = bool(self.dataset.path)
        for field in (self.preprocessing, self.limit, self.expected, self.noted_metric):
            self.form.setRowVisible(field, has_data)
        is_compared = self._reference != NOTHING
        for tick in (self.finds, self.strictness):
            tick.setEnabled(is_compared)
        texts = {
            "form": self.tr("! Like my_metrics:f1 or my_metrics.py:f1."),
            "missing": self.tr("! There is no such file."),
        }
        self.noted_metric.say(texts.get(asked_checks.troubles(self.asked).get("metric", ""), ""))
        self._say_summary()

    def _say_summary(self) -> None:
        """What is looked at, without opening the fold."""
        parts = []
        if self._reference not in (FIRST, NOTHING):
            parts.append(self.tr("compared with {file}").format(file=_shown(self._reference)))
        elif self._reference == FIRST and len(self._listed) > 1:
            parts.append(self.tr("compared with {file}").format(file=_shown(self._listed[0])))
        if self.dataset.path:
            parts.append(self.tr("labelled data: {file}").format(file=_shown(self.dataset.path)))
        if self.repeats.isChecked():
            parts.append(self.tr("same input, same answer"))
        self.summary.setText(" · ".join(parts) or self.tr("not looked at"))

    def retranslate(self) -> None:
        for field, text in {
            self.reference: self.tr("Compared with"),
            self.strictness: self.tr("How strictly"),
            self.dataset: self.tr("Labelled data"),
            self.preprocessing: self.tr("Pictures become"),
            self.limit: self.tr("At most"),
            self.expected: self.tr("Right in training"),
            self.noted_metric: self.tr("Own metric"),
        }.items():
            self._labels[field].setText(text)
            field.setAccessibleName(text)
        self.own_metric.setAccessibleName(self.tr("Own metric"))
        self.preprocessing.preset.setAccessibleName(self.tr("Pictures become"))
        self.own_metric.setToolTip(
            tooltips.plain(
                self.tr("A function of your own that judges the answers: it gets outputs and labels.")
            )
        )
        self.limit.setSpecialValueText(self.tr("all samples"))
        self.limit.setSuffix(self.tr(" samples"))
        self.expected.setSpecialValueText(self.tr("not known"))
        self.expected.setSuffix(" %")
        self.strictness.setText(self.tr("Tolerances…"))
        self.repeats.setText(self.tr("Does the same input give the same answer?"))
        self.finds.setText(self.tr("Where answers part, look for the first place inside"))
        self._say_items()
        self._say_fold()
        self._follow()

    def _say_items(self) -> None:
        first = _shown(self._listed[0]) if self._listed else self.tr("the first file")
        for at in range(self.reference.count()):
            code = str(self.reference.itemData(at))
            words = {
                FIRST: self.tr("{file} (the first)").format(file=first) if self._listed else first,
                OTHER: self.tr("Another file…"),
                NOTHING: self.tr("Nothing"),
            }
            self.reference.setItemText(at, words.get(code, _shown(code)))

    def _say_fold(self) -> None:
        sign = "▾" if self.fold.isChecked() else "▸"
        self.fold.setText(f"{sign}  " + self.tr("Are the answers right?"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _known(given: Mapping[str, Tolerance]) -> dict[str, Tolerance]:
    return {row: tolerance for row, tolerance in given.items() if tolerance != Tolerance()}


def _shown(path: str) -> str:
    return visible(Path(path.replace("\\", "/")).name)
