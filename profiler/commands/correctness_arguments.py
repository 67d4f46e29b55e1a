"""Options of the command line that ask whether a model's answers are right, and the checks they make."""

from __future__ import annotations

import argparse
import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from profiler import trust, wording
from profiler.backends import catalog
from profiler.checks_plan import Checks, Dataset, Preprocessing, Reference, Tolerance
from profiler.commands import numbers
from profiler.commands.load_arguments import WrongUse
from profiler.correctness import datasets, preprocessing, tolerances
from profiler.correctness.dataset_errors import unusable
from profiler.plan import RunPlan

_FIGURES = {"relative": "max_relative", "cosine": "min_cosine", "snr": "min_snr_db", "top1": "min_top1"}
_NEEDS_DATASET = ("labels", "preprocess", "limit_samples", "metric", "expected_accuracy", "judged_output")


def add(parser: argparse.ArgumentParser) -> None:
    """The options; defaults are those of Checks and Dataset."""
    option, usual = parser.add_argument, Checks()
    option("--reference", metavar="FILE[@RUNTIME]", default="",
           help="the model whose answers count as right; default: the first of several files")  # fmt: skip
    option("--tolerance", action="append", default=[], type=_tolerance,
           metavar="PRECISION:relative=0.1,cosine=0.98,snr=12,top1=0.9",
           help="how far answers in this precision may be from the reference's; may be repeated")  # fmt: skip
    option("--no-divergence", action="store_true",
           help="do not look for the first tensor beyond tolerance, where answers are")  # fmt: skip
    option("--repeats", type=numbers.natural, default=usual.repeats, metavar="N",
           help=f"calls with the same input, to see whether answers repeat; 0: none; "
           f"default: {usual.repeats}")  # fmt: skip
    _add_dataset(parser)


def _add_dataset(parser: argparse.ArgumentParser) -> None:
    option = parser.add_argument
    option("--dataset", default="", metavar="FOLDER|FILE.npz",
           help="labelled data: a folder with a sub-folder for each class, pictures with --labels, "
           "or an .npz with x and y")  # fmt: skip
    option("--labels", default="", metavar="FILE", help="a .csv or .txt with a picture and its label a line")
    option("--preprocess", type=_preprocessing, default=Preprocessing(), metavar="NAME|resize=256,...",
           help=f"{', '.join(preprocessing.PRESETS)}; or resize, crop, channels (rgb, bgr, grey), values "
           "(0_1, -1_1, 0_255), mean and std (0.485/0.456/0.406), interpolation; "
           "default: stretched to the model's size, 0_1")  # fmt: skip
    option("--limit-samples", type=numbers.positive, default=0, metavar="N",
           help="at most so many samples, spread over the classes; default: all")  # fmt: skip
    option("--judged-output", default="", metavar="NAME", help="default: the first output")
    option("--metric", type=_metric, metavar="MODULE:NAME|FILE.py:NAME",
           help="a function of outputs (arrays by name) and labels, or a class with "
                "update and compute")  # fmt: skip
    option("--expected-accuracy", type=_share, metavar="P",
           help="what was reached in training: 0.978, 97.8 or 97.8%%")  # fmt: skip


def check(arguments: argparse.Namespace) -> None:
    """Raises WrongUse where the options do not fit together."""
    given = [
        name for name in _NEEDS_DATASET if getattr(arguments, name) not in ("", 0, None, Preprocessing())
    ]
    if given and not arguments.dataset:
        raise WrongUse("needs_dataset", option="--" + given[0].replace("_", "-"))
    if arguments.no_divergence and not arguments.reference and not _compares(arguments):
        raise WrongUse("no_divergence_alone")
    if arguments.tolerance and not arguments.reference and not _compares(arguments):
        raise WrongUse("tolerance_alone")


def _compares(arguments: argparse.Namespace) -> bool:
    return len(arguments.files) > 1 or arguments.runtime == "all"


def checks_of(arguments: argparse.Namespace) -> Checks:
    """What is asked of every model of the command; the reference is added by `beside_reference`."""
    return Checks(
        repeats=arguments.repeats,
        tolerances=_tolerances(arguments.tolerance),
        dataset=_dataset(arguments),
        metric=arguments.metric or "",
        metric_folder=str(Path.cwd()) if arguments.metric else "",
        expected_accuracy=arguments.expected_accuracy,
        finds_divergence=not arguments.no_divergence,
    )


def _dataset(arguments: argparse.Namespace) -> Dataset | None:
    if not arguments.dataset:
        return None
    return Dataset(
        path=str(Path(arguments.dataset).resolve()),
        labels=str(Path(arguments.labels).resolve()) if arguments.labels else "",
        preprocessing=arguments.preprocess,
        limit=arguments.limit_samples,
        output=arguments.judged_output,
    )


