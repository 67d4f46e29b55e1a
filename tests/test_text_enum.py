"""Members of our enumerations are their text, in every way in which text is used."""

from __future__ import annotations

import enum

import msgspec
import pytest

from profiler.blocks import Level, Status
from profiler.errors import ErrorKind
from profiler.plan import Preset


@pytest.mark.parametrize("member", [Preset.QUICK, Status.FAILED, Level.CAUTION, ErrorKind.BUG])
def test_a_member_is_its_value(member: enum.Enum) -> None:
    assert member == member.value
    assert hash(member) == hash(member.value)
    assert str(member) == f"{member}" == f"{member}" == member.value
    assert f"{member:>30}" == f"{member.value:>30}"
    assert msgspec.json.encode(member) == msgspec.json.encode(member.value)
    assert type(member)(member.value) is member
    assert member.value in set(type(member))
