"""The child: the only process that loads a runtime; speaks JSON lines on a private duplicate of its output.

Started as `python -P -m profiler.worker`. It reads one request, carries it out, and ends; it ends at once
when its standard input closes, whatever it is doing, so that no orphan stays.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import traceback
from typing import BinaryIO

import msgspec

from profiler import child_limits, messages
from profiler.errors import ErrorInfo, ErrorKind, KnownError


class Channel:
    """The way to the parent. Native libraries print, so file descriptor 1 is pointed at standard error."""

    def __init__(self) -> None:
        self._out: BinaryIO = os.fdopen(os.dup(1), "wb", buffering=0)
        os.dup2(2, 1)

    def send(self, report: messages.Report) -> None:
        self._out.write(messages.encode(report))


class Orders:
    """What the parent says while a request is carried out.

    Attributes: `stop` is set by Cancel.
    """

    def __init__(self) -> None:
        self.stop = threading.Event()
        self._begin: messages.Begin | None = None
        self._heard = threading.Event()

    def watch(self, source: BinaryIO) -> None:
        """Listen; at the end of input the process ends at once, in the middle of anything."""
        for line in source:
            order = messages.decode_request(line)
            if isinstance(order, messages.Cancel):
                self.stop.set()
                self._heard.set()
            elif isinstance(order, messages.Begin):
                self._begin = order
                self._heard.set()
        os._exit(0)

    def wait_for_begin(self) -> messages.Begin:
        """Raises KnownError(CANCELLED) where Cancel comes instead."""
        self._heard.wait()
        if self._begin is None:
            raise KnownError(ErrorKind.CANCELLED)
        return self._begin


def carry_out(request: messages.Request, channel: Channel, orders: Orders) -> None:
    """One request; whatever goes wrong leaves as one Failed."""
    phase = ["start"]
    try:
        _dispatch(request, channel, orders, phase)
    except KnownError as error:
        channel.send(messages.Failed(error.info, phase[0]))
    except MemoryError as error:
        info = ErrorInfo(ErrorKind.OUT_OF_MEMORY.value, text=str(error))
        channel.send(messages.Failed(info, phase[0]))
    except Exception as error:  # noqa: BLE001 - the last line of defence: everything leaves as one typed Failed
        text = str(error).partition("\n")[0] or type(error).__name__
        details = traceback.format_exc()[-8_000:]
        info = ErrorInfo(ErrorKind.BUG.value, {"detail": f"{type(error).__name__}: {text}"}, text, details)
        channel.send(messages.Failed(info, phase[0]))


def _dispatch(request: messages.Request, channel: Channel, orders: Orders, phase: list[str]) -> None:
    if isinstance(request, messages.Measure):
        _measure(request, channel, orders, phase)
    elif isinstance(request, messages.Accompany):
        from profiler import companion

        companion.stay(request, channel.send, orders.stop.is_set)
    elif isinstance(request, messages.TraceModel):
        from profiler import tracing

        channel.send(tracing.trace(request, channel.send))
    elif isinstance(request, messages.Examine):
        from profiler.correctness import examination

        channel.send(examination.examine(request, channel.send, orders.stop.is_set))
    elif isinstance(request, messages.Trail):
        from profiler.correctness import trail

        channel.send(trail.told(request, channel.send))
    elif isinstance(request, messages.MakeVariants):
        from profiler.variants import making

        channel.send(making.make(request, channel.send))
    elif isinstance(request, messages.Inspect):
        channel.send(_description(request))
    elif isinstance(request, messages.DecodeImages):
        from profiler import image_decoding

        channel.send(image_decoding.decode(request))
    elif isinstance(request, messages.Survey):
        from profiler import survey

        channel.send(survey.survey())
    else:
        raise KnownError(ErrorKind.CANCELLED)


def _description(request: messages.Inspect) -> messages.Description:
    """A small file can ask for more than the machine has; raises KnownError(INSPECTION_LIMIT) for that."""
    from pathlib import Path

    allowed = child_limits.for_reading()
    from profiler import inspection

    with contextlib.suppress(MemoryError):  # what it took is free again before anything is said
        return inspection.describe(request)
    file = Path(request.path).name
    raise KnownError(ErrorKind.INSPECTION_LIMIT, file=file, what="memory", most_bytes=allowed or "")


def _measure(request: messages.Measure, channel: Channel, orders: Orders, phase: list[str]) -> None:
    from pathlib import Path

    from profiler import measurement, model_facts
    from profiler.backends import catalog

    plan = request.plan
    if request.cpus and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, request.cpus)
    run = measurement.Measurement(request, channel.send, orders.stop.is_set, orders.wait_for_begin)
    try:
        run.run(
            lambda: catalog.open_backend(plan.runtime),
            lambda: model_facts.table_sizes(Path(plan.model_path), request.format),
            model_facts.flop_counter(plan.runtime),
        )
    finally:
        phase[0] = run.phase


def main() -> int:
    child_limits.without_core()
    channel = Channel()
    source = sys.stdin.buffer
    try:
        request = messages.decode_request(source.readline())
    except msgspec.DecodeError as error:
        channel.send(messages.Failed(ErrorInfo(ErrorKind.BUG.value, text=str(error)), "start"))
        return 1
    orders = Orders()
    threading.Thread(target=orders.watch, args=(source,), daemon=True).start()
    carry_out(request, channel, orders)
    return 0


if __name__ == "__main__":
    # Not sys.exit: a runtime's own destructors may crash or hang after everything has been said.
    code = main()
    sys.stderr.flush()
    os._exit(code)
