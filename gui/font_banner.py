"""Says in English, for Chinese would be boxes, that no font here can write Chinese, and how to get one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from gui.panel import Panel, wrapped_label

COMMAND = "sudo apt install fonts-noto-cjk"
SENTENCE = f"No font on this computer can write Chinese, so it would be boxes. To get one: {COMMAND}"


class FontBanner(Panel):
    """Hidden until it is shown; closes for this session."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, subdued=True)
        self.sentence, self.close_button = wrapped_label(self), QPushButton("Close", self)
        self.sentence.setText("! " + SENTENCE)
        self.sentence.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.sentence.setAccessibleName(SENTENCE)
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 14, 6)
        row.addWidget(self.sentence, 1)
        row.addWidget(self.close_button)
        self.close_button.clicked.connect(self.hide)
        self.hide()
