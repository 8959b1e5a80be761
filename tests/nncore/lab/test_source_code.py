"""This package's own source as text: found by name, and counted without its words."""

import inspect
import textwrap

import pytest

from nncore import activations, network
from nncore.lab import source_code
from nncore.lab.source_code import entry_of, source_of, without_words


def test_the_source_is_the_functions_own() -> None:
    own = inspect.getsource(network.Network.forward_pass)
    assert source_of("network", "Network.forward_pass") == textwrap.dedent(own).rstrip()
    assert source_of("network", "Layer").startswith("@dataclass")
    assert source_of("network", "Layer.passed_on").startswith("@property")


def test_a_renamed_function_is_missed() -> None:
    with pytest.raises(LookupError, match=r"network\.py has no Network\.forward_pas"):
        source_of("network", "Network.forward_pas")
    with pytest.raises(LookupError, match="no line swish in ACTIVATIONS"):
        entry_of("activations", "ACTIVATIONS", "swish")
    with pytest.raises(LookupError, match="no line sigmoid in NOTHING"):
        entry_of("activations", "NOTHING", "sigmoid")


def test_a_line_of_a_table() -> None:
    line = entry_of("activations", "ACTIVATIONS", "tanh")
    assert line == 'Activation("tanh", tanh, tanh_derivative),'
    assert activations.ACTIVATIONS["tanh"].function is activations.tanh


def test_only_lines_of_code_are_left() -> None:
    source = '''def f(x):
    """What it does.

    In two parts.
    """
    # why

    words = """a text
# that is data
"""
    return g(  # the call
        x,
    )
'''
    assert without_words(source).splitlines() == [
        "def f(x):",
        '    words = """a text',
        "# that is data",
        '"""',
        "    return g(  # the call",
        "        x,",
        "    )",
    ]


def test_torch_is_not_needed_to_read_the_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    source_code._parsed.cache_clear()
    assert "backward()" in source_of("torch_network", "TorchNetwork.train_batch")
