"""Actions that go on while a test does something else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeating(action: Callable[[], object], pause: float) -> Iterator[None]:
    """Call `action` again and again on another thread, with `pause` seconds before each call, until the context ends."""
    stop = threading.Event()

    def run() -> None:
        while not stop.wait(pause):
            action()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
