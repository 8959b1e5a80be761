"""What goes wrong with the run store, in sentences for its user."""


class StoreError(RuntimeError):
    """The run store cannot do what was asked; one sentence for the reader."""


class StoreFullError(StoreError):
    """No room is left where the run store writes."""


class StoreBusyError(StoreError):
    """Another program keeps the run store locked; it may be free soon."""
