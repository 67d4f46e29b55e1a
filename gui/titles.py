"""What formats, runtimes, devices and times are called on screen; unknown names are shown as they are."""

from __future__ import annotations

import functools

from PySide6.QtCore import QDateTime, QLocale, Qt

from profiler.error_text import visible


@functools.cache
def of_format(name: str) -> str:
    """onnx -> ONNX."""
    # Imported late: the catalogue brings numpy, which would delay the first paint.
    from profiler.backends import catalog

    return next((row.title for row in catalog.FORMATS if row.name == name), visible(name))


@functools.cache
def of_runtime(name: str) -> str:
    """onnxruntime -> ONNX Runtime."""
    from profiler.backends import catalog

    return next((row.title for row in catalog.RUNTIMES if row.name == name), visible(name))


def of_device(name: str) -> str:
    """cpu -> CPU, cuda:0 -> CUDA:0."""
    return visible(name).upper()


def of_time(created: str) -> str:
    """An ISO 8601 time as the reader writes it, in local time."""
    when = QDateTime.fromString(created, Qt.DateFormat.ISODateWithMs).toLocalTime()
    return QLocale().toString(when, QLocale.FormatType.ShortFormat) if when.isValid() else visible(created)
