"""How a picture becomes an input: one of the usual ways by its name, or every step by itself."""

from __future__ import annotations

import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from gui import asked_checks, sentences
from gui.panel import QuietLabel, plain_label
from profiler.checks_plan import Preprocessing
from profiler.correctness import preprocessing
from profiler.reports import correctness_text

USUAL, OWN = "", "own"
# "none" is "raw" by another name.
_LISTED = [name for name in preprocessing.PRESETS if name != "none"]
_APART = re.compile(r"[,;/，；\s]+")
_LONGEST = 60


class PreprocessingField(QWidget):
    """Signals: `changed`. Attributes: `preset` the picker; `words` what is done, or what cannot be read."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preset, self.words = QComboBox(self), QuietLabel(self, scale=0.92)
        self.steps = QWidget(self)
        self.resize_to, self.crop = QSpinBox(self.steps), QSpinBox(self.steps)
        self.channels, self.values, self.interpolation = (QComboBox(self.steps) for _ in range(3))
        self.mean, self.std = QLineEdit(self.steps), QLineEdit(self.steps)
        self._labels: dict[QWidget, QLabel] = {}
        self._prepare()
        self._arrange()
        self._connect()
        self.retranslate()
        self._follow()

    def _prepare(self) -> None:
        self.words.setWordWrap(True)
        self.steps.hide()
        for name in (USUAL, *_LISTED, OWN):
            self.preset.addItem("", name)
        for box, names in (
            (self.channels, preprocessing.CHANNELS),
            (self.values, preprocessing.VALUES),
            (self.interpolation, preprocessing.INTERPOLATIONS),
        ):
            for name in names:
                box.addItem(name, name)
        self.interpolation.setCurrentText(Preprocessing().interpolation)
        for box in (self.preset, self.channels, self.values, self.interpolation):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(6)
        for spin in (self.resize_to, self.crop):
            spin.setRange(0, preprocessing.MOST_PIXELS)
        for edit in (self.mean, self.std):
            edit.setMaxLength(_LONGEST)
            edit.setMinimumWidth(60)

    def _arrange(self) -> None:
        self.setFocusProxy(self.preset)
        form = QFormLayout(self.steps)
        form.setContentsMargins(0, 4, 0, 0)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setHorizontalSpacing(10)
        form.setVerticalSpacing(6)
        fields: Sequence[QWidget] = (
            self.resize_to, self.crop, self.channels, self.values, self.mean, self.std, self.interpolation,
        )  # fmt: skip
        for field in fields:
            label = self._labels[field] = plain_label(self.steps)
            label.setBuddy(field)
            form.addRow(label, field)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(3)
        box.addWidget(self.preset)
        box.addWidget(self.steps)
        box.addWidget(self.words)

    def _connect(self) -> None:
        self.preset.currentIndexChanged.connect(self._on_preset)
        for box in (self.channels, self.values, self.interpolation):
            box.currentIndexChanged.connect(self._tell)
        for spin in (self.resize_to, self.crop):
            spin.valueChanged.connect(self._tell)
        for edit in (self.mean, self.std):
            edit.textEdited.connect(self._tell)

    def _on_preset(self) -> None:
        """One's own steps begin as those of the preset that was shown before."""
        name = str(self.preset.currentData())
        if name in preprocessing.PRESETS:
            self._fill(preprocessing.PRESETS[name])
        self._tell()

    def _fill(self, given: Preprocessing) -> None:
        fields = (self.resize_to, self.crop, self.channels, self.values, self.interpolation)
        blockers = [QSignalBlocker(field) for field in fields]
        self.resize_to.setValue(given.resize)
        self.crop.setValue(given.crop)
        self.channels.setCurrentIndex(self.channels.findData(given.channels))
        self.values.setCurrentIndex(self.values.findData(given.values))
        self.interpolation.setCurrentIndex(self.interpolation.findData(given.interpolation))
        self.mean.setText(", ".join(f"{number:g}" for number in given.mean))
        self.std.setText(", ".join(f"{number:g}" for number in given.std))
        del blockers

    def _tell(self) -> None:
        self._follow()
        self.changed.emit()

    @property
    def text(self) -> str:
        """As profiler.correctness.preprocessing reads it; empty for the usual one."""
        name = str(self.preset.currentData())
        if name != OWN:
            return name
        parts = {
            "resize": str(self.resize_to.value()),
            "crop": str(self.crop.value()),
            "channels": str(self.channels.currentData()),
            "values": str(self.values.currentData()),
            "interpolation": str(self.interpolation.currentData()),
            "mean": "/".join(part for part in _APART.split(self.mean.text()) if part),
            "std": "/".join(part for part in _APART.split(self.std.text()) if part),
        }
        return ",".join(f"{name}={value}" for name, value in parts.items() if value)

    def set_text(self, text: str) -> None:
        """Show what was asked for before; what cannot be read any more is left out."""
        try:
            given = asked_checks.prepared_by(text)
        except preprocessing.Unreadable:
            return
        at = self.preset.findData(text)
        with QSignalBlocker(self.preset):
            self.preset.setCurrentIndex(at if at >= 0 else self.preset.findData(OWN))
        self._fill(given)
        self._follow()

    def _follow(self) -> None:
        self.steps.setVisible(self.preset.currentData() == OWN)
        self._say()

    def _say(self) -> None:
        if not self.text:
            self.words.setText(self.tr("Pictures: pixels from 0 to 1. Arrays of an .npz file: as they are."))
            return
        try:
            given = asked_checks.prepared_by(self.text)
        except preprocessing.Unreadable as error:
            part = str(error)
            if "," in part:
                part = self.tr("these steps do not go together")
            self.words.setText(self.tr("! Cannot be read: {part}").format(part=part))
        else:
            words = correctness_text.preprocessing(given, sentences.language())
            self.words.setText(words[:1].upper() + words[1:])
        self.preset.setAccessibleDescription(self.words.text())

    def retranslate(self) -> None:
        names = {
            USUAL: self.tr("The usual"),
            "raw": self.tr("Pixels as they are, 0 to 255"),
            "unit": self.tr("Pixels from 0 to 1"),
            "imagenet": self.tr("ImageNet, as PyTorch does"),
            "imagenet-v2": self.tr("ImageNet, as PyTorch does (newer weights)"),
            "imagenet-tf": self.tr("ImageNet, as TensorFlow does"),
            "imagenet-caffe": self.tr("ImageNet, as Caffe does (BGR)"),
            "clip": "CLIP",
            "vit": self.tr("Vision transformer (Hugging Face)"),
            "mnist": "MNIST",
            OWN: self.tr("One's own steps…"),
        }
        for at in range(self.preset.count()):
            name = str(self.preset.itemData(at))
            self.preset.setItemText(at, names.get(name, name))
        labels = {
            self.resize_to: self.tr("Shorter side"),
            self.crop: self.tr("Middle square"),
            self.channels: self.tr("Colours"),
            self.values: self.tr("Values"),
            self.mean: self.tr("Minus mean"),
            self.std: self.tr("Over std"),
            self.interpolation: self.tr("Resampling"),
        }
        for field, text in labels.items():
            self._labels[field].setText(text)
            field.setAccessibleName(text)
        self.resize_to.setSpecialValueText(self.tr("as the model"))
        self.crop.setSpecialValueText(self.tr("none"))
        for spin in (self.resize_to, self.crop):
            spin.setSuffix(self.tr(" px"))
        for edit in (self.mean, self.std):
            edit.setPlaceholderText(self.tr("none"))
        ranges = {"0_1": self.tr("0 to 1"), "-1_1": self.tr("-1 to 1"), "0_255": self.tr("0 to 255")}
        colours = {"rgb": "RGB", "bgr": "BGR", "grey": self.tr("grey")}
        for box, words in ((self.values, ranges), (self.channels, colours)):
            for at in range(box.count()):
                box.setItemText(at, words[str(box.itemData(at))])
        self._say()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
