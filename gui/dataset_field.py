"""Labelled data for the answers: an .npz file, or a folder of pictures; chosen or dropped."""

from __future__ import annotations

import os

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui.drop_zone import local_files
from gui.panel import QuietLabel, wrapped_label

NPZ, FOLDER, LABELS = "npz", "folder", "labels"


class DatasetField(QWidget):
    """Signals: `changed`; `requested` with NPZ, FOLDER or LABELS when one is to be chosen.

    Attributes: `path` the data, `labels` the file of labels beside a folder of pictures.
    """

    changed = Signal()
    requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.path = self.labels = self._sample = self._trouble = ""
        self.shown, self.note = QLineEdit(self), wrapped_label(self)
        self.file, self.folder, self.sample = (QPushButton(self) for _ in range(3))
        self.clear = QToolButton(self)
        self.labels_row = QWidget(self)
        self.labels_word, self.labels_shown = QuietLabel(self.labels_row), QLineEdit(self.labels_row)
        self.choose_labels = QPushButton(self.labels_row)
        self.setAcceptDrops(True)
        self._arrange()
        self._connect()
        self.retranslate()
        self._follow()

    def _arrange(self) -> None:
        for edit in (self.shown, self.labels_shown):
            edit.setReadOnly(True)
            # A drop is the field's, which knows what was dropped.
            edit.setAcceptDrops(False)
        self.shown.setMinimumWidth(60)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.shown, 1)
        head.addWidget(self.clear)
        self.clear.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.clear.setMinimumSize(24, 24)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self.file, self.folder):
            buttons.addWidget(button, 1)
        labels = QHBoxLayout(self.labels_row)
        labels.setContentsMargins(0, 0, 0, 0)
        labels.setSpacing(8)
        labels.addWidget(self.labels_word)
        labels.addWidget(self.labels_shown, 1)
        labels.addWidget(self.choose_labels)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(head)
        box.addLayout(buttons)
        for widget in (self.sample, self.labels_row, self.note):
            box.addWidget(widget)
        self.setFocusProxy(self.file)

    def _connect(self) -> None:
        self.file.clicked.connect(lambda: self.requested.emit(NPZ))
        self.folder.clicked.connect(lambda: self.requested.emit(FOLDER))
        self.choose_labels.clicked.connect(lambda: self.requested.emit(LABELS))
        self.clear.clicked.connect(lambda: self.set_path(""))
        self.sample.clicked.connect(lambda: self.set_path(self._sample))

    def set_path(self, path: str, labels: str = "") -> None:
        """The data that was chosen; empty for none."""
        self.path, self.labels, self._trouble = path, labels, ""
        self._follow()
        self.changed.emit()

    def set_labels(self, path: str) -> None:
        self.labels, self._trouble = path, ""
        self._follow()
        self.changed.emit()

    def offer_sample(self, path: str) -> None:
        """The labelled data that belongs to a bundled sample; empty where none is among the files."""
        self._sample = path
        self._follow()

    def say(self, trouble: str) -> None:
        """What is wrong with the data, in a sentence; empty where nothing is."""
        self._trouble = trouble
        self._follow()

    @property
    def is_complete(self) -> bool:
        return not (self.path and self._trouble)

    def _follow(self) -> None:
        self.shown.setText(_name(self.path))
        self.shown.setToolTip(self.path)
        self.clear.setVisible(bool(self.path))
        self.sample.setVisible(bool(self._sample) and self.path != self._sample)
        self.labels_row.setVisible(bool(self.path) and os.path.isdir(self.path))
        self.labels_shown.setText(_name(self.labels))
        self.labels_shown.setToolTip(self.labels)
        self.note.setText(f"! {self._trouble}" if self._trouble else "")
        self.note.setVisible(bool(self._trouble))
        self.file.setAccessibleDescription(self._trouble)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        path = local_files(event.mimeData())[0]
        is_labels = os.path.isdir(self.path) and path.lower().endswith((".csv", ".txt"))
        if is_labels:
            self.set_labels(path)
        else:
            self.set_path(path)

    def retranslate(self) -> None:
        self.shown.setPlaceholderText(self.tr("drop it here, or choose"))
        self.shown.setAccessibleName(self.tr("Labelled data"))
        self.file.setText(self.tr("File…"))
        self.file.setAccessibleName(self.tr("Choose an .npz file with inputs and labels"))
        self.folder.setText(self.tr("Folder…"))
        self.folder.setAccessibleName(self.tr("Choose a folder of labelled pictures"))
        self.clear.setText("✕")
        self.clear.setToolTip(self.tr("Use no labelled data"))
        self.clear.setAccessibleName(self.tr("Use no labelled data"))
        self.sample.setText(self.tr("Take the sample's own"))
        self.labels_word.setText(self.tr("Labels"))
        self.labels_shown.setPlaceholderText(self.tr("a sub-folder for each class"))
        self.labels_shown.setAccessibleName(self.tr("File with labels"))
        self.choose_labels.setText(self.tr("File…"))
        self.choose_labels.setAccessibleName(self.tr("Choose a file with labels"))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()


def _name(path: str) -> str:
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]
