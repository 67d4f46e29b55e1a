"""The questions of the run page in words: how each is measured, and which number answers it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from gui.loads import Task


def question(task: Task) -> str:
    """As it stands in the list of questions."""
    return {
        Task.ONE_ANSWER: QCoreApplication.translate("TaskWords", "How long does one answer take?"),
        Task.RISING_LOAD: QCoreApplication.translate("TaskWords", "How does it behave under rising load?"),
        Task.MOST_PER_SECOND: QCoreApplication.translate("TaskWords", "How many answers per second at most?"),
        Task.AT_RANDOM: QCoreApplication.translate("TaskWords", "What if requests come at random?"),
        Task.QUERY: QCoreApplication.translate("TaskWords", "How long do several samples at once take?"),
        Task.PROCESSES: QCoreApplication.translate("TaskWords", "How much do several processes do?"),
        Task.TOGETHER: QCoreApplication.translate("TaskWords", "How do several models live together?"),
        Task.LARGEST_BATCH: QCoreApplication.translate("TaskWords", "How large a batch fits into memory?"),
    }[task]


def answer(task: Task, is_search: bool) -> str:
    """The number that answers it."""
    if is_search and task is not Task.LARGEST_BATCH:
        return QCoreApplication.translate("TaskWords", "the highest rate that keeps the limit")
    return {
        Task.ONE_ANSWER: QCoreApplication.translate("TaskWords", "typical wait (P50)"),
        Task.RISING_LOAD: QCoreApplication.translate("TaskWords", "wait and throughput, and the knee"),
        Task.MOST_PER_SECOND: QCoreApplication.translate("TaskWords", "samples per second, by batch"),
        Task.AT_RANDOM: QCoreApplication.translate("TaskWords", "slow 1 in 100 (P99) at a rate"),
        Task.QUERY: QCoreApplication.translate("TaskWords", "wait for the last sample of a query (P99)"),
        Task.PROCESSES: QCoreApplication.translate("TaskWords", "samples per second of all together"),
        Task.TOGETHER: QCoreApplication.translate("TaskWords", "wait alone, beside idle, beside busy models"),
        Task.LARGEST_BATCH: QCoreApplication.translate("TaskWords", "the largest batch, and what it takes"),
    }[task]


def way(task: Task) -> str:
    """How it is measured, with the field's own name."""
    return {
        Task.ONE_ANSWER: QCoreApplication.translate("TaskWords", "One request after another (SingleStream)."),
        Task.RISING_LOAD: QCoreApplication.translate(
            "TaskWords", "Ever more requests under way at once (concurrency)."
        ),
        Task.MOST_PER_SECOND: QCoreApplication.translate(
            "TaskWords", "All samples are there at once and are taken in batches (Offline)."
        ),
        Task.AT_RANDOM: QCoreApplication.translate(
            "TaskWords", "Requests arrive as from many users, whatever the model does (Server)."
        ),
        Task.QUERY: QCoreApplication.translate(
            "TaskWords", "Each query holds several samples (MultiStream)."
        ),
        Task.PROCESSES: QCoreApplication.translate(
            "TaskWords", "Several processes at once, each with its share of the machine (world size)."
        ),
        Task.TOGETHER: QCoreApplication.translate(
            "TaskWords", "All files are in memory at once, as on a small server."
        ),
        Task.LARGEST_BATCH: QCoreApplication.translate(
            "TaskWords", "Ever larger batches, each in a fresh process, until memory runs out."
        ),
    }[task]
