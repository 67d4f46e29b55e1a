"""What a child may take: no core file ever, and bounded memory and time where it only reads a file."""

from __future__ import annotations

import itertools
import json
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper

from profiler import child, child_limits, error_text, inspect_client, inspection, messages, survey_client
from profiler.backends import onnx_functions, onnx_model, pt2_archive
from profiler.errors import ErrorKind, KnownError
from profiler.result import Reason
from profiler.wording import LANGUAGES

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limits")
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its memory")
ROOT = Path(__file__).parent.parent


def in_a_child(code: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{code}"]
    return subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)


def calling(depth: int, fan: int) -> onnx.ModelProto:
    """A function that calls the next one `fan` times, `depth` times over."""
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("c", 1)]
    functions = []
    for level in range(depth):
        kind, domain = ("Relu", "") if level == depth - 1 else (f"f{level + 1}", "c")
        names = ["x", *(f"t{index}" for index in range(fan - 1)), "y"]
        nodes = [
            helper.make_node(kind, [before], [after], domain=domain)
            for before, after in itertools.pairwise(names)
        ]
        functions.append(helper.make_function("c", f"f{level}", ["x"], ["y"], nodes, imports))
    graph = helper.make_graph(
        [helper.make_node("f0", ["a"], ["b"], domain="c")],
        "g",
        [helper.make_tensor_value_info("a", TensorProto.FLOAT, [7])],
        [helper.make_tensor_value_info("b", TensorProto.FLOAT, [7])],
    )
    return helper.make_model(graph, functions=functions, opset_imports=imports, ir_version=8)


@POSIX
def test_no_child_leaves_a_core_file() -> None:
    done = in_a_child(
        "import io, os, resource, sys\n"
        "resource.setrlimit(resource.RLIMIT_CORE, (resource.getrlimit(resource.RLIMIT_CORE)[1],) * 2)\n"
        "from profiler import worker\n"
        "worker.carry_out = lambda *_: print(*resource.getrlimit(resource.RLIMIT_CORE), file=sys.stderr)\n"
        'sys.stdin = io.TextIOWrapper(io.BytesIO(b\'{"type": "Survey"}\\n\'))\n'
        "os._exit = lambda code: None\n"
        "worker.messages.decode_request = lambda line: None\n"
        "worker.main()"
    )
    assert "0 0" in done.stderr


@LINUX
def test_reading_that_takes_too_much_memory_is_one_clear_sentence() -> None:
    done = in_a_child(
        "from profiler import child_limits, error_text, inspection, messages, worker\n"
        "from profiler.errors import KnownError\n"
        "child_limits.reading_memory_bytes = lambda: 600 << 20\n"
        "inspection.describe = lambda request: [bytearray(100 << 20) for _ in range(20)]\n"
        "try: worker._description(messages.Inspect('/tmp/a.onnx', 'onnx'))\n"
        "except KnownError as error: print(error_text.sentence(error.info, 'en'))"
    )
    assert done.stdout.startswith("Reading a.onnx took more than the 629 MB of memory"), done


@POSIX
def test_reading_that_never_ends_is_ended_by_the_system_even_in_native_code() -> None:
    done = in_a_child(
        "from profiler import child_limits\n"
        "child_limits.READING_CPU_S = 1\nchild_limits.for_reading()\nsum(range(10**13))"
    )
    assert done.returncode == -signal.SIGXCPU


@POSIX
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_end_of_its_time_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    def ended(*_: object) -> messages.Report:
        raise child.death(-signal.SIGXCPU, "start", "log")

    monkeypatch.setattr(survey_client, "ask", ended)
    with pytest.raises(KnownError) as caught:
        inspect_client.describe(Path("a.onnx"), "onnx")
    assert caught.value.kind is ErrorKind.INSPECTION_LIMIT
    said = error_text.sentence(caught.value.info, language)
    assert "a.onnx" in said
    assert str(child_limits.READING_CPU_S) in said


@POSIX
def test_memory_for_reading_follows_the_machine_and_the_control_group(tmp_path: Path) -> None:
    whole = child_limits.reading_memory_bytes(tmp_path)
    assert whole >= child_limits._LEAST_MEMORY_BYTES
    group = tmp_path / "sys/fs/cgroup/memory.max"
    group.parent.mkdir(parents=True)
    group.write_text(str(1 << 30))
    assert child_limits.reading_memory_bytes(tmp_path) == child_limits._LEAST_MEMORY_BYTES


@POSIX
def test_a_tighter_bound_that_is_there_already_stays() -> None:
    done = in_a_child(
        "import resource\nfrom profiler import child_limits\n"
        "resource.setrlimit(resource.RLIMIT_CPU, (7, resource.getrlimit(resource.RLIMIT_CPU)[1]))\n"
        "child_limits.for_reading()\nprint(resource.getrlimit(resource.RLIMIT_CPU)[0])"
    )
    assert done.stdout.split() == ["7"], done.stderr


@POSIX
def test_a_process_that_measures_is_bounded_in_nothing() -> None:
    done = in_a_child(
        "import resource\nfrom profiler import child_limits\nchild_limits.without_core()\n"
        "print(*(resource.getrlimit(kind) for kind in"
        " (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_CPU)))"
    )
    here = in_a_child(
        "import resource\nprint(*(resource.getrlimit(kind) for kind in"
        " (resource.RLIMIT_AS, resource.RLIMIT_DATA, resource.RLIMIT_CPU)))"
    )
    assert done.stdout == here.stdout


def test_functions_that_would_fill_the_memory_are_not_written_out(tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    onnx.save(calling(8, 10), path)
    found = inspection.describe(messages.Inspect(str(path), "onnx"))
    assert found.flops.per_inference is None
    most = {"most": str(onnx_functions.MOST_NODES)}
    assert found.unavailable["flops.per_inference"] == Reason("functions_too_large", most)
    assert onnx_functions.written_out(calling(8, 10)).nodes == 10**8


def test_functions_of_a_size_that_networks_have_are_written_out() -> None:
    model = calling(3, 10)
    assert onnx_functions.written_out(model).nodes == 1000
    assert not onnx_model.is_too_large(model)
    assert len(onnx_model.inlined(model).graph.node) == 1000


def test_a_constant_in_a_function_counts_with_every_call() -> None:
    model = calling(2, 10)
    model.functions[1].node[0].attribute.append(helper.make_attribute("note", "x" * (8 << 20)))
    assert onnx_functions.written_out(model).size_bytes > 80 << 20
    model.functions[1].node[1].attribute.append(helper.make_attribute("note", "x" * (50 << 20)))
    assert onnx_model.is_too_large(model)


def test_functions_nested_without_end_are_not_followed() -> None:
    assert onnx_model.is_too_large(calling(1000, 1))


@pytest.mark.parametrize("limit", ["VALUES_LIMIT", "PROGRAM_LIMIT_BYTES"])
def test_a_program_of_too_many_values_is_not_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(pt2_archive, limit, 1000)
    path = tmp_path / "a.pt2"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("m/models/model.json", json.dumps({"a": [[] for _ in range(1000)]}))
        archive.writestr("m/data/weights/model_weights_config.json", '{"config": {}}')
    with pytest.raises(KnownError) as caught:
        pt2_archive.Pt2Archive(path).program()
    assert caught.value.info.parameters["what"] == "pt2_large"
    assert "models/model.json" in error_text.sentence(caught.value.info, "en")
