"""Smaller variants of a model: which kinds, into which folder, calibrated with what, and what came of it."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui import sentences
from gui.buttons import PrimaryButton
from gui.choices import ChosenFile
from gui.dataset_field import DatasetField
from gui.panel import QuietLabel, plain_label, wrapped_label
from gui.variants import VariantMaker, Wanted, files_of
from profiler import wording
from profiler.checks_plan import Dataset, Preprocessing
from profiler.error_text import visible
from profiler.messages import VariantsMade
from profiler.plan import RunPlan
from profiler.reports import variants_table
from profiler.variants import kinds

OUT = "out"
_STATIC = "int8_static"
_COLUMNS = re.compile(r"(?<=\S) {2,}")


def offers(file: ChosenFile) -> bool:
    """Whether there are tools here that make variants of it."""
    return file.form is not None and file.refusal is None and bool(kinds.kinds_for(file.form.name))


class VariantsDialog(QDialog):
    """Signals: `added` with the original's path, those of the variants, and whether to measure them at once;
    `requested` with OUT when a folder is to be chosen, or as DatasetField says.
    """

    added = Signal(str, list, bool)
    requested = Signal(str)

    def __init__(self, maker: VariantMaker, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._maker = maker
        self._files: list[ChosenFile] = []
        self._plans: dict[str, RunPlan] = {}
        self._preprocessing = Preprocessing()
        self._made: VariantsMade | None = None
        self._kind = ("", 0, 0)
        self.words, self.original = wrapped_label(self), QComboBox(self)
        self.ticks = {kind: QCheckBox(self) for kind in kinds.KINDS}
        self.folder, self.choose = QLineEdit(self), QPushButton(self)
        self.calibration, self.calibration_note = DatasetField(self), QuietLabel(self, 0.92)
        self.starts = QCheckBox(self)
        self.bar, self.status = QProgressBar(self), wrapped_label(self)
        self.make, self.cancel = PrimaryButton(self), QPushButton(self)
        self._labels: dict[QWidget, QLabel] = {}
        self._prepare()
        self._arrange()
        self._connect()
        self.retranslate()

    def _prepare(self) -> None:
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 72)
        self.calibration_note.setWordWrap(True)
        self.status.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.original.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.original.setMinimumContentsLength(12)
        self.starts.setChecked(True)
        self.bar.hide()
        for tick in self.ticks.values():
            tick.setChecked(True)

    def _arrange(self) -> None:
        form = self.form = QFormLayout()
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(14)
        form.setVerticalSpacing(10)
        ticks = QVBoxLayout()
        ticks.setSpacing(6)
        for tick in self.ticks.values():
            ticks.addWidget(tick)
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.folder, 1)
        place.addWidget(self.choose)
        data = QVBoxLayout()
        data.setSpacing(3)
        data.addWidget(self.calibration)
        data.addWidget(self.calibration_note)
        for field, row in (
            (self.original, self.original), (next(iter(self.ticks.values())), ticks),
            (self.folder, place), (self.calibration, data),
        ):  # fmt: skip
            self._labels[field] = plain_label(self)
            form.addRow(self._labels[field], row)
        buttons = QHBoxLayout()
        buttons.setSpacing(10)
        buttons.addWidget(self.starts, 1)
        buttons.addWidget(self.cancel)
        buttons.addWidget(self.make)
        box = QVBoxLayout(self)
        box.setContentsMargins(20, 18, 20, 16)
        box.setSpacing(14)
        box.addWidget(self.words)
        box.addLayout(form)
        for widget in (self.bar, self.status):
            box.addWidget(widget)
        box.addStretch(1)
        box.addLayout(buttons)

    def _connect(self) -> None:
        self.original.currentIndexChanged.connect(self._on_original)
        for tick in self.ticks.values():
            tick.toggled.connect(self._follow)
        self.folder.textChanged.connect(self._follow)
        self.choose.clicked.connect(lambda: self.requested.emit(OUT))
        self.calibration.requested.connect(self.requested)
        self.calibration.changed.connect(self._follow)
        self.make.clicked.connect(self._on_make)
        self.cancel.clicked.connect(self._on_cancel)
        self._maker.told.connect(self._on_told)
        self._maker.made.connect(self._on_made)
        self._maker.failed.connect(self._on_failed)
        self._maker.stopped.connect(self._on_stopped)

    # what is asked -------------------------------------------------------------------------------

    def open_for(
        self, files: Sequence[ChosenFile], plans: Sequence[RunPlan], dataset: Dataset | None = None
    ) -> None:
        """Offer what can be made of these; `plans` say how they are fed, `dataset` what scores them."""
        self._files = [file for file in files if offers(file)]
        self._plans = {plan.model_path: plan for plan in plans}
        self._made = None
        self.original.clear()
        for file in self._files:
            self.original.addItem(visible(file.path.name), str(file.path))
        if dataset is not None and not self.calibration.path:
            self.calibration.set_path(dataset.path, dataset.labels)
        self._preprocessing = dataset.preprocessing if dataset is not None else Preprocessing()
        self.status.clear()
        self._on_original()
        self.show()
        self.raise_()

    def set_chosen(self, what: str, path: str) -> None:
        """The folder or file that was chosen; empty where none was."""
        if not path:
            return
        if what == OUT:
            self.folder.setText(path)
        elif what == "labels":
            self.calibration.set_labels(path)
        else:
            self.calibration.set_path(path)

    @property
    def wanted(self) -> Wanted | None:
        """What is asked for; None where nothing can be made of it yet."""
        file = self._file
        chosen = tuple(kind for kind in self._offered if self.ticks[kind].isChecked())
        folder = self.folder.text().strip()
        if file is None or file.form is None or not chosen or not os.path.isabs(folder):
            return None
        data = self.calibration
        given = (
            Dataset(data.path, data.labels, self._preprocessing) if data.path and _STATIC in chosen else None
        )
        plan = self._plans.get(str(file.path))
        return Wanted(
            file.path, file.form.name, Path(folder), chosen, given,
            shapes=plan.shapes if plan is not None else {},
            dimensions=plan.dimensions if plan is not None else {},
        )  # fmt: skip

    @property
    def _file(self) -> ChosenFile | None:
        at = self.original.currentIndex()
        return self._files[at] if 0 <= at < len(self._files) else None

    @property
    def _offered(self) -> tuple[str, ...]:
        file = self._file
        return kinds.kinds_for(file.form.name) if file is not None and file.form is not None else ()

    def _on_original(self) -> None:
        for kind, tick in self.ticks.items():
            tick.setVisible(kind in self._offered)
        self._follow()

    def _follow(self) -> None:
        is_busy = self._maker.is_busy
        is_static = _STATIC in self._offered and self.ticks[_STATIC].isChecked()
        self.form.setRowVisible(self.form.rowCount() - 1, is_static)
        self.calibration_note.setVisible(not self.calibration.path)
        fields = (self.original, self.folder, self.choose, self.calibration, self.starts)
        for field in (*fields, *self.ticks.values()):
            field.setEnabled(not is_busy)
        self.bar.setVisible(is_busy)
        self.make.setEnabled(not is_busy and self.wanted is not None)
        self._say()

    # what comes of it ----------------------------------------------------------------------------

    def _on_make(self) -> None:
        wanted = self.wanted
        if wanted is None:
            return
        self._made, self._kind = None, ("", 0, len(wanted.kinds))
        self.bar.setRange(0, len(wanted.kinds))
        self.bar.setValue(0)
        is_held = self._maker.is_held
        self._maker.make(wanted)
        waits = self.tr("Waiting until the measurement is over…")
        self.status.setText(waits if is_held else self.tr("Looking at the model…"))
        self._follow()

    def _on_told(self, kind: str, done: int, total: int) -> None:
        self._kind = kind, done, total
        self.bar.setValue(done)
        words = wording.say("variants", "making", sentences.language(), kind=kind, at=done + 1, total=total)
        self.status.setText(f"{words[:1].upper()}{words[1:]}…")

    def _on_made(self, wanted: Wanted, made: VariantsMade) -> None:
        self._made = made
        # Columns of blanks line up only where all letters are of one width.
        lines = (_COLUMNS.sub("  ·  ", line) for line in variants_table.lines(made, sentences.language()))
        self.status.setText("\n".join(lines))
        self._follow()
        files = files_of(made)
        if files:
            self.added.emit(str(wanted.path), files, self.starts.isChecked())
            # Where every kind was made there is nothing left to read that the page does not say.
            if len(files) == len(made.variants) and self.starts.isChecked():
                self.accept()

    def _on_failed(self, sentence: str) -> None:
        self.status.setText("! " + sentence)
        self._follow()

    def _on_stopped(self) -> None:
        self.status.setText(self.tr("Stopped; nothing was left in the folder."))
        self._follow()

    def _on_cancel(self) -> None:
        if self._maker.is_busy:
            self._maker.stop()
            self.status.setText(self.tr("Stopping…"))
        else:
            self.reject()

    def reject(self) -> None:
        """Closing the dialog ends the job, too."""
        self._maker.stop()
        super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        self._maker.stop()
        super().closeEvent(event)

    # words ---------------------------------------------------------------------------------------

    def _say(self) -> None:
        self.cancel.setText(
            self.tr("Stop") if self._maker.is_busy else self.tr("Close") if self._made else self.tr("Cancel")
        )

    def retranslate(self) -> None:
        language = sentences.language()
        self.setWindowTitle(self.tr("Smaller variants"))
        self.words.setText(
            self.tr(
                "The tools of the model's own format make smaller copies of it. Whether they are faster "
                "here, and still right, is measured beside the original, which is never changed."
            )
        )
        names = (
            self.tr("Of the model"),
            self.tr("Kinds"),
            self.tr("Into the folder"),
            self.tr("Calibrated with"),
        )
        for label, name in zip(self._labels.values(), names, strict=True):
            label.setText(name)
        self.original.setAccessibleName(names[0])
        for kind, tick in self.ticks.items():
            words = wording.say("variants", kind, language)
            tick.setText(words[:1].upper() + words[1:])
        self.folder.setAccessibleName(names[2])
        self.folder.setPlaceholderText(self.tr("a folder of yours"))
        self.choose.setText(self.tr("Choose…"))
        self.choose.setAccessibleName(self.tr("Choose a folder for the variants"))
        self.calibration_note.setText(
            self.tr(
                "Typical inputs, for 8-bit ranges set beforehand. Without them made-up ones are used, "
                "which costs accuracy."
            )
        )
        self.starts.setText(self.tr("Then measure them beside the original"))
        self.bar.setAccessibleName(self.tr("Progress of making variants"))
        self.make.setText(self.tr("&Make"))
        self._say()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
