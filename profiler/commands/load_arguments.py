"""Options of the command line that say under which load a model is measured, and the load they make."""

from __future__ import annotations

import argparse
from typing import Any

from profiler import limits, rate_search
from profiler.commands import input_arguments, numbers
from profiler.plan import Concurrency, MultiStream, Offline, Scenario, Server, SingleStream, Sweep

SCENARIOS = ("SingleStream", "MultiStream", "Offline", "Server")
MAX = "max"


class WrongUse(Exception):
    """Options that do not fit together; `code` has its sentence in resources/texts/usage.toml, which names
    `parameters`."""

    def __init__(self, code: str, **parameters: str) -> None:
        super().__init__(code)
        self.code, self.parameters = code, parameters


def add(parser: argparse.ArgumentParser) -> None:
    """Scenario, and what is gone through in lists; defaults are those of RunPlan."""
    option = parser.add_argument
    option("--scenario", choices=SCENARIOS,
           help="default: SingleStream, or what the other options need")  # fmt: skip
    option("--batch", type=_batches, default=(), metavar="N,N,...|max",
           help="of the batch dimension; several: a sweep; max: the largest that fits")  # fmt: skip
    option("--concurrency", type=numbers.several(numbers.positive), default=(), metavar="N,N,...",
           help="requests under way at once on one session; several are a sweep")  # fmt: skip
    option("--threads", type=numbers.several(numbers.natural), default=(), metavar="N,N,...",
           help="intra-op threads; several are a sweep; default: all that may be used")  # fmt: skip
    option("--qps", type=_rates, default=(), metavar="N,N,...|max",
           help="requests per second at random times (Server); max: the most that keeps --limit")  # fmt: skip
    option("--samples-per-query", type=numbers.positive, metavar="N",
           help="samples of one query (MultiStream); default: 8")  # fmt: skip
    add_processes(parser)


def add_processes(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("--world-size", type=numbers.positive, default=1, metavar="N",
           help="processes that measure at once; default: 1")  # fmt: skip
    option("--replicates", type=numbers.positive, default=0, metavar="N",
           help="fresh processes one after another for each point; default: as the preset says")  # fmt: skip
    option("--limit", type=limits_of, default={}, metavar="p99=10ms,memory=500MB",
           help="the most that a quantity may be; picks the best point")  # fmt: skip
    option("--together", action="store_true",
           help="all files resident at once: each alone, beside the others idle, and busy")  # fmt: skip


def check(arguments: argparse.Namespace, ranks: int = 1) -> None:
    """Raises WrongUse where the options do not fit together; `ranks` processes were started by torchrun."""
    for code, is_wrong in _wrong(arguments, ranks).items():
        if is_wrong:
            raise WrongUse(code)


def _wrong(given: argparse.Namespace, ranks: int) -> dict[str, bool]:
    scenario = given.scenario
    fixed = scenario or _implied(given)
    one_by_one = fixed in ("SingleStream", "MultiStream")
    is_search = given.qps == MAX
    world = max(given.world_size, ranks)
    several = bool(world > 1 or given.replicates > 0)
    finds_batch = given.batch == MAX
    lists = (() if finds_batch else given.batch, given.concurrency, given.threads)
    shapes = input_arguments.swept(given)
    return {
        "qps_with_other": bool(given.qps) and fixed != "Server",
        "server_without_qps": scenario == "Server" and not given.qps,
        "samples_with_other": given.samples_per_query is not None and fixed != "MultiStream",
        "concurrency_with_other": one_by_one and max((*given.concurrency, 1)) > 1,
        "max_without_limit": is_search and not any(name in given.limit for name in rate_search.SHARES),
        "max_with_list": is_search and (any(len(values) > 1 for values in lists) or bool(shapes)),
        "max_with_processes": is_search and several,
        "max_with_together": is_search and given.together,
        "batch_max_with_load": finds_batch and bool(scenario or given.qps or lists[1] or len(lists[2]) > 1),
        "batch_max_with_sizes": finds_batch and bool(shapes),
        "batch_max_with_processes": finds_batch and (several or given.together),
        "runtime_all_with_together": getattr(given, "runtime", None) == "all" and given.together,
        "together_alone": given.together and len(given.files) < 2,
        "together_with_world": given.together and world > 1,
        "world_size_with_torchrun": ranks > 1 and given.world_size not in (1, ranks),
    }  # fmt: skip


def _implied(given: argparse.Namespace) -> str:
    """The scenario that the other options need, where none is named."""
    if given.qps:
        return "Server"
    if given.samples_per_query is not None:
        return "MultiStream"
    return "Concurrency" if max((*given.concurrency, 1)) > 1 else "SingleStream"


def scenario_of(given: argparse.Namespace) -> Scenario:
    """The load; of a list its first value, the others are in `sweep_of`."""
    lanes = given.concurrency[0] if given.concurrency else 0
    rate = None if given.qps == MAX or not given.qps else given.qps[0]
    made: dict[str, Scenario] = {
        "SingleStream": SingleStream(),
        "MultiStream": MultiStream(given.samples_per_query or MultiStream().samples_per_query),
        "Offline": Offline(lanes or 1),
        "Concurrency": Concurrency(lanes or 1),
        "Server": Server(rate, lanes, given.seed),
    }
    return made[given.scenario or _implied(given)]


def sweep_of(given: argparse.Namespace) -> Sweep:
    """What is gone through: lists of more than one value."""
    rates = () if given.qps == MAX else given.qps
    batches = () if given.batch == MAX else given.batch
    return Sweep(
        batch=_list(batches),
        concurrency=_list(given.concurrency),
        threads=_list(given.threads),
        rate_per_s=_list(rates),
        dimensions=dict(input_arguments.swept(given)),
    )


def _list(values: tuple[Any, ...]) -> tuple[Any, ...]:
    return values if len(values) > 1 else ()


def _rates(text: str) -> tuple[float, ...] | str:
    rates: tuple[float, ...] = () if text == MAX else numbers.several(numbers.rate)(text)
    return rates or MAX


def _batches(text: str) -> tuple[int, ...] | str:
    batches: tuple[int, ...] = () if text == MAX else numbers.several(numbers.positive)(text)
    return batches or MAX


def limits_of(text: str) -> dict[str, float]:
    """Limits by quantity; raises ArgumentTypeError with what is wrong."""
    try:
        return limits.by_quantity(limits.parse(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None
