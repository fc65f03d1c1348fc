"""Actions that go on while a test does something else."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def repeating(action: Callable[[], object], pause: float) -> Iterator[None]:
    """Call `action` again and again on another thread, with `pause` seconds before each call, until the context ends. If it raises, so does the end of the context."""
    stop = threading.Event()
    raised: list[Exception] = []

    def run() -> None:
        try:
            while not stop.wait(pause):
                action()
        except Exception as error:  # noqa: BLE001  # raised where the context ends
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if raised:
        raise raised[0]
