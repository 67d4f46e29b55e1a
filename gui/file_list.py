"""The files of the run page: what each was recognised as, or the one sentence why it is refused."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from gui import sentences
from gui.choices import ChosenFile
from gui.drop_zone import Picture
from gui.panel import ElidedLabel, Panel, QuietLabel, wrapped_label
from profiler import shapes, units
from profiler.error_text import visible
from profiler.errors import ErrorInfo
from profiler.result import Tensor

_MOST_INPUTS = 3
# A line breaks behind the dot, never before it.
_APART = "\u00a0\u00a0·  "


class FileRow(Panel):
    """One file. Attributes: `file`, and `trouble` an error of the choices on this page, or None."""

    def __init__(
        self,
        file: ChosenFile,
        remove: Callable[[], None],
        parent: QWidget | None = None,
        is_held: bool = False,
    ) -> None:
        super().__init__(parent)
        self.file = file
        self._is_held = is_held
        self.trouble: ErrorInfo | None = None
        self.picture = Picture("file", 20, self)
        self.name, self.facts = ElidedLabel(self), QuietLabel(self)
        self.facts.setWordWrap(True)
        self.sentence = wrapped_label(self)
        self.inside, self.remove = QPushButton(self), QPushButton(self)
        self.remove.clicked.connect(remove)
        font = self.name.font()
        font.setBold(True)
        self.name.setFont(font)
        self._arrange()
        self.retranslate()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self.name, 1)
        head.addWidget(self.inside)
        head.addWidget(self.remove)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        texts.addLayout(head)
        texts.addWidget(self.facts)
        texts.addWidget(self.sentence)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 10, 10, 10)
        row.setSpacing(12)
        row.addWidget(self.picture)
        row.addLayout(texts, 1)

    def set_held(self, is_held: bool) -> None:
        """Whether reading the inputs has to wait for a run."""
        self._is_held = is_held
        self.retranslate()

    def show_state(self, trouble: ErrorInfo | None) -> None:
        self.trouble = trouble
        self.retranslate()

    def retranslate(self) -> None:
        name = visible(self.file.path.name)
        self.name.set_whole(name)
        self.inside.setText(self.tr("Look inside"))
        self.inside.setAccessibleName(self.tr("Look inside {file}").format(file=name))
        self.inside.setVisible(self.file.form is not None and self.file.refusal is None)
        self.remove.setText(self.tr("Remove"))
        self.remove.setAccessibleName(self.tr("Remove {file}").format(file=name))
        facts = _APART.join(self._facts())
        self.facts.setText(facts)
        self.facts.setVisible(bool(facts))
        error = self.file.refusal or self.trouble or self.file.doubt
        self.sentence.setVisible(error is not None)
        self.sentence.setText("" if error is None else "! " + sentences.of_error(error, self.file.path.name))
        self.set_subdued(self.file.refusal is not None)

    def _facts(self) -> list[str]:
        file = self.file
        if file.refusal is not None:
            return [] if file.size_bytes is None else [units.size(file.size_bytes)]
        if file.form is None:
            return [self.tr("Looking at the file…")]
        facts = [file.form.title, units.size(file.size_bytes)]
        if file.description is not None:
            parameters = file.description.parameters
            if parameters is not None:
                facts.append(self.tr("{count} parameters").format(count=units.quantity(parameters)))
            facts += [_input(spec) for spec in file.description.inputs[:_MOST_INPUTS]]
        elif not file.is_described:
            waits, reads = self.tr("its inputs are read after the run"), self.tr("reading its inputs…")
            facts.append(waits if self._is_held else reads)
        return facts

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _input(spec: Tensor) -> str:
    shape = "?" if spec.shape is None else shapes.written(spec.shape)
    text = QCoreApplication.translate("FileRow", "input {name}: {shape} {dtype}")
    return text.format(name=visible(spec.name), shape=visible(shape), dtype=spec.dtype)


class FileList(QScrollArea):
    """Signals: `removed` and `inside_requested`, each with a ChosenFile."""

    removed = Signal(object)
    inside_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[FileRow] = []
        self._is_held = False
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFrameShape(QFrame.Shape.NoFrame)
        inside = QWidget(self)
        self._box = QVBoxLayout(inside)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)
        self._box.addStretch(1)
        self.setWidget(inside)

    def add(self, file: ChosenFile) -> None:
        row = FileRow(file, partial(self.removed.emit, file), self, self._is_held)
        row.inside.clicked.connect(lambda: self.inside_requested.emit(file))
        self.rows.append(row)
        self._box.insertWidget(self._box.count() - 1, row)

    def set_held(self, is_held: bool) -> None:
        """Whether a run keeps files from being read."""
        self._is_held = is_held
        for row in self.rows:
            row.set_held(is_held)

    def take_out(self, file: ChosenFile) -> None:
        for row in [row for row in self.rows if row.file is file]:
            self.rows.remove(row)
            row.hide()
            row.deleteLater()
