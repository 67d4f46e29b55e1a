"""The machine page: this machine pinned on top, sorted and filtered cards below, in both languages."""

from __future__ import annotations

import html
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor
from PySide6.QtGui import Qt as GuiQt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from gui import sentences
from gui.models.reference_table import HEADINGS, RAW_ROLE, PinnedRows, ReferenceTable
from gui.pages.machine import MachinePage
from hardware import catalog, probe, reference
from hardware.machine import Machine, Unknown
from hardware.reference import Kind
from profiler import reference_text, wording
from tests.fakes import ScriptedNvml, nvml_card, tesla_t4, tesla_v100

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")

WITHOUT = probe.probe_without_nvml(Unknown("nvml_missing"))
WITH = probe.probe(ScriptedNvml(tesla_t4()))
INT8, MEMORY = HEADINGS.index("int8_tops"), HEADINGS.index("memory_gb")


@pytest.fixture
def page(qtbot: QtBot) -> Iterator[MachinePage]:
    made = MachinePage(WITH)
    qtbot.addWidget(made)
    made.resize(860, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


def _names(rows: PinnedRows) -> list[str]:
    return [str(rows.index(row, 0).data()) for row in range(rows.rowCount())]


@pytest.mark.parametrize("machine", [None, WITHOUT, WITH])
def test_the_models_keep_the_rules_of_item_models(qtbot: QtBot, machine: Machine | None) -> None:
    table = ReferenceTable()
    rows = PinnedRows(table)
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [QAbstractItemModelTester(table, fatal), QAbstractItemModelTester(rows, fatal)]
    table.set_rows(reference.rows(machine, catalog.reference_order()))
    rows.search("v100")
    rows.sort(INT8, Qt.SortOrder.DescendingOrder)
    table.retranslate()
    table.set_rows(())
    assert rows.rowCount() == 0
    assert all(tester.model() is not None for tester in testers)


def test_the_order_is_this_machine_then_v100_then_t4(page: MachinePage) -> None:
    names = _names(page.rows)
    assert names[0] == "Tesla T4 (this machine)"
    assert names[1].endswith("(this machine)")
    assert names[2:8] == [card.name for card in catalog.reference_order()[:6]]
    assert len(names) == 73


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
@pytest.mark.parametrize("heading", ["name", "int8_tops", "memory_gb", "power_w", "source"])
def test_sorting_keeps_this_machine_on_top_and_the_unknown_last(
    page: MachinePage, heading: str, order: Qt.SortOrder
) -> None:
    column = HEADINGS.index(heading)
    page.table.sortByColumn(column, order)
    kinds = [page.rows.row_at(row).kind for row in range(page.rows.rowCount())]
    assert kinds[:2] == [Kind.DETECTED, Kind.PROCESSOR]
    values = [page.rows.index(row, column).data(RAW_ROLE) for row in range(2, page.rows.rowCount())]
    known = [value.casefold() if isinstance(value, str) else value for value in values if value is not None]
    assert known == sorted(known, reverse=order == Qt.SortOrder.DescendingOrder)
    assert all(value is None for value in values[len(known) :])


def test_a_cleared_sorting_brings_the_first_order_back(page: MachinePage) -> None:
    before = _names(page.rows)
    page.table.sortByColumn(MEMORY, Qt.SortOrder.DescendingOrder)
    assert _names(page.rows) != before
    page.table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    assert _names(page.rows) == before


def test_the_filter_keeps_this_machine_to_compare_with(page: MachinePage, qtbot: QtBot) -> None:
    qtbot.keyClicks(page.search, "hopper H100")
    names = _names(page.rows)
    assert names[0] == "Tesla T4 (this machine)"
    assert names[2:] == ["H100 PCIe 80GB", "H100 SXM5 80GB", "H100 NVL 94GB", "GH200 (H100 96GB HBM3)"]
    assert page.count.text() == "4 of 71 cards"


def test_a_dash_tells_its_reason_on_hover_and_to_a_reader(page: MachinePage) -> None:
    cell = page.rows.index(2, INT8)
    assert cell.data() == "–"
    assert cell.data(RAW_ROLE) is None
    assert "The tensor cores of Volta do not take INT8." in cell.data(Qt.ItemDataRole.ToolTipRole)
    assert cell.data(Qt.ItemDataRole.AccessibleTextRole) == "Tesla V100 PCIe 16GB, INT8 peak: not known"


def test_a_tool_tip_shows_names_from_outside_as_plain_text(qtbot: QtBot) -> None:
    script = nvml_card("<b>Card</b> & 'co'", 0xFFFF, (8, 9))
    table = ReferenceTable()
    table.set_rows(reference.rows(probe.probe(ScriptedNvml(script)), ()))
    tip = table.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert html.escape("<b>Card</b> & 'co'") in tip
    assert "<b>" not in tip
    assert GuiQt.mightBeRichText(tip)


def test_numbers_stand_right_and_texts_left(page: MachinePage) -> None:
    role = Qt.ItemDataRole.TextAlignmentRole
    assert page.rows.index(0, INT8).data(role) & Qt.AlignmentFlag.AlignRight
    assert page.rows.index(0, 0).data(role) & Qt.AlignmentFlag.AlignLeft
    header = page.model.headerData(INT8, Qt.Orientation.Horizontal)
    assert header == "INT8 peak\nTOP/s"


def test_this_machine_is_marked_by_word_weight_and_ground(page: MachinePage) -> None:
    cell, other = page.rows.index(0, 0), page.rows.index(2, 0)
    assert cell.data(Qt.ItemDataRole.FontRole).bold()
    assert isinstance(cell.data(Qt.ItemDataRole.BackgroundRole), QColor)
    assert other.data(Qt.ItemDataRole.FontRole) is None
    assert other.data(Qt.ItemDataRole.BackgroundRole) is None


def test_the_current_cell_is_explained_below(page: MachinePage) -> None:
    page.table.setCurrentIndex(page.rows.index(0, INT8))
    assert page.detail.text().startswith("Tesla T4 (this machine), INT8 peak: 130 TOP/s (published)")
    assert "Source: NVIDIA driver; peaks: Tesla T4 in this table" in page.detail.text()


def test_without_a_card_the_page_says_why_in_its_first_sentence(qtbot: QtBot) -> None:
    page = MachinePage(WITHOUT)
    qtbot.addWidget(page)
    assert wording.say("hardware", "nvml_missing", "en") in page.sentence.text()
    assert page.rows.row_at(0).kind is Kind.PROCESSOR
    assert page.rows.row_at(1).name == "Tesla V100 PCIe 16GB"


def test_a_machine_that_arrives_later_fills_the_page(qtbot: QtBot) -> None:
    page = MachinePage(None)
    qtbot.addWidget(page)
    assert page.rows.rowCount() == 71
    assert not page.facts.isVisibleTo(page)
    page.search.setText("T4")
    page.set_machine(probe.probe(ScriptedNvml(tesla_v100())))
    assert _names(page.rows)[0] == "Tesla V100-SXM2-16GB (this machine)"
    assert page.facts.isVisibleTo(page)
    assert page.search.text() == "T4"


def test_a_change_of_language_reaches_every_text(page: MachinePage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "language", lambda: "zh_CN")
    QCoreApplication.sendEvent(page, QEvent(QEvent.Type.LanguageChange))
    assert page.rows.index(0, 0).data() == "Tesla T4（本机）"
    assert page.model.headerData(0, Qt.Orientation.Horizontal) == "名称"
    assert "显卡" in page.sentence.text()
    titles = [label.text() for label in page.facts.findChildren(QLabel)]
    assert "处理器" in titles
    assert "Processor" not in titles


def test_every_control_has_a_name_for_a_screen_reader(page: MachinePage) -> None:
    for widget in page.findChildren(QWidget):
        wants_focus = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisibleTo(page)
        if wants_focus and not isinstance(widget, QAbstractButton | QLabel):
            assert widget.accessibleName(), widget
    assert isinstance(page.search, QLineEdit)


def test_texts_are_never_read_as_markup(page: MachinePage) -> None:
    assert all(
        label.textFormat() == Qt.TextFormat.PlainText for label in page.findChildren(QLabel) if label.text()
    )


@pytest.mark.parametrize("size", [(860, 560), (1780, 1000)])
def test_it_fits_small_and_large_windows(page: MachinePage, size: tuple[int, int]) -> None:
    page.resize(*size)
    QApplication.processEvents()
    assert (page.width(), page.height()) == size
    assert page.facts.height() <= size[1] // 2
    assert page.facts.horizontalScrollBar().maximum() == 0
    assert page.table.viewport().height() > 4 * page.table.rowHeight(0)
    assert page.table.rowHeight(0) >= 24


def test_names_and_numbers_are_never_cut(page: MachinePage) -> None:
    for column, heading in enumerate(HEADINGS[:-1]):
        width = page.table.columnWidth(column)
        longest = max(
            page.table.fontMetrics().horizontalAdvance(str(page.rows.index(row, column).data()))
            for row in range(page.rows.rowCount())
        )
        assert width > longest, heading
        title, unit = reference_text.heading(heading, "en")
        assert page.table.fontMetrics().horizontalAdvance(max(title, unit, key=len)) < width
