"""The event loop of a build, in which async components run."""

import asyncio
from collections.abc import AsyncIterable, Awaitable


class Events:
    """A single loop, from the first awaitable to the end of the build."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    def run(self, awaitable: Awaitable[object]) -> object:
        """Run an awaitable to its end, and raise what it raises."""

        async def wait() -> object:
            return await awaitable

        return self._runner.run(wait())

    def collect(self, items: AsyncIterable[object]) -> list[object]:
        """Return all items of an asynchronous iterable or generator."""

        async def collect() -> list[object]:
            return [item async for item in items]

        return self._runner.run(collect())

    def close(self) -> list[str]:
        """Cancel the tasks that are left and close the loop. Returns the names of their coroutines, sorted."""
        left = [
            getattr(task.get_coro(), "__qualname__", task.get_name())
            for task in asyncio.all_tasks(self._runner.get_loop())
        ]
        self._runner.close()
        return sorted(left)
