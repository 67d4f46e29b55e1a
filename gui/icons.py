"""The window's pictures: bundled SVG outlines, drawn in whatever colour the palette asks for."""

from __future__ import annotations

import functools
from importlib import resources

from PySide6.QtCore import QByteArray, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtSvg import QSvgRenderer


@functools.cache
def _source(name: str) -> str:
    return resources.files("resources").joinpath("icons", f"{name}.svg").read_text(encoding="utf-8")


@functools.lru_cache(maxsize=64)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    return QSvgRenderer(QByteArray(_source(name).replace("currentColor", colour).encode()))


def draw(painter: QPainter, name: str, colour: QColor, where: QRectF) -> None:
    """Draw `name` into `where`; raises FileNotFoundError for a picture that there is not."""
    _renderer(name, colour.name()).render(painter, where)
