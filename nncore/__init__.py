"""A neural network to read: plain NumPy beside its PyTorch twin, and all that training needs.

Nothing here knows a screen or a database, and `import nncore` loads neither Streamlit nor PyTorch.
"""
