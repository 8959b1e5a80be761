"""Activations typed as text: a small language of z, read safely and checked against its derivative.

    swish = parse("z * sigmoid(z)")
    swish(np.linspace(-1, 1, 5))                    # NumPy in, NumPy out
    check = check_derivative(swish, parse("sigmoid(z) * (1 + z * (1 - sigmoid(z)))"))
    check.accepted, check.sentence                  # True, "Accepted: at 1,000 points ..."

The language: numbers, z, pi, + - * / **, parentheses, comparisons (1 where they hold, else 0) and
the functions of `FUNCTIONS`. Nothing is ever handed to Python to run: `parse` lets Python's own
grammar split the text, refuses every kind of node that is not in this language, and `Expression`
walks the rest itself. A refusal is an `ExpressionError` of one sentence that names the part.

An expression works on any arrays whose functions are passed in as a table (`Expression.evaluate`),
so that autograd can follow it through PyTorch's: see `nncore.torch_network.TorchNetwork`. The NumPy
engine needs the derivative typed as well: see `nncore.lab.expression_network`.
"""

import ast
import keyword
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from nncore.activations import Array
from nncore.gradient_check import STEP, TOLERANCE, relative_error

MAX_LENGTH = 200
"""Characters of an expression."""
MAX_DEPTH = 50
"""Operations inside one another."""
MAX_EXPONENT = 32
"""Size of an exponent that holds no z."""

FUNCTIONS: dict[str, int] = {
    "exp": 1,
    "log": 1,
    "tanh": 1,
    "sigmoid": 1,
    "relu": 1,
    "abs": 1,
    "sin": 1,
    "cos": 1,
    "sqrt": 1,
    "maximum": 2,
    "minimum": 2,
    "where": 3,
}
"""Arguments that each takes; `where(condition, a, b)` is a where the condition is not 0, else b."""

Table = Mapping[str, Callable[..., Any]]
"""Each of `FUNCTIONS` for one kind of array, and `constant`, from (number, z) to a 0-d array of z's
dtype."""


def _sigmoid(z: Array) -> Array:
    # As in `nncore.activations`, but not in place: sigmoid(1) is of a single number.
    return 0.5 * (1 + np.tanh(0.5 * z))


def _relu(z: Array) -> Array:
    return np.maximum(z, 0)


def _constant(value: float, z: Array) -> Any:
    return z.dtype.type(value)


NUMPY: Table = {
    "exp": np.exp,
    "log": np.log,
    "tanh": np.tanh,
    "sigmoid": _sigmoid,
    "relu": _relu,
    "abs": np.abs,
    "sin": np.sin,
    "cos": np.cos,
    "sqrt": np.sqrt,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "where": np.where,
    "constant": _constant,
}

_CONSTANTS = {"pi": np.pi}
_LARGEST = float(np.finfo(np.float32).max)

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: a / b,
    ast.Pow: lambda a, b: a**b,
}
_UNARY: dict[type[ast.unaryop], Callable[[Any], Any]] = {
    ast.UAdd: operator.pos,
    ast.USub: operator.neg,
}
_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}

_FOREIGN = re.compile(r"[^0-9A-Za-z_.+\-*/()<>=!, ]")
_WORD_OR_NUMBER = re.compile(
    r"[A-Za-z_]\w*|(?P<number>(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)(?P<glued>[A-Za-z_]\w*)?", re.ASCII
)


class ExpressionError(ValueError):
    """Text that is no expression of z; the message is one sentence for its reader."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A function of z that `parse` has read and found harmless."""

    text: str
    _tree: ast.expr = field(repr=False, compare=False)

    def __call__(self, z: Array) -> Array:
        """The function at each z, in z's shape and dtype; not a number where it is not defined."""
        z = np.asarray(z)
        if not np.issubdtype(z.dtype, np.floating):
            z = z.astype(np.float64)
        with np.errstate(all="ignore"):
            return self.evaluate(z, NUMPY)

    def evaluate(self, z: Any, table: Table) -> Any:
        """The function at each z, with the operations of `table`; an array of z's shape."""
        a = _value(self._tree, z, table)
        # "3" and "z > 0" know no z: this gives them its shape and, for autograd, a slope of 0.
        return table["where"](table["constant"](1, z) > 0, a, z)


