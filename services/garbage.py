"""How often a process that serves collects garbage."""

import gc

_GC_THRESHOLD = 100_000


def collect_garbage_seldom() -> None:
    """Collect garbage less often: a batch or a page frees its many objects at its end anyway.

    At Python's usual thresholds the collector took a third of the time. What the program is made of
    is no garbage, and is not looked through again.
    """
    if not gc.get_freeze_count():  # once: a part that is started again has made garbage meanwhile
        gc.collect()
        gc.freeze()
    gc.set_threshold(_GC_THRESHOLD, 20, 50)
