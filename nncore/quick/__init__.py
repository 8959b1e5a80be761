"""The same numbers as `nncore.network`, in reused memory."""
