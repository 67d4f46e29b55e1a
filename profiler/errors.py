"""What can go wrong in the user's world, as kinds; everything else is a bug of ours."""

from __future__ import annotations

import msgspec

from profiler.text_enum import TextEnum


class ErrorKind(TextEnum):
    """Each kind has one sentence (what, why, what to do) in resources/texts/errors.toml."""

    FILE_MISSING = "file_missing"
    FILE_IS_FOLDER = "file_is_folder"
    FILE_FORBIDDEN = "file_forbidden"
    FILE_EMPTY = "file_empty"
    FILE_UNREADABLE = "file_unreadable"
    FILE_CHANGED = "file_changed"
    FILE_SWAPPED = "file_swapped"
    FORMAT_UNKNOWN = "format_unknown"
    FORMAT_NOT_A_MODEL = "format_not_a_model"
    FORMAT_NOT_OPENED = "format_not_opened"
    FORMAT_NEVER_LOADED = "format_never_loaded"
    MODEL_DAMAGED = "model_damaged"
    EXTERNAL_DATA_MISSING = "external_data_missing"
    EXTERNAL_DATA_OUTSIDE = "external_data_outside"
    OPERATOR_UNKNOWN = "operator_unknown"
    OPSET_UNKNOWN = "opset_unknown"
    SHAPE_MISMATCH = "shape_mismatch"
    OUTPUT_SHAPE = "output_shape"
    SHAPE_NEEDED = "shape_needed"
    INPUT_UNKNOWN = "input_unknown"
    INPUT_UNREADABLE = "input_unreadable"
    INPUT_MISSING = "input_missing"
    INPUT_OTHER_OPTION = "input_other_option"
    INPUT_DTYPE = "input_dtype"
    INPUT_NOT_FINITE = "input_not_finite"
    INPUT_KIND = "input_kind"
    DATASET_UNUSABLE = "dataset_unusable"
    OUT_OF_MEMORY = "out_of_memory"
    DEVICE_UNKNOWN = "device_unknown"
    DEVICE_FELL_BACK = "device_fell_back"
    RUNTIME_UNKNOWN = "runtime_unknown"
    RUNTIME_MISSING = "runtime_missing"
    RUNTIME_REFUSED = "runtime_refused"
    PRECISION_UNKNOWN = "precision_unknown"
    PRECISION_UNCHANGED = "precision_unchanged"
    ENGINE_OTHER = "engine_other"
    TRACE_NOT_OFFERED = "trace_not_offered"
    TRAIL_NOT_OFFERED = "trail_not_offered"
    VARIANTS_NOT_OFFERED = "variants_not_offered"
    VARIANT_EXISTS = "variant_exists"
    PYTHON_UNUSABLE = "python_unusable"
    TRUST_NEEDED = "trust_needed"
    CONSENT_NEEDED = "consent_needed"
    INSPECTION_LIMIT = "inspection_limit"
    LOAD_TIMEOUT = "load_timeout"
    CHILD_CRASHED = "child_crashed"
    CHILD_KILLED = "child_killed"
    CHILD_GARBAGE = "child_garbage"
    CHILD_ENDED = "child_ended"
    DISK_FULL = "disk_full"
    SAVE_FAILED = "save_failed"
    HISTORY_BUSY = "history_busy"
    HISTORY_NEWER = "history_newer"
    HISTORY_NOT_OURS = "history_not_ours"
    RUN_UNKNOWN = "run_unknown"
    RANK_LOST = "rank_lost"
    NOT_UNDER_TORCHRUN = "not_under_torchrun"
    LIMIT_NEEDED = "limit_needed"
    CANCELLED = "cancelled"
    BUG = "bug"


class ErrorInfo(msgspec.Struct, frozen=True):
    """An error as data.

    `parameters` fill the sentence of `kind`; `text` is the raw first line of what the runtime or the
    system said (may be empty), `details` a traceback or the end of the child's log. Both are display-only.
    """

    kind: str
    parameters: dict[str, str] = {}
    text: str = ""
    details: str = ""


# No runtime raises these about a model or its inputs: they must not be told in its name.
OUR_MISTAKES = (NameError, AttributeError, AssertionError, LookupError)


class KnownError(Exception):
    """Something in the user's world is not as a run needs it; the sentence is made where it is shown."""

    def __init__(self, kind: ErrorKind, text: str = "", details: str = "", **parameters: object) -> None:
        super().__init__(kind.value, text, parameters)
        self.info = ErrorInfo(
            kind.value, {name: str(value) for name, value in parameters.items()}, text, details
        )

    @property
    def kind(self) -> ErrorKind:
        return ErrorKind(self.info.kind)
