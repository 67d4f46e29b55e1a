"""Concrete shapes from declared ones: what is given wins, what is not gets a sensible size."""

from __future__ import annotations

from typing import Any

import pytest

from profiler import dimensions
from profiler.errors import ErrorKind, KnownError
from profiler.result import Free, Tensor
from profiler.shapes import concrete_shapes, written

IMAGE = Tensor("image", "float32", ("batch", 3, "height", "width"))


def spec(name: str, *shape: int | str | None) -> Tensor:
    return Tensor(name, "float32", shape)


def refusal(*inputs: Tensor, **wanted: Any) -> KnownError:
    with pytest.raises(KnownError) as caught:
        concrete_shapes(inputs, **wanted)
    return caught.value


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("batch", 4), ("batch_size", 4), ("N", 4), ("bs", 4), ("height", 224), ("image_width", 224),
        ("H", 224), ("w", 224), ("sequence", 128), ("seq_len", 128), ("encoder_sequence_length", 128),
        ("channels", 3), ("C", 3), ("anything", 1),
    ],
)  # fmt: skip
def test_a_dimension_gets_the_size_its_name_stands_for(name: str, size: int) -> None:
    assert concrete_shapes([spec("x", "batch", name)], batch=4)["x"] == (4, size)


def test_a_first_dimension_without_a_telling_name_is_the_batch() -> None:
    inputs = [spec("a", "s0", "s1"), spec("b", None, None)]
    assert concrete_shapes(inputs, batch=8) == {"a": (8, 1), "b": (8, 1)}


def test_a_first_dimension_with_a_telling_name_is_not_the_batch() -> None:
    assert concrete_shapes([spec("x", "sequence", "batch", 16)], batch=2)["x"] == (128, 2, 16)


def test_one_name_has_one_size_wherever_it_stands() -> None:
    inputs = [spec("a", "s0", 4), spec("b", 7, "s0")]
    assert concrete_shapes(inputs, batch=5) == {"a": (5, 4), "b": (7, 5)}


def test_a_named_dimension_can_be_set() -> None:
    assert concrete_shapes([IMAGE], 2, {}, {"height": 96})["image"] == (2, 3, 96, 224)


def test_a_sum_of_names_is_the_sum_of_their_sizes() -> None:
    inputs = [spec("mask", "batch", "past_length + sequence"), spec("ids", "batch", "sequence")]
    shapes = concrete_shapes(inputs, 1, {}, {"sequence": 5, "past_length": 7})
    assert shapes == {"mask": (1, 12), "ids": (1, 5)}


def test_a_whole_shape_settles_its_dimensions_for_other_inputs_too() -> None:
    inputs = [spec("ids", "N", "seq"), spec("mask", "N", "seq")]
    shapes = concrete_shapes(inputs, shapes={"ids": (6, 9)})
    assert shapes == {"ids": (6, 9), "mask": (6, 9)}


def test_a_scalar_and_a_fixed_empty_dimension_are_kept() -> None:
    assert concrete_shapes([spec("s"), spec("past", 0, 4)]) == {"s": (), "past": (0, 4)}


def test_a_shape_for_an_input_of_unknown_rank_is_taken() -> None:
    assert concrete_shapes([Tensor("x", "float32", None)], shapes={"x": (2, 2)})["x"] == (2, 2)


def test_an_unknown_rank_must_be_given() -> None:
    error = refusal(Tensor("x", "float32", None))
    assert (error.kind, error.info.parameters) == (ErrorKind.SHAPE_NEEDED, {"name": "x"})


def test_a_shape_for_no_input_is_refused() -> None:
    error = refusal(IMAGE, shapes={"imgae": (1, 3, 8, 8)})
    assert error.kind is ErrorKind.INPUT_UNKNOWN
    assert error.info.parameters["known"] == "image"


def test_a_size_for_no_dimension_is_refused() -> None:
    error = refusal(IMAGE, dimensions={"depth": 3})
    assert error.kind is ErrorKind.INPUT_UNKNOWN
    assert error.info.parameters["known"] == "batch, height, width"


@pytest.mark.parametrize("shape", [(1, 4, 8, 8), (1, 3, 8), (1, 3, 8, 8, 1)])
def test_a_shape_that_clashes_is_refused(shape: tuple[int, ...]) -> None:
    error = refusal(IMAGE, shapes={"image": shape})
    assert error.kind is ErrorKind.SHAPE_MISMATCH
    assert error.info.parameters["expected"] == "batch×3×height×width"


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_below_one_is_refused(size: int) -> None:
    for wanted in ({"shapes": {"image": (size, 3, 8, 8)}}, {"dimensions": {"height": size}}):
        error = refusal(IMAGE, **wanted)
        assert (error.kind, error.info.parameters["what"]) == (ErrorKind.SHAPE_MISMATCH, "not_positive")


