"""README: both languages give the same commands, and the checks run exactly these."""

from __future__ import annotations

import argparse
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from profiler.commands import load_arguments, profile

ROOT = Path(__file__).parent.parent
README = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh_CN.md")}
MARKED = re.compile(r"<!-- command:(\w+) -->\n```sh\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("name", README)
def test_commands_are_one_line_each(name: str) -> None:
    commands = dict(MARKED.findall(README[name]))
    assert sorted(commands) == ["apt", "run", "test"]
    assert all(command.count("\n") == 1 for command in commands.values())


@pytest.mark.parametrize("name", ["run", "test"])
def test_commands_make_their_own_environment(name: str) -> None:
    command = dict(MARKED.findall(README["README.md"]))[name]
    assert command.startswith("python3 -m venv .venv && ")


def test_languages_show_the_same_commands_and_code() -> None:
    without_comments = [
        [re.sub(r"\s*#.*", "", block) for block in re.findall(r"```\w+\n(.*?)```", text, re.DOTALL)]
        for text in README.values()
    ]
    assert without_comments[0] == without_comments[1]


def test_languages_have_the_same_shape() -> None:
    english, chinese = ([line for line in text.splitlines() if line] for text in README.values())
    for start in ("## ", "### ", "|", "!["):
        assert sum(line.startswith(start) for line in english) == sum(
            line.startswith(start) for line in chinese
        )


@pytest.mark.parametrize("line", re.findall(r"^inferometer profile .*$", README["README.md"], re.MULTILINE))
def test_examples_of_profile_are_options_that_exist_and_fit_together(line: str) -> None:
    words = shlex.split(line, comments=True)[2:]
    parser = argparse.ArgumentParser()
    profile.add_arguments(parser)
    load_arguments.check(parser.parse_args(words))


@pytest.mark.parametrize("name", README)
def test_links_lead_to_files(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README[name])
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.parametrize("name", ["run", "test", "apt"])
def test_checks_take_their_commands_from_the_readme(name: str) -> None:
    function = re.search(r"^command_of\(\) \{.*?^\}", (ROOT / ".ci/run").read_text("utf-8"), re.M | re.S)
    assert function is not None
    script = f'set -eu; root="$1"; {function.group()}; command_of {name}'
    done = subprocess.run(
        ["bash", "-c", script, "bash", str(ROOT)], capture_output=True, text=True, check=True
    )
    assert done.stdout == dict(MARKED.findall(README["README.md"]))[name]
