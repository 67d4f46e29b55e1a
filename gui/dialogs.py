"""Every question that stops the user: files, trust, closing, trouble. Tests put an answer in its place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton, QWidget

from profiler.error_text import visible

_SHOWN_OF_HASH = 16
_DETAILS_LIMIT = 20_000


class Dialogs:
    """The real dialogs, over `parent`."""

    def __init__(self, parent: Callable[[], QWidget | None]) -> None:
        self._parent = parent

    def choose_models(self, folder: str) -> list[str]:
        """Model files; empty where none was chosen."""
        title = QCoreApplication.translate("Dialogs", "Choose model files")
        kinds = ";;".join(
            (
                QCoreApplication.translate("Dialogs", "Model files ({kinds})").format(kinds=_model_kinds()),
                QCoreApplication.translate("Dialogs", "All files (*)"),
            )
        )
        return QFileDialog.getOpenFileNames(self._parent(), title, folder, kinds)[0]

    def choose_inputs(self, folder: str) -> list[str]:
        """One .npz, or .npy files named like the inputs; empty where none was chosen."""
        title = QCoreApplication.translate("Dialogs", "Choose files with inputs")
        kinds = QCoreApplication.translate("Dialogs", "NumPy arrays (*.npy *.npz)")
        return QFileDialog.getOpenFileNames(self._parent(), title, folder, kinds)[0]

    def choose_source(self, folder: str, is_folder: bool) -> str:
        """An array, a picture, or a folder of either, for one input; empty where none was chosen."""
        if is_folder:
            title = QCoreApplication.translate("Dialogs", "Choose a folder of pictures or arrays")
            return QFileDialog.getExistingDirectory(self._parent(), title, folder)
        title = QCoreApplication.translate("Dialogs", "Choose a file for this input")
        kinds = QCoreApplication.translate("Dialogs", "Arrays and pictures (*.npy *.png *.jpg *.jpeg)")
        return QFileDialog.getOpenFileName(self._parent(), title, folder, kinds)[0]

    def choose_results(self, folder: str) -> list[str]:
        """Documents of runs; empty where none was chosen."""
        title = QCoreApplication.translate("Dialogs", "Choose results to compare")
        kinds = QCoreApplication.translate("Dialogs", "Results of inferometer (*.json)")
        return QFileDialog.getOpenFileNames(self._parent(), title, folder, kinds)[0]

    def choose_data(self, folder: str, what: str) -> str:
        """For the answers: an `npz`, a `folder` of pictures, its `labels`, or the model of a `reference`."""
        if what == "folder":
            title = QCoreApplication.translate("Dialogs", "Choose a folder of labelled pictures")
            return QFileDialog.getExistingDirectory(self._parent(), title, folder)
        title, kinds = {
            "labels": (
                QCoreApplication.translate("Dialogs", "Choose a file with labels"),
                QCoreApplication.translate("Dialogs", "Labels (*.csv *.txt)"),
            ),
            "reference": (
                QCoreApplication.translate("Dialogs", "Choose the model whose answers count as right"),
                QCoreApplication.translate("Dialogs", "Model files ({kinds})").format(kinds=_model_kinds()),
            ),
        }.get(
            what,
            (
                QCoreApplication.translate("Dialogs", "Choose inputs with labels"),
                QCoreApplication.translate("Dialogs", "NumPy arrays (*.npz)"),
            ),
        )
        everything = QCoreApplication.translate("Dialogs", "All files (*)")
        return QFileDialog.getOpenFileName(self._parent(), title, folder, f"{kinds};;{everything}")[0]

    def choose_python(self) -> str:
        """A Python interpreter; empty where none was chosen."""
        title = QCoreApplication.translate("Dialogs", "Choose a Python interpreter")
        # A link is what a virtual environment is known by.
        links = QFileDialog.Option.DontResolveSymlinks
        return QFileDialog.getOpenFileName(self._parent(), title, options=links)[0]

    def choose_save(self, suggestion: str) -> str:
        """Where to write; empty where the user thought better of it."""
        title = QCoreApplication.translate("Dialogs", "Save as")
        return QFileDialog.getSaveFileName(self._parent(), title, suggestion)[0]

    def ask_trust(self, file: str, sha256: str) -> bool:
        """Whether this file, whose format can run code, may be opened; Cancel unless said otherwise."""
        box = self._box(QMessageBox.Icon.Warning)
        box.setWindowTitle(QCoreApplication.translate("Dialogs", "Open this file?"))
        box.setText(
            QCoreApplication.translate(
                "Dialogs",
                "“{file}” can run program code on this computer when it is opened, as any TorchScript "
                "file can. Open it only if you know where it comes from.",
            ).format(file=visible(file))
        )
        box.setInformativeText(
            QCoreApplication.translate(
                "Dialogs",
                "Content: SHA-256 {hash}…\n"
                "You are asked once for this content; if it changes, you are asked again.",
            ).format(hash=sha256[:_SHOWN_OF_HASH])
        )
        trust = box.addButton(
            QCoreApplication.translate("Dialogs", "&Trust and open"), QMessageBox.ButtonRole.AcceptRole
        )
        return self._ask(box, trust)

    def ask_consent(self, file: str, sha256: str) -> bool:
        """Whether this program may run this once; Cancel unless said otherwise."""
        box = self._box(QMessageBox.Icon.Critical)
        box.setWindowTitle(QCoreApplication.translate("Dialogs", "Run this program?"))
        box.setText(
            QCoreApplication.translate(
                "Dialogs",
                "“{file}” is a program: opening it runs native code on this computer with all your "
                "rights. Run it only if you made it, or know who did.",
            ).format(file=visible(file))
        )
        box.setInformativeText(
            QCoreApplication.translate(
                "Dialogs", "Content: SHA-256 {hash}…\nYou are asked each time, also for the same content."
            ).format(hash=sha256[:_SHOWN_OF_HASH])
        )
        run = box.addButton(
            QCoreApplication.translate("Dialogs", "&Run it this once"), QMessageBox.ButtonRole.AcceptRole
        )
        return self._ask(box, run)

    def choose_folder(self, folder: str) -> str:
        """Where new files go; empty where the user thought better of it."""
        title = QCoreApplication.translate("Dialogs", "Choose a folder for the variants")
        return QFileDialog.getExistingDirectory(self._parent(), title, folder)

    def ask_replace(self, file: str) -> bool:
        """Whether files that are there already may be written anew."""
        box = self._box(QMessageBox.Icon.Warning)
        box.setWindowTitle(QCoreApplication.translate("Dialogs", "Already there"))
        box.setText(
            QCoreApplication.translate("Dialogs", "“{file}” is already in this folder. Make it anew?").format(
                file=visible(file)
            )
        )
        replace = box.addButton(
            QCoreApplication.translate("Dialogs", "&Replace"), QMessageBox.ButtonRole.DestructiveRole
        )
        return self._ask(box, replace)

    def ask_close(self) -> bool:
        """Whether to stop the run that goes on and close."""
        box = self._box(QMessageBox.Icon.Question)
        box.setWindowTitle(QCoreApplication.translate("Dialogs", "A run is going on"))
        box.setText(QCoreApplication.translate("Dialogs", "Stop the run and close the window?"))
        box.setInformativeText(
            QCoreApplication.translate(
                "Dialogs", "What was measured until now is kept in the history, marked as stopped early."
            )
        )
        stop = box.addButton(
            QCoreApplication.translate("Dialogs", "&Stop and close"), QMessageBox.ButtonRole.AcceptRole
        )
        return self._ask(box, stop)

    def ask_lose(self, count: int) -> bool:
        """Whether to close although results are only in memory."""
        box = self._box(QMessageBox.Icon.Warning)
        box.setWindowTitle(QCoreApplication.translate("Dialogs", "Not saved"))
        box.setText(
            QCoreApplication.translate(
                "Dialogs", "Results that are only in memory and would be lost: {count}."
            ).format(count=count)
        )
        lose = box.addButton(
            QCoreApplication.translate("Dialogs", "Close &without them"),
            QMessageBox.ButtonRole.DestructiveRole,
        )
        return self._ask(box, lose)

    def show_trouble(self, sentence: str) -> None:
        """One sentence about something that could not be done."""
        box = self._box(QMessageBox.Icon.Warning)
        box.setWindowTitle(QCoreApplication.translate("Dialogs", "That did not work"))
        box.setText(sentence)
        box.exec()

    def show_crash(self, details: str) -> None:
        """A bug of ours: say so, and let the traceback be copied."""
        box = self._box(QMessageBox.Icon.Critical)
        box.setWindowTitle(QCoreApplication.translate("Dialogs", "Something is wrong in inferometer"))
        box.setText(
            QCoreApplication.translate(
                "Dialogs",
                "This is a mistake in inferometer, not in your model. The window goes on, and saved results "
                "are safe. Please report it with the details.",
            )
        )
        box.setDetailedText(details[-_DETAILS_LIMIT:])
        copy = box.addButton(
            QCoreApplication.translate("Dialogs", "&Copy details"), QMessageBox.ButtonRole.ActionRole
        )
        copy.clicked.disconnect()
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(details))
        box.addButton(QMessageBox.StandardButton.Close)
        box.exec()

    def _box(self, icon: QMessageBox.Icon) -> QMessageBox:
        box = QMessageBox(self._parent())
        box.setIcon(icon)
        box.setTextFormat(Qt.TextFormat.PlainText)
        return box

    def _ask(self, box: QMessageBox, yes: QPushButton) -> bool:
        cancel = box.addButton(QMessageBox.StandardButton.Cancel)
        box.setDefaultButton(cancel)
        box.setEscapeButton(cancel)
        box.exec()
        return box.clickedButton() is yes


def _model_kinds() -> str:
    """*.onnx *.ort ..., each once."""
    # Imported late: the catalogue brings numpy, which would delay the first paint.
    from profiler.backends import catalog

    return " ".join(dict.fromkeys(f"*{suffix}" for form in catalog.FORMATS for suffix in form.suffixes))


def suggested(folder: str, name: str, ending: str) -> str:
    """`resnet50.onnx` becomes `folder/resnet50.json`."""
    return str(Path(folder) / f"{Path(name).stem}{ending}")
