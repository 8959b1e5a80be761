"""Formulas of the pages worked out, as their reader does it with a calculator."""

import re
from decimal import Decimal


def number(text: str) -> Decimal:
    """A number as the pages write it: `-0.50`, `(-0.50)`, `1.2 \\cdot 10^{-7}` or `−1.2·10⁻⁷`."""
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
    plain = re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", text.strip().strip("()"))
    return Decimal(plain.translate(raised).replace("·10", "e").lstrip("+"))


def work_out(text: str) -> Decimal:
    """A sum of numbers and products in LaTeX, for example `0.5 - 3 \\cdot (-1.20)`."""
    plain = re.sub(r" \\cdot 10\^\{(-?\d+)\}", r"e\1", text.strip())
    total = Decimal(0)
    for part in re.split(r" (?=[+-] )", plain):
        sign = -1 if part.startswith("- ") else 1
        product = Decimal(1)
        for factor in part.removeprefix("+ ").removeprefix("- ").split(r" \cdot "):
            product *= Decimal(factor.strip("() "))
        total += sign * product
    return total


def is_rounded(exact: Decimal, shown: Decimal) -> bool:
    """Whether the number shown is the exact one with as many places as it has."""
    return abs(exact - shown) <= Decimal(1).scaleb(int(shown.as_tuple().exponent)) / 2
