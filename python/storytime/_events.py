"""The event loop of a build, in which async components run."""

import asyncio
from collections.abc import Awaitable


class Events:
    """One loop, from its first awaitable to the end of the build."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()

    def run(self, awaitable: Awaitable[object]) -> object:
        """Wait for it, and raise what it raises."""

        async def wait() -> object:
            return await awaitable

        return self._runner.run(wait())

    def close(self) -> list[str]:
        """Cancel the tasks that are left and close the loop. The names of their coroutines, sorted."""
        left = [
            getattr(task.get_coro(), "__qualname__", task.get_name())
            for task in asyncio.all_tasks(self._runner.get_loop())
        ]
        self._runner.close()
        return sorted(left)
