"""What was detected as names and values in the reader's language, for the command line and the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from hardware.alike import alike
from hardware.machine import Cpu, Gpu, Machine, Note, Unknown
from profiler import wording
from profiler.units import DASH, significant
from profiler.wording import Language

# What each set is called outside of the kernel, where it differs by more than capitals.
_SETS = {
    "sse4_2": "SSE4.2", "avx_vnni": "AVX-VNNI", "avx512f": "AVX-512", "avx512_vnni": "AVX-512 VNNI",
    "avx512_bf16": "AVX-512 BF16", "avx512_fp16": "AVX-512 FP16", "amx_int8": "AMX INT8",
    "amx_bf16": "AMX BF16", "amx_fp16": "AMX FP16", "asimd": "NEON", "asimdhp": "NEON FP16",
    "asimddp": "NEON dot product",
}  # fmt: skip
# Every processor with AVX2 has the first four, one with AVX-512 or AMX for servers the others.
_IMPLIED = frozenset({"sse4_2", "avx", "f16c", "fma", "avx512bw", "avx512vl", "amx_tile"})


_BINARY = ("B", "KiB", "MiB", "GiB", "TiB")


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
    """Processor, system and memory, then each card, or why there is none."""
    return Facts(machine, language).groups()


def note_sentence(note: Note, language: Language) -> str:
    """The sentence of a reason or remark; a code without a text is shown as it is rather than hidden."""
    if wording.has("hardware", note.code):
        return wording.say("hardware", note.code, language, **note.parameters)
    return " ".join([note.code, *note.parameters.values()])


def binary_size(count_bytes: float) -> str:
    """98304 -> 96 KiB; binary units, because memory and caches are made of powers of two."""
    power = max(1, min(4, (int(count_bytes).bit_length() - 1) // 10))
    scaled = count_bytes / 1024**power
    return f"{scaled:.0f} {_BINARY[power]}" if scaled >= 999.5 else f"{scaled:.3g} {_BINARY[power]}"


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
        names = [self._name(gpu, count) for gpu, count in alike(self._machine.gpus)]
        if names:
            cards = self._say("sentence_cards", cards=", ".join(names))
        else:
            cards = self._why(self._machine, "gpus")
        return self._say("sentence_pair", first=host, second=cards)

    def groups(self) -> tuple[Group, ...]:
        host = (self._processor(), self._system())
        cards = tuple(self._card(gpu, count) for gpu, count in alike(self._machine.gpus))
        none = Fact(self._say("fact_cards"), None, self._why(self._machine, "gpus"))
        return host + (cards or (Group(self._say("group_card"), (none,)),))

    def _name(self, gpu: Gpu, count: int) -> str:
        name = gpu.name or self._say("unnamed_card")
        return name if count == 1 else self._say("several", count=count, name=name)

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
        implied = _IMPLIED if "avx2" in names else frozenset()
        shown = [_SETS.get(name, name.upper()) for name in names if name not in implied]
        return ", ".join(shown) or self._say("instruction_sets_none")

    def _caches(self, cpu: Cpu) -> Fact:
        sizes = (cpu.l1d_cache_bytes, cpu.l2_cache_bytes, cpu.l3_cache_bytes)
        if all(size is None for size in sizes):
            return Fact(self._say("fact_caches"), None, self._why(cpu, "l2_cache_bytes"))
        pairs = zip(("L1d", "L2", "L3"), sizes, strict=True)
        texts = (f"{level} {DASH if size is None else binary_size(size)}" for level, size in pairs)
        return Fact(self._say("fact_caches"), ", ".join(texts))

    def _system(self) -> Group:
        machine = self._machine
        facts = [
            self._fact("fact_system", machine, "system"),
            self._fact("fact_virtual_machine", machine, "virtual_machine", self._virtual, "hypervisor"),
            self._fact("fact_memory", machine, "memory_total_bytes", self._free, "memory_available_bytes"),
        ]
        if machine.memory_limit_bytes is not None:
            facts.append(self._fact("fact_memory_limit", machine, "memory_limit_bytes", binary_size))
        if machine.gpus:
            facts.append(self._fact("fact_driver", machine, "driver", self._driver, "cuda_driver"))
        return Group(self._say("group_system"), tuple(facts))

    def _free(self, total: int, available: int | None) -> str:
        if available is None:
            return binary_size(total)
        return self._say("memory_text", total=binary_size(total), free=binary_size(available))

    def _virtual(self, virtual: bool, hypervisor: str | None) -> str:
        word = self._say("virtual_yes" if virtual else "virtual_no")
        return f"{word} ({hypervisor})" if hypervisor else word

    def _driver(self, driver: str, cuda: str | None) -> str:
        return driver if cuda is None else self._say("driver_text", driver=driver, cuda=cuda)

    def _card(self, gpu: Gpu, count: int) -> Group:
        card = self._say("group_card")
        title = card if count == 1 else self._say("several", count=count, name=card)
        facts = (
            self._fact("fact_name", gpu, "name"),
            self._fact("fact_architecture", gpu, "architecture", self._generation, "compute_capability"),
            self._fact("fact_gpu_cores", gpu, "cores", self._gpu_cores, "multiprocessors"),
            self._fact("fact_tensor_cores", gpu, "tensor_cores", _count),
            self._fact("fact_gpu_memory", gpu, "memory_total_bytes", self._used, "memory_used_bytes"),
            self._fact("fact_bandwidth", gpu, "memory_bandwidth_gbs", self._bandwidth),
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

    def _bandwidth(self, value: float) -> str:
        return self._say("bandwidth_text", bandwidth=significant(value))

    def _switch(self, state: bool) -> str:
        return self._say("on" if state else "off")

    def _pcie(self, generation: int, width: int | None) -> str:
        return self._say("pcie_text", generation=generation, width=_count(width))


def _count(value: float | None) -> str:
    return DASH if value is None else f"{value:,.6g}" if value < 1e5 else f"{value:,.0f}"


def _megahertz(value: float) -> str:
    return f"{value:,.0f} MHz"


def _watts(value: float) -> str:
    return f"{_count(value)} W"
