"""The child's side of a survey: import every runtime of the catalogue and ask what it offers."""

from __future__ import annotations

from profiler import messages
from profiler.backends import catalog
from profiler.errors import KnownError
from profiler.result import Reason


def survey() -> messages.Surveyed:
    """Every runtime of the catalogue; one that cannot be imported carries its reason."""
    return messages.Surveyed(runtimes=tuple(_ask(runtime.name) for runtime in catalog.RUNTIMES))


def _ask(name: str) -> messages.Runtime:
    try:
        backend = catalog.open_backend(name)
        devices = backend.devices()
        precisions = {device: backend.precisions(device) for device in devices}
        return messages.Runtime(name, backend.version(), devices, precisions=precisions)
    except KnownError as error:
        return messages.Runtime(name, None, (), Reason(error.info.kind, error.info.parameters))
    except Exception as error:  # noqa: BLE001 - a broken installation raises anything; it must not hide the others
        text = str(error).partition("\n")[0]
        return messages.Runtime(name, None, (), Reason("runtime_broken", {"runtime": name, "detail": text}))