def test_two_shapes_that_disagree_on_a_dimension_are_refused() -> None:
    inputs = spec("a", "n", 2), spec("b", "n", 2)
    error = refusal(*inputs, shapes={"a": (3, 2), "b": (4, 2)})
    assert error.info.parameters == {"dimension": "n", "given": "4", "expected": "3", "what": "dimension"}


def test_a_batch_that_the_file_fixes_otherwise_is_refused() -> None:
    error = refusal(spec("x", 1, 3, 8, 8), batch=4)
    assert error.info.parameters == {"name": "x", "given": "4", "expected": "1", "what": "fixed_batch"}


def test_a_batch_that_the_file_fixes_alike_is_taken() -> None:
    assert concrete_shapes([spec("x", 4, 3)], batch=4)["x"] == (4, 3)


def test_one_input_with_a_batch_is_enough() -> None:
    inputs = [spec("x", "batch", 3), spec("anchors", 9, 4)]
    assert concrete_shapes(inputs, batch=4) == {"x": (4, 3), "anchors": (9, 4)}


def test_a_batch_for_scalars_alone_is_refused() -> None:
    assert refusal(spec("x"), batch=2).info.parameters["what"] == "no_batch"


def test_a_free_dimension_without_a_name_goes_by_its_place() -> None:
    inputs = spec("ids", None, None), spec("sequence", None, None)
    assert concrete_shapes(inputs) == {"ids": (1, 1), "sequence": (1, 1)}
    asked = {"ids.1": 16, "sequence.1": 8, "ids.0": 2}
    assert concrete_shapes(inputs, 4, {}, asked) == {"ids": (2, 16), "sequence": (4, 8)}
    assert refusal(*inputs, dimensions={"seq": 2}).info.parameters["known"] == (
        "ids.0, ids.1, sequence.0, sequence.1"
    )


def test_a_size_that_nobody_gave_is_a_guess_whatever_its_dimension_is_called() -> None:
    inputs = spec("ids", None, None), spec("x", "batch", "seq", "odd")
    assert dimensions.guessed(inputs, ()) == {"ids.1": 1, "odd": 1}
    assert dimensions.guessed(inputs, {"odd"}) == {"ids.1": 1}
    offered = dimensions.offered(inputs)
    assert {name: size.size for name, size in offered.items()} == {"ids.1": 1, "seq": 128, "odd": 1}


def bounded(*free: Free) -> Tensor:
    return Tensor("x", "float32", ("batch", "seq", "s2"), free)


def test_a_size_that_nobody_gave_lies_inside_what_the_file_allows() -> None:
    told = bounded(Free("seq", 3, 64), Free("s2", 5))
    assert concrete_shapes([told]) == {"x": (1, 64, 5)}
    assert concrete_shapes([bounded(Free("s2", 5, 20, usual=16))]) == {"x": (1, 128, 16)}
    assert dimensions.guessed([told], ()) == {"s2": 5}
    assert dimensions.guessed([bounded(Free("s2", usual=16))], ()) == {}


@pytest.mark.parametrize(
    ("wanted", "given"),
    [({"dimensions": {"seq": 65}}, 65), ({"shapes": {"x": (1, 2, 1)}}, 2), ({"batch": 9}, 9)],
)
def test_a_size_outside_of_what_the_file_allows_is_refused(wanted: dict[str, Any], given: int) -> None:
    error = refusal(bounded(Free("batch", 1, 8), Free("seq", 3, 64)), **wanted)
    assert (error.kind, error.info.parameters["what"]) == (ErrorKind.SHAPE_MISMATCH, "range")
    assert error.info.parameters["given"] == str(given)
    assert refusal(bounded(Free("s2", 5)), dimensions={"s2": 4}).info.parameters["what"] == "below"


def test_the_two_that_torch_writes_unasked_forbids_no_one() -> None:
    assert concrete_shapes([bounded(Free("batch", 2), Free("s2", 2))], dimensions={"s2": 1})["x"][0] == 1


def test_a_file_without_a_batch_of_one_gets_the_least_that_it_takes() -> None:
    told = [bounded(Free("batch", 4, 8))]
    assert concrete_shapes(told)["x"][0] == dimensions.possible_batch(told, 1) == 4
    assert dimensions.possible_batch(told, 6) == 6


def test_an_example_declares_neither_sizes_nor_rank() -> None:
    example = Tensor("x", "float32", ("x.0", "x.1"), (Free("x.0", usual=7), Free("x.1", usual=9)), True)
    assert concrete_shapes([example]) == {"x": (7, 9)}
    assert concrete_shapes([example], shapes={"x": (2, 3, 4)}) == {"x": (2, 3, 4)}
    assert refusal(example, batch=2).info.parameters["what"] == "no_batch"


def test_a_shape_is_written_with_names_and_question_marks() -> None:
    assert written((1, "height", None)) == "1×height×?"
    assert written(()) == "()"
