"""Call every tool of a server with the official client of the Model Context Protocol. Run by test_mcp_client.py.

usage: mcp_client.py FILE http URL | FILE stdio COMMAND...
FILE is written by an assertion that does not end, and contains the id of its process.
"""

import sys
from pathlib import Path

import anyio
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamablehttp_client

from mcp import ClientSession, McpError, StdioServerParameters, types

STORY = "components-button--first"

CALLS = {
    "docs-list": {},
    "docs-show": {"id": "Button"},
    "docs-show-story": {"id": STORY},
    "stories-preview": {"ids": [STORY]},
    "stories-find-by-component": {"component": "Button"},
    "story-instructions": {},
}


def said(result: types.CallToolResult) -> str:
    """The text of a tool's result."""
    content = result.content[0]
    assert isinstance(content, types.TextContent)
    return content.text


async def check(session: ClientSession, file: Path) -> None:
    """Call all tools, also in wrong ways, and cancel one."""
    answer = await session.initialize()
    assert answer.serverInfo.name == "storytime"
    assert answer.capabilities.tools is not None
    assert answer.capabilities.resources is None
    await session.send_ping()
    tools = (await session.list_tools()).tools
    assert {*CALLS, "stories-changed", "test-run"} == {tool.name for tool in tools}
    assert all(tool.annotations and tool.annotations.readOnlyHint for tool in tools)
    for name, arguments in CALLS.items():
        with anyio.fail_after(60):
            result = await session.call_tool(name, arguments)
            while result.isError and "not been built yet" in said(result):
                await anyio.sleep(0.1)
                result = await session.call_tool(name, arguments)
        assert not result.isError, said(result)
    assert (await session.call_tool("docs-show", {"id": "nothing"})).isError
    for name, arguments in [("nothing", {}), ("docs-show", {}), ("docs-show", {"id": 1})]:
        try:
            await session.call_tool(name, arguments)
        except McpError as error:
            assert error.error.code == types.INVALID_PARAMS
        else:
            raise AssertionError(name)
    await cancel(session, file)
    await session.send_ping()


async def cancel(session: ClientSession, file: Path) -> None:
    """Cancel a call that does not end. Its process must end."""
    file.unlink(missing_ok=True)
    async with anyio.create_task_group() as tasks:
        number = session._request_id
        tasks.start_soon(session.call_tool, "test-run", {})
        with anyio.fail_after(60):
            while not (file.exists() and file.read_text()):
                await anyio.sleep(0.05)
        process = Path(f"/proc/{file.read_text()}")
        parameters = types.CancelledNotificationParams(requestId=number)
        notification = types.CancelledNotification(
            method="notifications/cancelled", params=parameters
        )
        await session.send_notification(types.ClientNotification(notification))
        with anyio.fail_after(20):
            while process.exists():
                await anyio.sleep(0.05)
        tasks.cancel_scope.cancel()


async def main(file: Path, transport: str, *words: str) -> None:
    """Connect, and check."""
    if transport == "stdio":
        async with (
            stdio_client(StdioServerParameters(command=words[0], args=list(words[1:]))) as (
                read,
                write,
            ),
            ClientSession(read, write) as session,
        ):
            await check(session, file)
    else:
        async with (
            streamablehttp_client(words[0]) as (read, write, _),
            ClientSession(read, write) as session,
        ):
            await check(session, file)
    print("all is well")


anyio.run(main, Path(sys.argv[1]), *sys.argv[2:])
