"""What each quantity of the result document is called, by its dotted name, in the language of the window."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication


def parts() -> dict[str, str]:
    """The parts of the document, by the name before the dot."""
    return {
        "latency": QCoreApplication.translate("Names", "Waits (latency)"),
        "throughput": QCoreApplication.translate("Names", "Answers per second (throughput)"),
        "phases": QCoreApplication.translate("Names", "Phases"),
        "memory": QCoreApplication.translate("Names", "Memory"),
        "flops": QCoreApplication.translate("Names", "Arithmetic (1 MAC = 2 FLOPs)"),
        "boundary": QCoreApplication.translate("Names", "What the measuring itself costs"),
        "energy": QCoreApplication.translate("Names", "Power and energy"),
        "accuracy": QCoreApplication.translate("Names", "Same answers?"),
    }


def words() -> dict[str, str]:
    """Every quantity, by its dotted name; in the order in which tables show them."""
    return _waits() | _phases() | _memory() | _arithmetic() | _loop() | _energy() | _answers()


def _waits() -> dict[str, str]:
    return {
        "latency.p50_ns": QCoreApplication.translate("Names", "Typical wait (P50)"),
        "latency.p90_ns": QCoreApplication.translate("Names", "Slow 1 in 10 (P90)"),
        "latency.p95_ns": QCoreApplication.translate("Names", "Slow 1 in 20 (P95)"),
        "latency.p99_ns": QCoreApplication.translate("Names", "Slow 1 in 100 (P99)"),
        "latency.p999_ns": QCoreApplication.translate("Names", "Slow 1 in 1,000 (P99.9)"),
        "latency.p50_ci_ns": QCoreApplication.translate("Names", "95 % interval of P50"),
        "latency.p99_ci_ns": QCoreApplication.translate("Names", "95 % interval of P99"),
        "latency.mean_ns": QCoreApplication.translate("Names", "Mean"),
        "latency.std_ns": QCoreApplication.translate("Names", "Standard deviation"),
        "latency.cv": QCoreApplication.translate("Names", "Coefficient of variation"),
        "latency.min_ns": QCoreApplication.translate("Names", "Fastest"),
        "latency.max_ns": QCoreApplication.translate("Names", "Slowest"),
        "throughput.inferences_per_s": QCoreApplication.translate("Names", "Inferences per second"),
        "throughput.samples_per_s": QCoreApplication.translate("Names", "Samples per second"),
    }


def _phases() -> dict[str, str]:
    return {
        "phases.import_ns": QCoreApplication.translate("Names", "Import of the runtime"),
        "phases.load_ns": QCoreApplication.translate("Names", "Load"),
        "phases.compile_ns": QCoreApplication.translate("Names", "Compile"),
        "phases.first_inference_ns": QCoreApplication.translate("Names", "First inference (cold)"),
        "phases.second_inference_ns": QCoreApplication.translate("Names", "Second inference"),
        "phases.warmup_ns": QCoreApplication.translate("Names", "Practice runs (warm-up)"),
        "phases.warmup_count": QCoreApplication.translate("Names", "Number of practice runs"),
        "phases.warmup_status": QCoreApplication.translate("Names", "State after practice"),
        "phases.steady_ns": QCoreApplication.translate("Names", "Measuring (steady state)"),
        "phases.start_to_first_inference_ns": QCoreApplication.translate("Names", "Start to first inference"),
    }


def _memory() -> dict[str, str]:
    return {
        "memory.baseline_rss_bytes": QCoreApplication.translate("Names", "RSS before loading"),
        "memory.after_load_rss_bytes": QCoreApplication.translate("Names", "RSS after loading"),
        "memory.peak_rss_bytes": QCoreApplication.translate("Names", "Most memory used (peak RSS)"),
        "memory.load_peak_bytes": QCoreApplication.translate("Names", "Peak while loading"),
        "memory.first_call_peak_bytes": QCoreApplication.translate("Names", "Peak at the first calls"),
        "memory.steady_peak_bytes": QCoreApplication.translate("Names", "Peak while measuring"),
        "memory.activations_estimate_bytes": QCoreApplication.translate(
            "Names", "Activations (estimated from the graph)"
        ),
        "memory.workspace_bytes": QCoreApplication.translate("Names", "Workspace and the runtime's own"),
        "memory.arena_bytes": QCoreApplication.translate("Names", "Reserved by the allocator"),
        "memory.model_peak_bytes": QCoreApplication.translate("Names", "Of that, by the model"),
        "memory.weights_bytes": QCoreApplication.translate("Names", "Weights"),
        "memory.inputs_bytes": QCoreApplication.translate("Names", "Inputs"),
        "memory.device_peak_process_bytes": QCoreApplication.translate("Names", "Peak process VRAM"),
        "memory.device_peak_allocated_bytes": QCoreApplication.translate("Names", "Peak allocated VRAM"),
        "memory.device_total_bytes": QCoreApplication.translate("Names", "Memory of the device"),
        "memory.utilisation": QCoreApplication.translate("Names", "Share of the total"),
    }


def _arithmetic() -> dict[str, str]:
    return {
        "flops.per_inference": QCoreApplication.translate("Names", "FLOPs per inference"),
        "flops.macs_per_inference": QCoreApplication.translate("Names", "MACs per inference"),
        "flops.integer_per_inference": QCoreApplication.translate(
            "Names", "Of these, operations on integers"
        ),
        "flops.per_sample": QCoreApplication.translate("Names", "FLOPs per sample"),
        "flops.other_per_inference": QCoreApplication.translate("Names", "Other arithmetic, counted apart"),
        "flops.counted_fraction": QCoreApplication.translate("Names", "Operators counted"),
        "flops.achieved_per_s": QCoreApplication.translate("Names", "Speed reached"),
        "flops.percent_of_peak": QCoreApplication.translate("Names", "Share of the peak"),
        "flops.peak_source": QCoreApplication.translate("Names", "Source of the peak"),
        "flops.method": QCoreApplication.translate("Names", "Method of counting"),
    }


def _loop() -> dict[str, str]:
    return {
        "boundary.null_call_ns": QCoreApplication.translate("Names", "Null call, P50"),
        "boundary.null_call_p99_ns": QCoreApplication.translate("Names", "Null call, P99"),
        "boundary.host_overhead": QCoreApplication.translate("Names", "Null call as a share of the wait"),
    }


def _energy() -> dict[str, str]:
    return {
        "energy.method": QCoreApplication.translate("Names", "Method of measuring power"),
        "energy.average_w": QCoreApplication.translate("Names", "Average power"),
        "energy.idle_w": QCoreApplication.translate("Names", "Power at rest"),
        "energy.per_inference_j": QCoreApplication.translate("Names", "Energy per inference"),
        "energy.samples_per_j": QCoreApplication.translate("Names", "Samples per joule"),
        "energy.samples_per_s_per_w": QCoreApplication.translate("Names", "Samples per second and watt"),
        "energy.uncertainty": QCoreApplication.translate("Names", "Uncertainty"),
    }


def _answers() -> dict[str, str]:
    return {
        "accuracy.idempotent": QCoreApplication.translate("Names", "Same input, same answer"),
        "accuracy.max_repeat_difference": QCoreApplication.translate("Names", "Largest difference on repeat"),
        "accuracy.finite": QCoreApplication.translate("Names", "Answers are finite"),
        "accuracy.reference": QCoreApplication.translate("Names", "Reference model"),
        "accuracy.top1": QCoreApplication.translate("Names", "Right answers (top 1)"),
        "accuracy.top5": QCoreApplication.translate("Names", "Right answers (top 5)"),
        "accuracy.dataset": QCoreApplication.translate("Names", "Labelled data"),
        "accuracy.dataset_size": QCoreApplication.translate("Names", "Number of labelled samples"),
    }
