"""What one input is fed: a kind with its numbers, or the user's own file or folder."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from gui.panel import wrapped_label
from profiler import input_kinds
from profiler.errors import KnownError

AUTOMATIC, FILE, FOLDER = "", "file", "folder"
_OWN = (FILE, FOLDER)
_LONGEST = 60
# Kinds that cannot be made without numbers.
_NEED_NUMBERS = (*input_kinds.RANGES, "constant")


class InputRow(QWidget):
    """Signals: `changed`; `source_requested` when a file or, if true, a folder is to be chosen.

    Attributes: `kind` the picker, `numbers` what it needs, `choose` for files, `note` what is wrong.
    """

    changed = Signal()
    source_requested = Signal(bool)

    def __init__(self, kinds: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kind, self.numbers, self.choose = QComboBox(self), QLineEdit(self), QPushButton(self)
        self.note = wrapped_label(self)
        self._path, self._name = "", ""
        for code in (AUTOMATIC, *kinds, *_OWN):
            self.kind.addItem("", code)
        self.numbers.setMaxLength(_LONGEST)
        self._arrange()
        self.kind.currentIndexChanged.connect(self._on_kind)
        self.numbers.textEdited.connect(self._tell)
        self.choose.clicked.connect(self._ask)
        self.retranslate()
        self._follow()

    def _arrange(self) -> None:
        self.setFocusProxy(self.kind)
        self.kind.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.kind.setMinimumContentsLength(12)
        below = QHBoxLayout()
        below.setSpacing(8)
        below.addWidget(self.numbers, 1)
        below.addWidget(self.choose)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(3)
        box.addWidget(self.kind)
        box.addLayout(below)
        box.addWidget(self.note)

    def _on_kind(self) -> None:
        with QSignalBlocker(self.numbers):
            self.numbers.clear()
        self._path = ""
        self._tell()
        if self._code in _OWN:
            self._ask()

    def _ask(self) -> None:
        self.source_requested.emit(self._code == FOLDER)

    def _tell(self) -> None:
        self._follow()
        self.changed.emit()

    @property
    def _code(self) -> str:
        return str(self.kind.currentData())

    def set_source(self, path: str) -> None:
        """The file or folder that was chosen; empty where none was."""
        if path:
            self._path = path
            self._tell()

    def set_asked(self, text: str) -> None:
        """Show a kind as profiler.input_kinds writes it; one that this input is not offered is left out."""
        name, _, numbers = text.partition(":")
        at = self.kind.findData(name)
        if at < 0 or name in _OWN:
            return
        with QSignalBlocker(self.kind), QSignalBlocker(self.numbers):
            self.kind.setCurrentIndex(at)
            self.numbers.setText(numbers.replace(",", ", "))
        self._follow()

    @property
    def source(self) -> str:
        """The user's own file or folder; empty for made-up inputs."""
        return self._path if self._code in _OWN else ""

    @property
    def asked(self) -> str:
        """The kind as profiler.input_kinds writes it; empty for the one that fits by itself."""
        if self._code in (AUTOMATIC, *_OWN):
            return ""
        numbers = self.numbers.text().replace("，", ",").replace(" ", "")
        has_numbers = self._code in (*_NEED_NUMBERS, "tokens") and bool(numbers)
        return f"{self._code}:{numbers}" if has_numbers else self._code

    @property
    def is_complete(self) -> bool:
        """Whether nothing is missing, and the numbers are some."""
        if self._code in _OWN:
            return bool(self._path)
        try:
            return not self.asked or bool(input_kinds.parse(self.asked))
        except KnownError:
            return False

    def _follow(self) -> None:
        is_own = self._code in _OWN
        self.numbers.setVisible(is_own or self._code in (*_NEED_NUMBERS, "tokens"))
        self.numbers.setReadOnly(is_own)
        self.choose.setVisible(is_own)
        if is_own:
            self.numbers.setText(self._path.replace("\\", "/").rstrip("/").rpartition("/")[2])
        self.numbers.setToolTip(self._path)
        self._say()

    def _say(self) -> None:
        self.numbers.setPlaceholderText(self._placeholder())
        wrong = "" if self.is_complete else self._wrong()
        self.note.setText(wrong)
        self.note.setVisible(bool(wrong))
        self.numbers.setAccessibleDescription(wrong)

    def _placeholder(self) -> str:
        texts = {
            "tokens": self.tr("how many words, for example 32000"),
            "uniform": self.tr("from, to: for example 0, 1"),
            "integers": self.tr("from, to: for example 0, 9"),
            "constant": self.tr("for example 0.5"),
        }
        return texts.get(self._code, "")

    def _wrong(self) -> str:
        texts = {
            FILE: self.tr("Choose a .npy file or a picture."),
            FOLDER: self.tr("Choose a folder of pictures or of .npy files."),
            "tokens": self.tr("A whole number of at least 1, or nothing."),
            "uniform": self.tr("Two numbers with a comma between, the smaller first."),
            "integers": self.tr("Two whole numbers with a comma between, the smaller first."),
            "constant": self.tr("One number."),
        }
        return texts.get(self._code, "")

    def set_name(self, name: str) -> None:
        """What the input is called, for those who do not see its label."""
        self._name = name
        self.kind.setAccessibleName(name)
        self.numbers.setAccessibleName(name)

    def retranslate(self) -> None:
        texts = {
            AUTOMATIC: self.tr("Automatic"),
            "image": self.tr("Picture"),
            "tokens": self.tr("Token ids"),
            "mask": self.tr("Mask of ones"),
            "probability": self.tr("Probabilities"),
            "normal": self.tr("Normal distribution"),
            "uniform": self.tr("Numbers in a range…"),
            "integers": self.tr("Whole numbers in a range…"),
            "constant": self.tr("Constant…"),
            FILE: self.tr("From a file…"),
            FOLDER: self.tr("From a folder…"),
        }
        for at in range(self.kind.count()):
            self.kind.setItemText(at, texts.get(self.kind.itemData(at), self.kind.itemData(at)))
        self.choose.setText(self.tr("Choose…"))
        self._say()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
