"""The products and sums of a training step, written into memory that is there already.

Three of them are all that backpropagation needs: A B (forward), A Bᵀ (BP2), and Aᵀ B added to
what is there (BP4). The last is what makes plain gradient descent quick: with the error scaled by
-eta/m, W + aᵀ delta *is* the book's step, w -> w - eta/m sum dC_x/dw (eq. 20), in one call of
BLAS, where NumPy would write the gradient into memory of its own, read it again and subtract it.

BLAS (Dongarra et al. 1990) knows columns first; these arrays have their rows first. So it is handed
each matrix's transpose, which is the same memory: Cᵀ = Bᵀ A instead of C = Aᵀ B. What is written
to must lie there whole, in the dtype of the others: SciPy would copy it, and the result be lost.
"""

from typing import Any, cast

import numpy as np
from scipy.linalg import blas  # pyright: ignore[reportMissingTypeStubs]

from nncore.activations import Array
from nncore.quick import threads

SMALL = 16_000_000
"""Multiplications: smaller products gain nothing from threads, and NumPy's cost less to call."""

_blas = cast(Any, blas)
# Arguments by position: by name, a call takes twice as long as a small product.
# alpha, a, b, beta, c, whether a and b are transposed, whether c is overwritten
_GEMM = {"f": _blas.sgemm, "d": _blas.dgemm}
# x, y, how many, alpha
_AXPY = {"f": _blas.saxpy, "d": _blas.daxpy}
# alpha, a, x, beta, y, x's offset and stride, y's, whether a is transposed, y overwritten
_GEMV = {"f": _blas.sgemv, "d": _blas.dgemv}


def multiply(A: Array, B: Array, out: Array) -> Array:
    """Write A B into out: (n, k), (k, m) -> (n, m), all with rows first and of one dtype.

    NumPy's product where it gets one thread, and SciPy's where several are shared with
    `add_product` (see `nncore.quick.threads.limited_to`).
    """
    if not threads.are_shared() or A.size * len(out.T) < SMALL:
        return np.dot(A, B, out)
    _GEMM[out.dtype.char](1.0, B.T, A.T, 0.0, out.T, 0, 0, 1)
    return out


def multiply_transposed(A: Array, B: Array, out: Array) -> Array:
    """Write A Bᵀ into out: (n, m), (k, m) -> (n, k), all with rows first and of one dtype."""
    _GEMM[out.dtype.char](1.0, B.T, A.T, 0.0, out.T, 1, 0, 1)
    return out


def add_product(C: Array, A: Array, B: Array, keep: float) -> None:
    """C = keep C + Aᵀ B: (k, m), (n, k), (n, m), all with rows first and of one dtype.

    With keep = 0, whatever was in C is overwritten, be it no number.
    """
    _GEMM[C.dtype.char](1.0, B.T, A.T, keep, C.T, 0, 1, 1)


def add_sums(c: Array, B: Array, ones: Array, keep: float) -> None:
    """Set c to keep c + the sums of B's columns: (m,), (n, m), and n ones, all of one dtype."""
    _GEMV[c.dtype.char](1.0, B.T, ones, keep, c, 0, 1, 0, 1, 0, 1)


def add_scaled(c: Array, x: Array, scale: float) -> None:
    """Add scale x to c, two vectors (m,) of one dtype: one pass, where NumPy's `c += scale * x`
    takes two and memory for the product."""
    _AXPY[c.dtype.char](x, c, len(c), scale)
