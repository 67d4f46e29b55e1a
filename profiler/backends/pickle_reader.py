"""Reads the few pickle opcodes that TorchScript archives are made of, as plain data; nothing can be called.

Safe by construction: this is no `pickle.Unpickler`. Opcodes are listed by `pickletools.genops` and carried
out here on a stack of our own. A global becomes its name, a call becomes a record of what would have been
called with which arguments, a state becomes a field of that record: no name is ever looked up, imported,
instantiated or called. Opcodes that PyTorch's writer does not use are refused, and so are pickles with more
than 2 million opcodes or 64 MiB. Keys of dictionaries are taken only where they are text or numbers, and
nothing is walked, compared or hashed on the way, so that a structure nested into itself costs nothing.
"""

from __future__ import annotations

import io
import pickletools
from collections.abc import Callable
from typing import Any

OPCODE_LIMIT = 2_000_000
SIZE_LIMIT_BYTES = 64 << 20


class UnreadableError(ValueError):
    """The bytes are no pickle that PyTorch's writer makes."""


class Global:
    """The name of a class or function: `module` and `name`."""

    __slots__ = ("module", "name")

    def __init__(self, module: str, name: str) -> None:
        self.module, self.name = module, name

    @property
    def path(self) -> str:
        return f"{self.module}.{self.name}"


class Called:
    """What would have been called: `target` with `arguments`, and then given `state`."""

    __slots__ = ("arguments", "state", "target")

    def __init__(self, target: object, arguments: object) -> None:
        self.target, self.arguments = target, arguments
        self.state: object = None


class Persistent:
    """A reference to a storage: `identity` is what PyTorch wrote about it."""

    __slots__ = ("identity",)

    def __init__(self, identity: object) -> None:
        self.identity = identity


class _Mark:
    pass


_MARK = _Mark()
_PLAIN = {
    "BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE", "SHORT_BINUNICODE", "BINSTRING",
    "SHORT_BINSTRING", "BINBYTES", "SHORT_BINBYTES",
}  # fmt: skip
_FIXED: dict[str, Callable[[], object]] = {
    "NONE": lambda: None,
    "NEWTRUE": lambda: True,
    "NEWFALSE": lambda: False,
    "EMPTY_TUPLE": tuple,
    "EMPTY_LIST": list,
    "EMPTY_DICT": dict,
    "MARK": lambda: _MARK,
}
_PUT = {"BINPUT", "LONG_BINPUT", "PUT"}
_GET = {"BINGET", "LONG_BINGET", "GET"}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}


def read(data: bytes) -> object:
    """The pickled value as tuples, lists, dicts, text, numbers, Global, Called and Persistent.

    Raises UnreadableError for anything that PyTorch's writer does not make.
    """
    if len(data) > SIZE_LIMIT_BYTES:
        raise UnreadableError("too large")
    machine = _Machine()
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(io.BytesIO(data))):
            if count > OPCODE_LIMIT:
                raise UnreadableError("too many opcodes")
            machine.step(opcode.name, argument)
        return machine.result()
    except (IndexError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableError(str(error)) from error


class _Machine:
    def __init__(self) -> None:
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}
        self._steps: dict[str, Callable[[Any], None]] = {
            "PROTO": lambda _: None,
            "STOP": lambda _: None,
            "GLOBAL": self._global,
            "TUPLE": lambda _: self._stack.append(tuple(self._to_mark())),
            "LIST": lambda _: self._stack.append(self._to_mark()),
            "APPEND": lambda _: self._append([self._stack.pop()]),
            "APPENDS": lambda _: self._append(self._to_mark()),
            "SETITEM": lambda _: self._set_items(self._take(2)),
            "SETITEMS": lambda _: self._set_items(self._to_mark()),
            "REDUCE": lambda _: self._stack.append(Called(*self._take(2))),
            "NEWOBJ": lambda _: self._stack.append(Called(*self._take(2))),
            "BUILD": self._build,
            "BINPERSID": lambda _: self._stack.append(Persistent(self._stack.pop())),
        }

    def step(self, name: str, argument: Any) -> None:
        if name in _PLAIN:
            self._stack.append(argument)
        elif name in _FIXED:
            self._stack.append(_FIXED[name]())
        elif name in _PUT:
            self._memo[argument] = self._stack[-1]
        elif name in _GET:
            self._stack.append(self._memo[argument])
        elif name in _TUPLES:
            self._stack.append(tuple(self._take(_TUPLES[name])))
        elif name in self._steps:
            self._steps[name](argument)
        else:
            raise UnreadableError(f"opcode {name}")

    def result(self) -> object:
        if len(self._stack) != 1:
            raise UnreadableError("no single value")
        return self._stack[0]

    def _take(self, count: int) -> list[Any]:
        if len(self._stack) < count:
            raise UnreadableError("stack is empty")
        taken = self._stack[-count:]
        del self._stack[-count:]
        return taken

    def _to_mark(self) -> list[Any]:
        for position in range(len(self._stack) - 1, -1, -1):
            if self._stack[position] is _MARK:
                taken = self._stack[position + 1 :]
                del self._stack[position:]
                return taken
        raise UnreadableError("no mark")

    def _append(self, items: list[Any]) -> None:
        if not isinstance(self._stack[-1], list):
            raise UnreadableError("no list")
        self._stack[-1].extend(items)

    def _set_items(self, items: list[Any]) -> None:
        target = self._stack[-1]
        if isinstance(target, Called):
            return
        if not isinstance(target, dict) or len(items) % 2:
            raise UnreadableError("no dictionary")
        for key, value in zip(items[::2], items[1::2]):
            if isinstance(key, (str, int, float, bool)):
                target[key] = value

    def _global(self, argument: str) -> None:
        module, _, name = argument.partition(" ")
        self._stack.append(Global(module, name))

    def _build(self, _: Any) -> None:
        target, state = self._take(2)
        if not isinstance(target, Called):
            raise UnreadableError("no object")
        target.state = state
        self._stack.append(target)