def parse(text: str) -> Expression:
    """Read an expression of z.

    Raises:
        ExpressionError: it is too long or too deep, or has a part that is not of the language.
    """
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"The expression has {len(text):,} characters; use at most {MAX_LENGTH}."
        )
    text = " ".join(text.split())
    if not text:
        raise ExpressionError("The expression is empty; write one such as z * sigmoid(z).")
    _check_characters(text)
    try:
        tree = ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        place = getattr(error, "offset", None)
        near = f" near position {place}" if place else ""
        raise ExpressionError(
            f"{_shown(text)} cannot be read{near}; check its operators and parentheses."
        ) from None
    _check(tree, text, MAX_DEPTH)
    return Expression(text, tree)


def _check_characters(text: str) -> None:
    if foreign := _FOREIGN.search(text):
        hint = " for a power" if foreign[0] == "^" else ""
        allowed = "**" if hint else "numbers, z, + - * / **, comparisons and functions"
        raise ExpressionError(f"{foreign[0]!r} is not allowed; use {allowed}{hint}.")
    for match in _WORD_OR_NUMBER.finditer(text):
        if match["glued"] and keyword.iskeyword(match["glued"]):
            raise ExpressionError(
                f"{match['glued']} is not allowed; use where(condition, a, b) for a choice."
            )
        if match["glued"]:
            raise ExpressionError(
                f"{_shown(match[0])} is not allowed; write a product as "
                f"{_shown(match['number'])} * {_shown(match['glued'])}."
            )


def _check(node: ast.expr, text: str, depth: int) -> None:
    """Refuse whatever is not of the language, before anything of it is computed."""
    if depth == 0:
        raise ExpressionError(
            f"The expression has more than {MAX_DEPTH} operations inside one another; "
            "make it simpler."
        )
    for child in _operands(node, text):
        _check(child, text, depth - 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow) and not _has_z(node.right):
        with np.errstate(all="ignore"):
            exponent = float(_value(node.right, np.zeros(()), NUMPY))
        if not abs(exponent) <= MAX_EXPONENT:
            raise ExpressionError(
                f"The exponent {_part(node.right, text)} is too large; use one from "
                f"-{MAX_EXPONENT} to {MAX_EXPONENT}."
            )


def _operands(node: ast.expr, text: str) -> list[ast.expr]:
    """What a node of the language is made of.

    Raises:
        ExpressionError: it is not of the language.
    """
    match node:
        case ast.BinOp(left, op, right) if type(op) in _BINARY:
            return [left, right]
        case ast.UnaryOp(op, operand) if type(op) in _UNARY:
            return [operand]
        case ast.Compare(left, ops, others) if all(type(op) in _COMPARISONS for op in ops):
            return [left, *others]
        case ast.Call(ast.Name(name), arguments, []) if name in FUNCTIONS:
            if len(arguments) != FUNCTIONS[name]:
                n_given = "1 argument" if len(arguments) == 1 else f"{len(arguments)} arguments"
                raise ExpressionError(
                    f"{_part(node, text)} has {n_given}; {name} takes {FUNCTIONS[name]}."
                )
            return arguments
        case ast.Call(ast.Name(name)) if name not in FUNCTIONS:
            raise ExpressionError(
                f"{_shown(name)}() is not allowed; the functions are {', '.join(FUNCTIONS)}."
            )
        case ast.Name(name) if name == "z" or name in _CONSTANTS:
            return []
        case ast.Name(name):
            way_out = f"write {name}(z)" if name in FUNCTIONS else "the variable is z"
            raise ExpressionError(f"{_shown(name)} is not allowed here; {way_out}.")
        case ast.Constant(int() | float() as value) if not isinstance(value, bool):
            if not abs(value) <= _LARGEST:
                raise ExpressionError(f"{_part(node, text)} is too large for a float32 number.")
            return []
        case _:
            raise ExpressionError(
                f"{_part(node, text)} is not allowed; use numbers, z, + - * / **, comparisons and "
                "functions, and where(condition, a, b) for a choice."
            )


def _has_z(node: ast.expr) -> bool:
    return any(isinstance(part, ast.Name) and part.id == "z" for part in ast.walk(node))


def _value(node: ast.expr, z: Any, table: Table) -> Any:
    """The value of a node that `_check` has let through."""
    match node:
        case ast.BinOp(left, op, right):
            return _BINARY[type(op)](_value(left, z, table), _value(right, z, table))
        case ast.UnaryOp(op, operand):
            return _UNARY[type(op)](_value(operand, z, table))
        case ast.Call(ast.Name(name), arguments):
            return table[name](*(_value(argument, z, table) for argument in arguments))
        case ast.Compare(left, ops, others):
            values = [_value(part, z, table) for part in (left, *others)]
            holds: Any = True
            for op, a, b in zip(ops, values, values[1:], strict=False):
                holds = _COMPARISONS[type(op)](a, b) & holds
            return table["where"](holds, table["constant"](1, z), table["constant"](0, z))
        case ast.Name("z"):
            return z
        case ast.Name(name):
            return table["constant"](_CONSTANTS[name], z)
        case ast.Constant(int() | float() as value):
            return table["constant"](value, z)
        case _:
            raise AssertionError(ast.dump(node))


