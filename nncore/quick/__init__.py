"""The same numbers as `nncore.quick.network`, in reused memory."""
