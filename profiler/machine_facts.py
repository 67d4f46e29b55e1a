"""What was detected as names and values in the reader's language, for the command line and the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hardware.machine import Cpu, Gpu, Machine, Note, Unknown
from profiler import wording
from profiler.units import DASH, significant
from profiler.wording import Language


class Fact(NamedTuple):
    """One line; `value` is None where it could not be learnt, and `why` then says why."""

    name: str
    value: str | None
    why: str = ""


class Group(NamedTuple):
    """Facts under one heading."""

    title: str
    facts: tuple[Fact, ...]


def sentence(machine: Machine, language: Language) -> str:
    """This machine in one or two sentences, for a headline."""
    return Facts(machine, language).sentence()


def groups(machine: Machine, language: Language) -> tuple[Group, ...]:
    """Processor, memory, system, then each card, or why there is none."""
    return Facts(machine, language).groups()


def note_sentence(note: Note, language: Language) -> str:
    """The sentence of a reason or remark; a code without a text is shown as it is rather than hidden."""
    if wording.has("hardware", note.code):
        return wording.say("hardware", note.code, language, **note.parameters)
    return " ".join([note.code, *note.parameters.values()])


def binary_size(count_bytes: float) -> str:
    """98304 -> 96.0 KiB; binary units, because memory and caches are made of powers of two."""
    for factor, unit in ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB")):
        if count_bytes >= factor:
            return f"{significant(count_bytes / factor)} {unit}"
    return f"{significant(count_bytes / 2**10)} KiB"


class Facts:
    """The words for one machine in one language."""

    def __init__(self, machine: Machine, language: Language) -> None:
        self._machine, self._language = machine, language

    def sentence(self) -> str:
        cpu, memory = self._machine.cpu, self._machine.memory_total_bytes
        host = self._say(
            "sentence_host",
            name=cpu.name or self._say("unnamed_processor"),
            cores=_count(cpu.usable_cores),
            memory=DASH if memory is None else binary_size(memory),
        )
        names = [gpu.name or self._say("unnamed_card") for gpu in self._machine.gpus]
        if names:
            cards = self._say("sentence_cards", cards=", ".join(names))
        else:
            cards = self._why(self._machine, "gpus")
        return self._say("sentence_pair", first=host, second=cards)

    def groups(self) -> tuple[Group, ...]:
        host = (self._processor(), self._memory(), self._system())
        several = len(self._machine.gpus) > 1
        cards = tuple(self._card(gpu, several) for gpu in self._machine.gpus)
        none = Fact(self._say("fact_cards"), None, self._why(self._machine, "gpus"))
        return host + (cards or (Group(self._say("group_card"), (none,)),))

    def _say(self, code: str, **parameters: object) -> str:
        return wording.say("hardware", code, self._language, **parameters)

    def _why(self, record: Cpu | Gpu | Machine, field: str) -> str:
        return note_sentence(record.unavailable.get(field, Unknown("no_source")), self._language)

    def _fact(
        self,
        code: str,
        record: Cpu | Gpu | Machine,
        field: str,
        show: Callable[..., str] = str,
        *more: str,
    ) -> Fact:
        """A fact of one field; `show` is given its value and those of `more` (None where not known)."""
        value = getattr(record, field)
        if value is None:
            return Fact(self._say(code), None, self._why(record, field))
        return Fact(self._say(code), show(value, *(getattr(record, name) for name in more)))

    def _processor(self) -> Group:
        cpu = self._machine.cpu
        facts = [
            self._fact("fact_name", cpu, "name"),
            self._fact("fact_cores", cpu, "physical_cores", self._cores, "logical_cores"),
            self._fact("fact_usable_cores", cpu, "usable_cores", _count),
            self._fact("fact_instruction_sets", cpu, "instruction_sets", self._sets),
            self._caches(cpu),
            self._fact("fact_frequency_mhz", cpu, "frequency_mhz", _megahertz),
            self._fact("fact_max_frequency_mhz", cpu, "max_frequency_mhz", _megahertz),
            self._fact("fact_governor", cpu, "governor"),
        ]
        if cpu.quota_cores is not None:
            facts.insert(3, self._fact("fact_quota_cores", cpu, "quota_cores", _count))
        return Group(self._say("group_processor"), tuple(facts))

    def _cores(self, physical: int, logical: int | None) -> str:
        return self._say("cores_text", physical=physical, logical=DASH if logical is None else logical)

    def _sets(self, names: tuple[str, ...]) -> str:
        return ", ".join(names) or self._say("instruction_sets_none")

    def _caches(self, cpu: Cpu) -> Fact:
        sizes = (cpu.l1d_cache_bytes, cpu.l2_cache_bytes, cpu.l3_cache_bytes)
        if all(size is None for size in sizes):
            return Fact(self._say("fact_caches"), None, self._why(cpu, "l2_cache_bytes"))
        texts = (DASH if size is None else binary_size(size) for size in sizes)
        return Fact(self._say("fact_caches"), ", ".join(texts))

    def _memory(self) -> Group:
        facts = [
            self._fact("fact_memory_total", self._machine, "memory_total_bytes", binary_size),
            self._fact("fact_memory_available", self._machine, "memory_available_bytes", binary_size),
        ]
        if self._machine.memory_limit_bytes is not None:
            facts.append(self._fact("fact_memory_limit", self._machine, "memory_limit_bytes", binary_size))
        return Group(self._say("group_memory"), tuple(facts))

    def _system(self) -> Group:
        machine = self._machine
        facts = [
            self._fact("fact_system", machine, "system"),
            self._fact("fact_virtual_machine", machine, "virtual_machine", self._virtual, "hypervisor"),
        ]
        if machine.gpus:
            facts.append(self._fact("fact_driver", machine, "driver", self._driver, "cuda_driver"))
        return Group(self._say("group_system"), tuple(facts))

    def _virtual(self, virtual: bool, hypervisor: str | None) -> str:
        word = self._say("virtual_yes" if virtual else "virtual_no")
        return f"{word} ({hypervisor})" if hypervisor else word

    def _driver(self, driver: str, cuda: str | None) -> str:
        return driver if cuda is None else self._say("driver_text", driver=driver, cuda=cuda)

    def _card(self, gpu: Gpu, several: bool) -> Group:
        title = self._say("group_card_number", number=gpu.index) if several else self._say("group_card")
        facts = (
            self._fact("fact_name", gpu, "name"),
            self._fact("fact_architecture", gpu, "architecture", self._generation, "compute_capability"),
            self._fact("fact_gpu_cores", gpu, "cores", self._gpu_cores, "multiprocessors"),
            self._fact("fact_tensor_cores", gpu, "tensor_cores", _count),
            self._fact("fact_gpu_memory", gpu, "memory_total_bytes", self._used, "memory_used_bytes"),
            self._fact("fact_bandwidth", gpu, "memory_bandwidth_gbs", _bandwidth),
            self._fact("fact_gpu_clocks", gpu, "sm_clock_mhz", self._clocks, "memory_clock_mhz"),
            self._fact("fact_power_limit", gpu, "power_limit_w", _watts),
            self._fact("fact_ecc", gpu, "ecc", self._switch),
            self._fact("fact_pcie", gpu, "pcie_generation", self._pcie, "pcie_width"),
            self._fact("fact_card", gpu, "card"),
        )
        return Group(title, facts)

    def _generation(self, architecture: str, capability: str | None) -> str:
        if capability is None:
            return architecture
        return self._say("architecture_text", architecture=architecture, capability=capability)

    def _gpu_cores(self, cores: int, multiprocessors: int | None) -> str:
        if multiprocessors is None:
            return _count(cores)
        return self._say("gpu_cores_text", cores=_count(cores), multiprocessors=multiprocessors)

    def _used(self, total: int, used: int | None) -> str:
        if used is None:
            return binary_size(total)
        return self._say("gpu_memory_text", total=binary_size(total), used=binary_size(used))

    def _clocks(self, sm: float, memory: float | None) -> str:
        return self._say("gpu_clocks_text", sm=_count(sm), memory=_count(memory))

    def _switch(self, state: bool) -> str:
        return self._say("on" if state else "off")

    def _pcie(self, generation: int, width: int | None) -> str:
        return self._say("pcie_text", generation=generation, width=_count(width))


def _count(value: float | None) -> str:
    return DASH if value is None else f"{value:,.6g}" if value < 1e5 else f"{value:,.0f}"


def _megahertz(value: float) -> str:
    return f"{value:,.0f} MHz"


def _bandwidth(value: float) -> str:
    return f"{significant(value)} GB/s"


def _watts(value: float) -> str:
    return f"{_count(value)} W"
