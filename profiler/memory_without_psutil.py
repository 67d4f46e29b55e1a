"""Memory asked of the system itself, for a child whose Python has no psutil and whose system no /proc."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

_PS_TIMEOUT_S = 10.0


class _ProcessCounters(ctypes.Structure):
    """PROCESS_MEMORY_COUNTERS of psapi.h, all in bytes but the first two."""

    _fields_ = (
        ("cb", ctypes.c_uint32),
        ("page_fault_count", ctypes.c_uint32),
        ("peak_working_set_size", ctypes.c_size_t),
        ("working_set_size", ctypes.c_size_t),
        ("quota_peak_paged_pool_usage", ctypes.c_size_t),
        ("quota_paged_pool_usage", ctypes.c_size_t),
        ("quota_peak_non_paged_pool_usage", ctypes.c_size_t),
        ("quota_non_paged_pool_usage", ctypes.c_size_t),
        ("pagefile_usage", ctypes.c_size_t),
        ("peak_pagefile_usage", ctypes.c_size_t),
    )


class _SystemStatus(ctypes.Structure):
    """MEMORYSTATUSEX of sysinfoapi.h, all in bytes but the first two."""

    _fields_ = (
        ("length", ctypes.c_uint32),
        ("memory_load", ctypes.c_uint32),
        ("total_physical", ctypes.c_uint64),
        ("available_physical", ctypes.c_uint64),
        ("total_page_file", ctypes.c_uint64),
        ("available_page_file", ctypes.c_uint64),
        ("total_virtual", ctypes.c_uint64),
        ("available_virtual", ctypes.c_uint64),
        ("available_extended_virtual", ctypes.c_uint64),
    )


def resident_bytes() -> int:
    """Resident set size of this process now; raises OSError where the system does not tell."""
    if sys.platform == "win32":
        return int(_windows_process().working_set_size)
    printed = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(os.getpid())],
        capture_output=True,
        text=True,
        check=False,
        timeout=_PS_TIMEOUT_S,
    ).stdout.strip()
    if not printed.isdecimal():
        raise OSError("ps does not tell the resident set size of this process")
    return int(printed) * 1024


def peak_bytes() -> int | None:
    """The largest working set of this process on Windows; None elsewhere."""
    return int(_windows_process().peak_working_set_size) if sys.platform == "win32" else None


def available_bytes() -> int:
    """What may still be taken: free memory on Windows, all the machine's elsewhere, as an upper bound."""
    if sys.platform == "win32":
        status = _SystemStatus(length=ctypes.sizeof(_SystemStatus))
        if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
            raise ctypes.WinError()
        return int(status.available_physical)
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _windows_process() -> _ProcessCounters:
    counters = _ProcessCounters(cb=ctypes.sizeof(_ProcessCounters))
    if sys.platform == "win32":
        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.GetCurrentProcess.restype = ctypes.c_void_p
        this = ctypes.c_void_p(kernel.GetCurrentProcess())
        if not kernel.K32GetProcessMemoryInfo(this, ctypes.byref(counters), counters.cb):
            raise ctypes.WinError(ctypes.get_last_error())
    return counters
