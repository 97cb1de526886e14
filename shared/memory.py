"""Python's garbage collector, told what a service is like."""

import gc

_YOUNG, _MIDDLE, _OLD = 50_000, 20, 50


def settle_memory() -> None:
    """Call once everything is imported and started: what is there by now stays, and looking through all of it again
    and again for cycles took a fifth of a busy service's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _OLD)
