"""Checks of the load: threads against processors, an open loop's schedule, processes, device, arithmetic."""

from __future__ import annotations

from profiler import units
from profiler.metrics.evidence import Evidence, percent
from profiler.result import Latency, Lateness, Reason

# MEASURING.md, 2.2 (self-check of an open loop) and 7, rows 3, 6 and 8.
SCHEDULE_MISSED = 0.02
LATE = 0.01
ALL_BUSY = 0.01
PROCESSES_DIFFER = 0.10
DENORMALS = 0.001
DENORMAL_SPEEDUP = 1.10
NOT_SYNCHRONISED = 0.9
# A batch eight times as large in nearly the same time was not waited for.
BATCH_TIMES, BATCH_GROWTH = 8, 1.05


def check(latency: Latency, evidence: Evidence) -> list[Reason]:
    return [
        *_threads(evidence),
        *(_schedule(evidence.lateness) if evidence.lateness is not None else []),
        *_processes(evidence),
        *of_device(latency, evidence),
        *_denormals(evidence),
    ]


def _threads(evidence: Evidence) -> list[Reason]:
    wanted, usable = evidence.at_once * evidence.threads, evidence.usable_cpus
    if evidence.device != "cpu" or usable is None or wanted <= usable:
        return []
    parameters = {"at_once": str(evidence.at_once), "threads": str(evidence.threads), "cpus": f"{usable:g}"}
    return [Reason("oversubscribed", parameters)]


def _schedule(late: Lateness) -> list[Reason]:
    """Beyond the model's capacity the backlog grows, and it is not the generator that is late."""
    found = []
    target, achieved = late.target_per_s, late.achieved_per_s
    # A queue behind a busy model moves beginnings too: at fault is who was late though a worker was free.
    is_late = late.over_1ms_share is not None and late.over_1ms_share > LATE
    if late.backlog_grows:
        found.append(Reason("backlog_grows", {"rate": units.rate(target)}))
    elif is_late and target and achieved and abs(achieved / target - 1) > SCHEDULE_MISSED:
        parameters = {"target": units.rate(target), "achieved": units.rate(achieved)}
        found.append(Reason("schedule_missed", parameters))
    if is_late:
        found.append(Reason("late_generator", {"percent": percent(late.over_1ms_share or 0.0)}))
    if late.all_busy_share is not None and late.all_busy_share > ALL_BUSY:
        parameters = {"percent": percent(late.all_busy_share), "workers": str(late.workers)}
        found.append(Reason("all_busy", parameters))
    if late.unanswered:
        found.append(Reason("unanswered", {"count": str(late.unanswered)}))
    return found


def _processes(evidence: Evidence) -> list[Reason]:
    medians = evidence.process_p50_ns
    if len(medians) < 2:
        return [Reason("one_process")]
    spread = max(medians) / max(1, min(medians)) - 1
    if spread <= PROCESSES_DIFFER:
        return []
    return [Reason("processes_differ", {"percent": percent(spread), "count": str(len(medians))})]


def of_device(latency: Latency, evidence: Evidence) -> list[Reason]:
    """What cannot be true of a device that was waited for and counted right."""
    found = []
    if evidence.percent_of_peak is not None and evidence.percent_of_peak > 100:
        found.append(Reason("above_peak", {"percent": f"{evidence.percent_of_peak:.0f}"}))
    wall, device = latency.p50_ns, evidence.device_ns
    if wall and device and wall < NOT_SYNCHRONISED * device:
        parameters = {"wall": units.duration(wall), "device": units.duration(device)}
        return [*found, Reason("not_synchronised", parameters)]
    batches = sorted(evidence.batch_p50_ns)
    if evidence.device != "cpu" and batches and batches[-1] >= BATCH_TIMES * batches[0]:
        first, last = (evidence.batch_p50_ns[batch] for batch in (batches[0], batches[-1]))
        if last < BATCH_GROWTH * first:
            parameters = {"first": str(batches[0]), "last": str(batches[-1]), "wall": units.duration(last)}
            found.append(Reason("batch_is_free", parameters))
    return found


def _denormals(evidence: Evidence) -> list[Reason]:
    speedup, share = evidence.denormal_speedup, evidence.denormal_fraction
    if speedup is not None and speedup > DENORMAL_SPEEDUP:
        parameters = {"percent": percent(share or 0.0), "times": f"{speedup:.2f}"}
        return [Reason("denormals_slow", parameters)]
    if share is not None and share > DENORMALS:
        return [Reason("denormals", {"percent": percent(share)})]
    return []
