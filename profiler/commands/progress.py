"""What a run is doing, on standard error: a line written over on a terminal, else a line a step."""

from __future__ import annotations

from typing import TextIO

from profiler import messages, settings_text, units, wording
from profiler.plan import RunPlan
from profiler.result import Point, Status
from profiler.runner import Event, PointBegun, PointDone
from profiler.wording import Language

_KEPT = {True: "kept", False: "not_kept", None: "undecided"}


class Progress:
    """Lines of all runs; `quiet` writes none."""

    def __init__(self, language: Language, err: TextIO, quiet: bool) -> None:
        self._language, self._err, self._quiet = language, err, quiet
        self._live = err.isatty() if hasattr(err, "isatty") else False
        self._width = 0
        self._looking: tuple[RunPlan, str, str] | None = None

    def show(self, plan: RunPlan, event: Event) -> None:
        text = self._text(plan, event)
        if self._quiet or text is None:
            return
        if isinstance(event, PointBegun | PointDone):
            self.clear()
            print(text, file=self._err)
        elif self._live:
            self._err.write("\r" + text.ljust(self._width))
            self._width = len(text)
            self._err.flush()
        elif isinstance(event, messages.Loading):
            print(text, file=self._err)
        elif isinstance(event, messages.Examining) and (plan, event.step, event.model) != self._looking:
            self._looking = (plan, event.step, event.model)
            print(self._text(plan, messages.Examining(event.step, model=event.model)), file=self._err)

    def clear(self) -> None:
        if self._width:
            self._err.write("\r" + " " * self._width + "\r")
            self._width = 0

    def _text(self, plan: RunPlan, event: Event) -> str | None:
        def say(code: str, **parameters: object) -> str:
            file = event.model if isinstance(event, messages.Examining) and event.model else _file(plan)
            return wording.say("commands", code, self._language, file=file, **parameters)

        match event:
            case messages.Loading() | messages.Examining():
                code, parts = _phase(event, self._language)
                return say(code, **parts)
            case messages.Warming():
                return say("progress_warming", count=event.count, p50=units.duration(event.window_p50_ns))
            case messages.Progress():
                return say("progress_measuring", count=event.count, p50=units.duration(event.block_p50_ns))
            case PointBegun():
                return say(_begun(event), **self._parts(plan, event))
            case PointDone():
                code, parts = self._done(plan, event.point)
                return say(code, **parts)
        return None

    def _parts(self, plan: RunPlan, event: PointBegun) -> dict[str, object]:
        others = event.point.together
        return {
            "point": event.index + 1,
            "total": event.total,
            "process": event.replicate + 1,
            "processes": event.replicates,
            "setting": self._setting(plan, event.point),
            "others": wording.say("loads", f"together_{others}", self._language) if others else "",
        }

    def _done(self, plan: RunPlan, point: Point) -> tuple[str, dict[str, object]]:
        parts: dict[str, object] = {"setting": self._setting(plan, point)}
        if point.status is Status.FAILED:
            return "progress_failed", parts
        if point.stage not in (None, "capacity"):
            kept = wording.say("loads", _KEPT[point.kept], self._language)
            return "progress_kept", {**parts, "kept": kept}
        p50 = units.duration(point.latency.p50_ns)
        return "progress_done", {**parts, "p50": p50, "per_s": units.rate(point.throughput.samples_per_s)}

    def _setting(self, plan: RunPlan, point: Point) -> str:
        """What is gone through: of a search the rate or the lanes; of companions, what they do."""
        if point.together is not None:
            others = wording.say("loads", f"together_{point.together}", self._language)
            return wording.say("loads", "others_are", self._language, others=others)
        if point.stage is not None:
            fields = ["concurrency" if point.rate_per_s is None else "rate_per_s"]
        else:
            fields = settings_text.gone_through(plan.sweep)
        return settings_text.setting(point, fields, self._language)


def _phase(event: messages.Loading | messages.Examining, language: Language) -> tuple[str, dict[str, object]]:
    if isinstance(event, messages.Loading):
        return "progress_loading", {"phase": wording.say("phases", event.step, language)}
    step = wording.say("phases", f"examining_{event.step}", language)
    code = "progress_counting" if event.total else "progress_loading"
    return code, {"phase": step, "done": event.done, "total": event.total}


def _begun(event: PointBegun) -> str:
    if event.total is None:
        return "progress_try"
    if event.total == 1:
        return "progress_process"
    return "progress_together" if event.point.together is not None else "progress_point"


def _file(plan: RunPlan) -> str:
    return plan.model_path.replace("\\", "/").rpartition("/")[2]
