"""Typed activations: read safely, computed as NumPy and PyTorch do, derivatives judged."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nncore.config import TrainingConfig
from nncore.datasets import Dataset
from nncore.expressions import (
    EXAMPLES,
    FUNCTIONS,
    MAX_DEPTH,
    MAX_LENGTH,
    Example,
    ExpressionError,
    check_derivative,
    parse,
)
from nncore.gradient_check import check_gradients
from nncore.initializers import initial_parameters
from nncore.lab.expression_network import ExpressionNetwork, build
from nncore.training import EpochRecord, ReportInterval, train
from tests.nncore.twins import weight_difference

Z = np.array([-2.0, -0.5, 0.0, 0.5, 2.0])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("z", Z),
        (" 2 * z\n+ 1 ", 2 * Z + 1),
        ("-z ** 2", -(Z**2)),
        ("2 ** -z", 2**-Z),
        ("z ** 3 - (z - 1) / 4", Z**3 - (Z - 1) / 4),
        ("exp(z) + log(3) * sin(pi * z)", np.exp(Z) + np.log(3) * np.sin(np.pi * Z)),
        ("cos(z) * tanh(z) * sqrt(abs(z))", np.cos(Z) * np.tanh(Z) * np.sqrt(np.abs(Z))),
        ("sigmoid(z)", 1 / (1 + np.exp(-Z))),
        ("relu(z) + maximum(z, 1) - minimum(z, 0.25)", [-0.0 + 1 + 2, 1.5, 1, 1.25, 3.75]),
        ("where(z > 0, z, 0.1 * z)", [-0.2, -0.05, 0, 0.5, 2]),
        ("where(z, 1, 2)", [1, 1, 2, 1, 1]),
        ("(z >= 0) - (z != 0.5)", [-1, -1, 0, 1, 0]),
        ("-1 < z < 1", [0, 1, 1, 1, 0]),
        ("(z == 0) + (z <= -2)", [1, 0, 1, 0, 0]),
        ("3", [3, 3, 3, 3, 3]),
        ("sigmoid(0) + sqrt(4) + where(1 > 2, 5, 6)", [8.5] * 5),
    ],
)
def test_values(text: str, expected: object) -> None:
    np.testing.assert_allclose(parse(text)(Z), np.asarray(expected), rtol=1e-14)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("text", ["z * sigmoid(z) / pi", "exp(2)", "z > 0", "where(1 < 2, z, 1)"])
def test_shape_and_dtype_are_those_of_z(text: str, dtype: str) -> None:
    a = parse(text)(np.ones((3, 4), dtype))
    assert (a.shape, a.dtype) == ((3, 4), np.dtype(dtype))


def test_where_it_is_not_defined_it_is_no_number_and_no_warning() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.isnan(parse("log(z)")(Z)[0])
        assert parse("1 / z")(Z)[2] == np.inf


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("__import__('os').system('true')", '"\'" is not allowed'),
        ("__import__(z)", "__import__() is not allowed"),
        ("z.real", "z.real is not allowed"),
        ("(1).__class__", "(1).__class__ is not allowed"),
        ("z[0]", "'[' is not allowed"),
        ("lambda: z", "':' is not allowed"),
        ("(yield z)", "yield z is not allowed"),
        ("z if z else 1", "z if z else 1 is not allowed"),
        ("z and 1", "z and 1 is not allowed"),
        ("z, z", "z, z is not allowed"),
        ("z in z", "z in z is not allowed"),
        ("True", "True is not allowed"),
        ("z // 2", "z // 2 is not allowed"),
        ("exp(*z)", "*z is not allowed"),
        ("exp(z=z)", "exp(z=z) is not allowed"),
        ("exp(z)(z)", "exp(z)(z) is not allowed"),
        ("eval(z)", "eval() is not allowed; the functions are exp, log"),
        ("exp(z, z)", "exp(z, z) has 2 arguments; exp takes 1"),
        ("where(z, z)", "where(z, z) has 2 arguments; where takes 3"),
        ("where(z>0)", "where(z>0) has 1 argument; where takes 3"),
        ("1or z", "or is not allowed; use where(condition, a, b)"),
        ("exp", "exp is not allowed here; write exp(z)"),
        ("x", "x is not allowed here; the variable is z"),
        ("2z", "2z is not allowed; write a product as 2 * z"),
        ("1j", "1j is not allowed"),
        ("0x1for z", "0x1for is not allowed"),
        ("1_000", "1_000 is not allowed"),
        ("z^2", "'^' is not allowed; use ** for a power"),
        ("9**9**9", "The exponent 9**9 is too large"),
        ("z ** exp(50)", "The exponent exp(50) is too large"),
        ("z ** -33", "The exponent -33 is too large"),
        ("z ** (0/0)", "The exponent 0/0 is too large"),
        ("1e999", "1e999 is too large"),
        ("9" * 150, "is too large"),
        ("z" * 10**7, f"has 10,000,000 characters; use at most {MAX_LENGTH}"),
        ("-" * 100 + "z", f"more than {MAX_DEPTH} operations inside one another"),
        ("(" * 199, "cannot be read"),
        ("z +", "z + cannot be read"),
        ("z z", "z z cannot be read near position"),
        ("z = 1", "z = 1 cannot be read"),
        ("z\0", "is not allowed"),
        ("ｚ", "'ｚ' is not allowed"),
        ("", "is empty"),
        (" \n ", "is empty"),
    ],
)
def test_what_is_refused_is_named(text: str, part: str) -> None:
    with pytest.raises(ExpressionError) as caught:
        parse(text)
    message = str(caught.value)
    assert part in message
    assert message.endswith(".")
    assert "\n" not in message
    assert len(message) < 250


PIECES = [
    *FUNCTIONS, "z", "pi", "1", "2.5", "1e9", ".5e-3", "(", ")", ",", " ", "+", "-", "*", "**", "/",
    "<", ">=", "==", "!=", "=", ".", "__import__", "lambda", "if", "else", "not", "in", "is", "_",
    "0x", "j", "'", "\\", "\n", "%", "@", "{", "[", ":", "#", "é", "await", "yield", "None",
]  # fmt: skip


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=40).map("".join)))
def test_any_text_is_an_expression_or_one_error(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            a = parse(text)(Z)
        except ExpressionError:
            return
    assert (a.shape, a.dtype) == (Z.shape, Z.dtype)


def trees(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    calls = [
        st.tuples(*[children] * n).map(lambda parts, name=name: f"{name}({', '.join(parts)})")
        for name, n in FUNCTIONS.items()
    ]
    signs = st.sampled_from(["+", "-", "*", "/", "<", "<=", "==", "!="])
    binary = st.tuples(children, signs, children).map(lambda p: f"({p[0]} {p[1]} {p[2]})")
    return st.one_of(binary, children.map(lambda c: f"(-{c})"), *calls)


@given(st.recursive(st.sampled_from(["z", "pi", "0", "1", "0.5", "3"]), trees, max_leaves=8))
def test_both_kinds_of_arrays_give_the_same(text: str) -> None:
    import torch

    from nncore.torch_network import TYPED_FUNCTIONS

    if len(text) > MAX_LENGTH:
        return
    expression = parse(text)
    ours = expression(Z)
    theirs = expression.evaluate(torch.tensor(Z), TYPED_FUNCTIONS).numpy()
    # Sums of infinities may be no number in one order of rounding and infinite in another.
    both = np.isfinite(ours) & np.isfinite(theirs) & (np.abs(ours) < 1e12)
    if "<" not in text and "==" not in text and "!=" not in text:  # rounding may turn them
        np.testing.assert_allclose(theirs[both], ours[both], rtol=1e-6, atol=1e-6)
    assert theirs.shape == ours.shape


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_the_examples_derivatives_are_accepted(example: Example) -> None:
    check = check_derivative(parse(example.activation), parse(example.derivative))
    assert check.accepted, check.sentence
    assert check.sentence.startswith("Accepted")


def test_a_wrong_derivative_is_rejected_where_it_is_worst() -> None:
    check = check_derivative(parse("z ** 2"), parse("2.001 * z"))
    assert not check.accepted
    assert check.max_relative_error == pytest.approx(0.001 / 2.001, rel=1e-4)
    assert check.typed == pytest.approx(2.001 * check.z)
    assert check.numeric == pytest.approx(2 * check.z)
    assert f"{check.typed:.6g}" in check.sentence
    assert check.sentence.startswith("Rejected")


def test_a_kink_is_no_fault() -> None:
    assert check_derivative(parse("relu(z)"), parse("z > 0")).accepted
    assert check_derivative(parse("abs(z - 0.5)"), parse("where(z > 0.5, 1, -1)")).accepted


def test_a_function_that_is_not_defined_everywhere_is_rejected() -> None:
    check = check_derivative(parse("log(z)"), parse("1 / z"))
    assert not check.accepted
    assert check.n_defined == 500
    assert "no finite number at 500 of 1,000 points" in check.sentence
    undefined_slope = check_derivative(parse("z ** 2"), parse("2 * z + 0 * log(z)"))
    assert not undefined_slope.accepted
    assert undefined_slope.z < 0


SWISH = parse(EXAMPLES[0].activation), parse(EXAMPLES[0].derivative)
CONFIG = TrainingConfig(
    dataset="digits", hidden=(12, 8), learning_rate=0.1, epochs=2, l2=0.1, dtype="float64"
)


def check(derivative: str) -> float:
    rng = np.random.default_rng(0)
    network = ExpressionNetwork(
        CONFIG,
        initial_parameters(CONFIG, rng=rng),
        activation=SWISH[0],
        derivative=parse(derivative),
        n_train=8,
    )
    X, Y = rng.random((8, 784)), np.eye(10)[rng.integers(0, 10, 8)]
    return check_gradients(network, X, Y, rng=rng).max_relative_error


def test_the_gradient_check_judges_the_whole_network() -> None:
    assert check(EXAMPLES[0].derivative) < 1e-6
    assert check("sigmoid(z)") > 1e-3


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_twins_with_a_typed_activation_learn_the_same(digits: Dataset, optimizer: str) -> None:
    config = CONFIG.replace(optimizer=optimizer, lr=0.1 if optimizer == "sgd" else 0.002)
    engines = build(config, len(digits.train), *SWISH)
    records = list(train(config, digits, engines, interval=ReportInterval(1e9)))
    final = [r.test_accuracy for r in records if isinstance(r, EpochRecord)][-2:]
    assert final[0] == final[1] > 0.8
    assert weight_difference(engines["numpy"], engines["torch"]).maximum < 1e-9


def test_a_constant_activation_trains_what_can_be_trained(digits: Dataset) -> None:
    config = CONFIG.replace(epochs=1, l1=0.1)
    engines = build(config, len(digits.train), parse("1"), parse("0"))
    assert len(list(train(config, digits, engines, interval=ReportInterval(1e9)))) == 2
    assert weight_difference(engines["numpy"], engines["torch"]).maximum < 1e-9


def test_without_a_derivative_only_autograd_trains(digits: Dataset) -> None:
    assert list(build(CONFIG, 10, SWISH[0], None)) == ["torch"]