def _part(node: ast.expr, text: str) -> str:
    return _shown(ast.get_source_segment(text, node) or type(node).__name__)


def _shown(text: str) -> str:
    return text if len(text) <= 40 else text[:37] + "..."


# --- the derivative ------------------------------------------------------------------------

CHECK_RANGE = (-6.0, 6.0)
"""Where a derivative is checked: pre-activations of a network that learns lie here."""
CHECK_POINTS = 1_000


@dataclass(frozen=True, slots=True)
class DerivativeCheck:
    """A typed derivative against central differences, at the z where they differ most."""

    max_relative_error: float
    z: float
    typed: float
    """The typed derivative at z."""
    numeric: float
    """(f(z + h) - f(z - h)) / 2h."""
    n_defined: int
    """Of `CHECK_POINTS`, those at which f is a finite number."""

    @property
    def accepted(self) -> bool:
        """Whether f is defined everywhere in the range, and the error is within TOLERANCE."""
        return self.n_defined == CHECK_POINTS and self.max_relative_error <= TOLERANCE

    @property
    def sentence(self) -> str:
        """The verdict, with its numbers."""
        low, high = CHECK_RANGE
        if self.n_defined < CHECK_POINTS:
            return (
                f"Rejected: f is no finite number at {CHECK_POINTS - self.n_defined:,} of "
                f"{CHECK_POINTS:,} points from {low:g} to {high:g}, the first at z = {self.z:.4g}."
            )
        if self.accepted:
            return (
                f"Accepted: at {CHECK_POINTS:,} points from {low:g} to {high:g} the largest "
                f"relative error is {self.max_relative_error:.1e}."
            )
        return (
            f"Rejected: at z = {self.z:.4f} the typed derivative is {self.typed:.6g}, but the "
            f"slope of f is {self.numeric:.6g}."
        )


def check_derivative(f: Expression, df: Expression) -> DerivativeCheck:
    """Compare df with central differences of f, in float64, as the gradient check does weights.

    Kinks (relu at 0) are no fault: none of the points is within a step of a number of up to
    four decimals.
    """
    low, high = CHECK_RANGE
    golden = (np.sqrt(5) - 1) / 2  # an offset that keeps every point off the round numbers
    z = low + (high - low) * (np.arange(CHECK_POINTS) + golden) / CHECK_POINTS
    typed = df(z)
    with np.errstate(all="ignore"):
        numeric = (f(z + STEP) - f(z - STEP)) / (2 * STEP)
    defined = np.isfinite(f(z)) & np.isfinite(numeric)
    with np.errstate(all="ignore"):
        errors = np.array([relative_error(t, n) for t, n in zip(typed, numeric, strict=True)])
    errors[~np.isfinite(errors)] = np.inf  # df is no number, or f is none
    worst = int(errors.argmax()) if defined.all() else int(defined.argmin())
    return DerivativeCheck(
        max_relative_error=float(errors[worst]),
        z=float(z[worst]),
        typed=float(typed[worst]),
        numeric=float(numeric[worst]),
        n_defined=int(defined.sum()),
    )


@dataclass(frozen=True, slots=True)
class Example:
    """An expression to start from: an activation with its derivative, both as text."""

    name: str
    activation: str
    derivative: str


EXAMPLES = (
    Example("Swish", "z * sigmoid(z)", "sigmoid(z) * (1 + z * (1 - sigmoid(z)))"),
    Example("Softplus", "log(1 + exp(z))", "sigmoid(z)"),
    Example("ELU", "where(z > 0, z, exp(z) - 1)", "where(z > 0, 1, exp(z))"),
    Example("Sine", "sin(z)", "cos(z)"),
    Example("Softsign", "z / (1 + abs(z))", "1 / (1 + abs(z)) ** 2"),
    Example("Gaussian", "exp(-z ** 2)", "-2 * z * exp(-z ** 2)"),
)
"""Ramachandran 2017; Dugas 2000; Clevert 2015; Sitzmann 2020; Turian 2009; radial basis units."""
