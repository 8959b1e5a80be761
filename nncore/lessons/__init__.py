"""What each chapter of Learn computes; all of it is true without a screen.

What is a network here (a neuron, the 2-2-1 example, the bumps) is `nncore.network.Network`: the
lessons show the numbers of the code that is read. What trains, `nncore.quick`, is held to them.
"""