def check_files(arguments: argparse.Namespace) -> None:
    """Raises KnownError where files that are named are not what they should be; nothing was measured yet."""
    dataset = _dataset(arguments)
    if dataset is not None:
        datasets.check(dataset)
    place = (arguments.metric or "").rpartition(":")[0]
    if place.endswith(".py") and not Path(place).is_file():
        raise unusable("metric_missing", file=Path(place).name)
    if arguments.reference:
        catalog.recognise(reference_of(arguments.reference)[0])


def reference_of(text: str) -> tuple[Path, str]:
    """The file and its runtime, empty where none is named; a file's own name may hold an @."""
    path, at, runtime = text.rpartition("@")
    named = at and runtime in {row.name for row in catalog.RUNTIMES}
    return (Path(path), runtime) if named and path else (Path(text), "")


def beside_reference(
    plans: Sequence[RunPlan],
    given: str,
    plan_for: Callable[[Path, str], RunPlan],
    alike: Callable[[Sequence[RunPlan]], list[RunPlan]],
) -> list[RunPlan]:
    """The plans of one command, fed alike, each with the model that its answers are held against.

    Where none is `given` the first of several that may be opened: what nobody allowed must not keep the
    others from being measured. `plan_for` makes the plan of a reference that is not measured;
    raises KnownError as that does.
    """
    if not plans:
        return []
    if not given:
        every = alike(plans)
        first = next((plan for plan in every if _is_allowed(plan)), None)
        return _with(every, first) if first is not None and len(every) > 1 else every
    path, runtime = reference_of(given)
    at = next((k for k, plan in enumerate(plans) if _is_meant(plan, path, runtime)), None)
    if at is not None:
        every = alike(plans)
        return _with(every, every[at])
    *every, reference = alike([*plans, plan_for(path, runtime)])
    return _with(every, reference)


def _is_allowed(plan: RunPlan) -> bool:
    path = Path(plan.model_path)
    tier = catalog.recognise(path).tier
    if tier is trust.Tier.DATA:
        return True
    sha256 = trust.sha256_of(path)
    return sha256 in plan.consents or trust.is_trusted(sha256, tier)


def _is_meant(plan: RunPlan, path: Path, runtime: str) -> bool:
    return Path(plan.model_path).resolve() == path.resolve() and runtime in ("", plan.runtime)


def _with(plans: Sequence[RunPlan], chosen: RunPlan) -> list[RunPlan]:
    reference = Reference(
        model_path=str(Path(chosen.model_path).resolve()),
        runtime=chosen.runtime,
        device=chosen.device,
        precision=chosen.precision,
        python=chosen.python,
        dimension_names=chosen.dimension_names,
        dimensions=chosen.dimensions,
    )
    return [
        msgspec.structs.replace(plan, checks=msgspec.structs.replace(plan.checks, reference=reference))
        for plan in plans
    ]


def _tolerances(given: Sequence[tuple[str, Tolerance]]) -> dict[str, Tolerance]:
    """Figures of one precision from several options are put together, the last one counts."""
    found: dict[str, Tolerance] = {}
    for precision, tolerance in given:
        before = msgspec.structs.asdict(found.get(precision, Tolerance()))
        after = {
            name: value for name, value in msgspec.structs.asdict(tolerance).items() if value is not None
        }
        found[precision] = Tolerance(**(before | after))
    return found


def _refused(code: str, text: str, **parameters: object) -> argparse.ArgumentTypeError:
    sentence = wording.say("usage", code, wording.preferred_language(), asked=text, **parameters)
    return argparse.ArgumentTypeError(sentence)


def _tolerance(text: str) -> tuple[str, Tolerance]:
    precision, _, rest = text.partition(":")
    refused = functools.partial(_refused, "tolerance_unreadable", text, known=", ".join(tolerances.OWN))
    if precision not in tolerances.OWN or not rest:
        raise refused()
    figures: dict[str, float] = {}
    for part in rest.split(","):
        name, _, value = part.partition("=")
        try:
            figures[_FIGURES[name]] = float(value)
        except (KeyError, ValueError):
            raise refused() from None
    is_possible = all(abs(value) < float("inf") for value in figures.values())
    if not is_possible or figures.get("max_relative", 0.0) < 0 or not 0 <= figures.get("min_top1", 1.0) <= 1:
        raise refused()
    return precision, Tolerance(**figures)


def _preprocessing(text: str) -> Preprocessing:
    try:
        return preprocessing.parse(text)
    except preprocessing.Unreadable as error:
        known = ", ".join(preprocessing.PRESETS)
        raise _refused("preprocess_unreadable", str(error), known=known) from None


def _metric(text: str) -> str:
    place, colon, name = text.rpartition(":")
    if not (place and colon and name.isidentifier()):
        raise _refused("metric_unreadable", text)
    return text


def _share(text: str) -> float:
    """Above 1 it can only be percent."""
    number = text.removesuffix("%").strip()
    try:
        value = float(number)
    except ValueError:
        value = -1.0
    value = value / 100 if text.endswith("%") or value > 1 else value
    if not 0 < value <= 1:
        raise _refused("share_unreadable", text)
    return value
