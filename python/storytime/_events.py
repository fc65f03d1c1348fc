"""The event loop of a build, in which async components run."""

import asyncio
import contextvars
from collections.abc import AsyncIterable, Awaitable, Coroutine


class Events:
    """A single loop, from the first awaitable to the end of the build."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    def run(self, awaitable: Awaitable[object]) -> object:
        """Run an awaitable to its end, and raise what it raises."""

        async def wait() -> object:
            return await awaitable

        return self._run(wait())

    def collect(self, items: AsyncIterable[object]) -> list[object]:
        """Return all items of an asynchronous iterable or generator."""

        async def collect() -> list[object]:
            return [item async for item in items]

        return self._run(collect())

    def _run[T](self, coroutine: Coroutine[object, object, T]) -> T:
        """Run a coroutine in the loop: in another thread if this one already runs a loop, as in an asynchronous test."""
        if asyncio._get_running_loop() is None:
            return self._runner.run(coroutine)
        from concurrent.futures import ThreadPoolExecutor

        context = contextvars.copy_context()
        with ThreadPoolExecutor(1) as thread:
            return thread.submit(context.run, self._runner.run, coroutine).result()

    def close(self) -> list[str]:
        """Cancel the tasks that are left and close the loop. Returns the names of their coroutines, sorted."""
        left = [
            getattr(task.get_coro(), "__qualname__", task.get_name())
            for task in asyncio.all_tasks(self._runner.get_loop())
        ]
        self._runner.close()
        return sorted(left)
