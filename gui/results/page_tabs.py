"""Tabs that are as high as the page that is seen, where Qt's own are as high as the highest of all."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtWidgets import QTabWidget, QWidget

_LEAST_LINES, _FRAME = 20, 4


class PageTabs(QTabWidget):
    """The page around them scrolls, so that no page scrolls in itself."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def add_page(self, page: QWidget) -> None:
        """Add a page without a name yet; when it grows, so do the tabs."""
        self.addTab(page, "")
        page.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest and watched is self.currentWidget():
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        return QSize(super().sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self._height())

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        page = self.currentWidget()
        if page is None or not page.hasHeightForWidth():
            return self._height()
        return self._around(page.heightForWidth(width - 2 * _FRAME))

    def _height(self) -> int:
        page = self.currentWidget()
        return self._around(0 if page is None else page.minimumSizeHint().height())

    def _around(self, page_height: int) -> int:
        least = self.fontMetrics().height() * _LEAST_LINES
        return max(self.tabBar().sizeHint().height() + _FRAME + page_height, least)
