"""TensorFlow Lite's recurrent operators: shapes against those that LiteRT finds, work by hand."""

import numpy as np
import pytest
from ai_edge_litert import schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter

from profiler.backends import tflite_file, tflite_survey
from tools import samples_tflite

STEPS, BATCH, SIZE, UNITS, NARROW = 7, 1, 12, 16, 5
SEQUENCE, STEP = (BATCH, STEPS, SIZE), (BATCH, SIZE)
STATE = "state"


def _lstm_weights(gates=4, projected=0):
    """Inputs 1 to 17 of a layer: weights of data and state, no peepholes, biases, projection."""
    missing = [None] * (4 - gates)
    given, fed = [(UNITS, SIZE)] * gates, [(UNITS, projected or UNITS)] * gates
    projection = [(projected, UNITS), None] if projected else [None, None]
    return [*missing, *given, *missing, *fed, *[None] * 3, *missing, *[(UNITS,)] * gates, *projection]


def _lstm_states(projected=0):
    return [(STATE, projected or UNITS), (STATE, UNITS)]


LSTM = [*_lstm_weights(), *_lstm_states(), *[None] * 4]
BOTH_LSTM = [*_lstm_weights(), *_lstm_weights(), *_lstm_states(), *_lstm_states(), *[None] * 9]
RNN = [(UNITS, SIZE), (UNITS, UNITS), (UNITS,), (STATE, UNITS)]
BASIC = [(BATCH, UNITS), (4 * UNITS, SIZE + UNITS), (4 * UNITS,), (BATCH, UNITS)]
ONE_LSTM, ONE_RNN = 4 * UNITS * (SIZE + UNITS), UNITS * (SIZE + UNITS)
TANH = {"fusedActivationFunction": schema.ActivationFunctionType.TANH}
CASES = {
    "lstm": (
        "UNIDIRECTIONAL_SEQUENCE_LSTM", "UnidirectionalSequenceLSTMOptions", TANH,
        SEQUENCE, LSTM, 1, STEPS * ONE_LSTM),
    "projected": (
        "UNIDIRECTIONAL_SEQUENCE_LSTM", "UnidirectionalSequenceLSTMOptions", TANH,
        SEQUENCE, [*_lstm_weights(projected=NARROW), *_lstm_states(NARROW), *[None] * 4],
        1, STEPS * (4 * UNITS * (SIZE + NARROW) + UNITS * NARROW)),
    "three gates": (
        "UNIDIRECTIONAL_SEQUENCE_LSTM", "UnidirectionalSequenceLSTMOptions", TANH,
        SEQUENCE, [*_lstm_weights(gates=3), *_lstm_states(), *[None] * 4],
        1, STEPS * 3 * UNITS * (SIZE + UNITS)),
    "lstm both ways": (
        "BIDIRECTIONAL_SEQUENCE_LSTM", "BidirectionalSequenceLSTMOptions", {**TANH, "timeMajor": False},
        SEQUENCE, BOTH_LSTM, 2, 2 * STEPS * ONE_LSTM),
    "lstm both ways, merged": (
        "BIDIRECTIONAL_SEQUENCE_LSTM", "BidirectionalSequenceLSTMOptions",
        {**TANH, "mergeOutputs": True, "timeMajor": False}, SEQUENCE, BOTH_LSTM, 1, 2 * STEPS * ONE_LSTM),
    "lstm step": ("LSTM", "LSTMOptions", TANH, STEP, LSTM, 1, ONE_LSTM),
    "basic lstm step": (
        "LSTM", "LSTMOptions", {**TANH, "kernelType": schema.LSTMKernelType.BASIC}, STEP, BASIC, 4, ONE_LSTM),
    "rnn": ("UNIDIRECTIONAL_SEQUENCE_RNN", "SequenceRNNOptions", TANH, SEQUENCE, RNN, 1, STEPS * ONE_RNN),
    "rnn both ways": (
        "BIDIRECTIONAL_SEQUENCE_RNN", "BidirectionalSequenceRNNOptions", TANH,
        SEQUENCE, [*RNN, *RNN, *[None] * 3], 2, 2 * STEPS * ONE_RNN),
    "rnn both ways, merged": (
        "BIDIRECTIONAL_SEQUENCE_RNN", "BidirectionalSequenceRNNOptions", {**TANH, "mergeOutputs": True},
        SEQUENCE, [*RNN, *RNN, *[None] * 3], 1, 2 * STEPS * ONE_RNN),
    "rnn step": ("RNN", "RNNOptions", TANH, STEP, RNN, 1, ONE_RNN),
    "svdf": (
        "SVDF", "SVDFOptions", {"rank": 2}, STEP,
        [(UNITS, SIZE), (UNITS, NARROW), (UNITS // 2,), (STATE, UNITS * NARROW)],
        1, UNITS * (SIZE + NARROW)),
}  # fmt: skip


def _file(kind, options, values, data, inputs, outputs):
    graph = samples_tflite.Graph()
    given = [graph.tensor("x", list(data))]
    for shape in inputs:
        given.append(-1 if shape is None else _tensor(graph, shape))
    made = [graph.tensor(f"y{at}", [1]) for at in range(outputs)]
    filled = getattr(schema, f"{options}T")()
    for name, value in values.items():
        setattr(filled, name, value)
    builtin = getattr(schema.BuiltinOperator, kind)
    graph.operator(builtin, given, made[0], getattr(schema.BuiltinOptions, options), filled)
    graph.operators[-1].outputs = made
    return samples_tflite.packed(graph, given[0], made[0])


def _tensor(graph, shape):
    if shape[0] != STATE:
        return graph.constant("w", np.ones(shape, np.float32))
    made = graph.tensor(STATE, [BATCH, shape[1]])
    graph.tensors[made].isVariable = True
    return made


@pytest.mark.parametrize("case", CASES)
def test_recurrent_operator_has_its_shapes_and_work(case, tmp_path):
    kind, options, values, data, inputs, outputs, macs = CASES[case]
    content, path = _file(kind, options, values, data, inputs, outputs), tmp_path / "one.tflite"
    path.write_bytes(content)
    survey = tflite_survey.survey(tflite_file.read(path), {"image": data})
    assert (survey.tally.macs, survey.tally.counted_fraction) == (macs, 1.0)
    assert survey.nodes[0].shape == _found(content)


def _found(content):
    runtime = Interpreter(model_content=content)
    runtime.allocate_tensors()
    return tuple(int(size) for size in runtime.get_output_details()[0]["shape"])


def test_second_input_of_a_recurrent_operator_leaves_it_uncounted(tmp_path):
    kind, options, values, data, inputs, outputs, _ = CASES["rnn both ways"]
    path = tmp_path / "one.tflite"
    path.write_bytes(_file(kind, options, values, data, [*inputs[:8], SEQUENCE, None, None], outputs))
    survey = tflite_survey.survey(tflite_file.read(path), {"image": data})
    assert dict(survey.tally.uncounted) == {kind: 1}
