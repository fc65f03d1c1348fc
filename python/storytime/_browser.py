"""Opens stories in Chromium with Playwright: finds what goes wrong on a page, and takes pictures. Knows nothing of pytest."""

import base64
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import (  # type: ignore[import-not-found,unused-ignore]
        Browser,
        CDPSession,
        ConsoleMessage,
        Frame,
        Page,
        Playwright,
        Request,
    )

# Wait for the fonts, the pictures in view, and what scripts do at once.
SETTLE = """async () => {
    await document.fonts.ready;
    await Promise.all([...document.images].map((image) => image.complete || image.loading === "lazy" ||
        new Promise((done) => { image.onload = image.onerror = done; })));
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""

# A document stays after its check until the next one replaces it. It is stopped, so that storage stays empty.
# Going to about:blank instead would take as much processor time as opening a story.
LEAVE = """() => {
    for (let id = setTimeout(() => {}); id > 0; id--) clearTimeout(id);
    window.stop();
    document.open();
    document.close();
    window.name = "";
    for (const storage of ["localStorage", "sessionStorage"]) try { window[storage].clear(); } catch {}
}"""

# axe-core as a file of the catalog: the browser compiles it once for all stories. A policy of the page may forbid that.
LOAD_AXE = """(url) => new Promise((done, failed) => {
    const script = document.createElement("script");
    Object.assign(script, { src: url, onload: done, onerror: failed });
    document.documentElement.append(script);
    script.remove();
})"""

# The parameter `a11y` has the form of Storybook's.
CHECK = """async ({ config, options, context }) => {
    if (config) axe.configure(config);
    const { violations } = await axe.run(context ?? document, { ...options, resultTypes: ["violations"] });
    return violations
        .filter(({ impact }) => impact === "serious" || impact === "critical")
        .map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
}"""

# How many pixels differ, and a picture with these in red over the new picture in grey. If the sizes differ, says so instead.
COMPARE = """async ([before, after, tolerance]) => {
    const pixels = async (data) => {
        const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
        const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
        context.drawImage(picture, 0, 0);
        return context.getImageData(0, 0, picture.width, picture.height);
    };
    const [old, now] = [await pixels(before), await pixels(after)];
    if (old.width !== now.width || old.height !== now.height)
        return { sizes: [`${old.width}x${old.height}`, `${now.width}x${now.height}`] };
    let count = 0;
    for (let at = 0; at < now.data.length; at += 4) {
        const differs = [0, 1, 2, 3].some((i) => Math.abs(old.data[at + i] - now.data[at + i]) > tolerance);
        const grey = 191 + (now.data[at] + now.data[at + 1] + now.data[at + 2]) / 12;
        now.data.set(differs ? [255, 0, 0, 255] : [grey, grey, grey, 255], at);
        count += differs;
    }
    const canvas = new OffscreenCanvas(now.width, now.height);
    canvas.getContext("2d").putImageData(now, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer());
    let text = "";
    for (const byte of bytes) text += String.fromCharCode(byte);
    return { share: count / (now.width * now.height), count, picture: btoa(text) };
}"""

TOLERANCE = 16
"""By how much a colour of a pixel may differ, of 255: text is smoothed a little differently at times."""


class BrowserError(Exception):
    """No browser could be started."""


@dataclass(frozen=True)
class Axe:
    """axe-core."""

    file: Path
    url: str  # URL of the same file in the catalog


@dataclass
class View:
    """How to open a page."""

    width: int = 1280
    height: int = 800
    mask: list[str] = field(default_factory=list)  # CSS selectors of elements to mask in pictures
    a11y: dict[str, Any] | None = field(default_factory=dict)  # None: do not run axe
    picture: bool = False


@dataclass
class Seen:
    """What a page showed."""

    faults: list[str]
    picture: bytes = b""  # PNG


@dataclass
class Difference:
    """The difference between two pictures."""

    text: str  # empty: no difference worth mentioning
    picture: bytes = b""  # PNG; empty if the sizes differ


class _Thread:
    """A thread that calls functions one after the other: Playwright's event loop would disturb others in the same thread."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = SimpleQueue()
        threading.Thread(target=self._run, name="storytime-browser", daemon=True).start()

    def _run(self) -> None:
        while True:
            function, future = self._jobs.get()
            try:
                future.set_result(function())
            except BaseException as error:  # noqa: BLE001 - raised where the answer is waited for
                future.set_exception(error)

    def call[T](self, function: Callable[[], T]) -> T:
        future: Future[T] = Future()
        self._jobs.put((function, future))
        return future.result()


class Chromium:
    """A browser, started when it is first needed. `executable`: None means Playwright's own."""

    def __init__(self, executable: Path | None, timeout: float) -> None:
        """`timeout`: seconds that a step on a page may take."""
        self._executable = executable
        self._timeout = timeout * 1000
        self._thread = _Thread()
        self._started: tuple[Playwright, Browser] | None = None
        self._shown: tuple[Page, Faults, CDPSession] | None = None
        self._missing: BrowserError | None = None

    def look(self, url: str, axe: Axe | None, view: View) -> Seen:
        """Open a page. Raises BrowserError if there is no browser."""
        return self._thread.call(lambda: self._look(url, axe, view))

    def compare(self, before: bytes, after: bytes, threshold: float) -> Difference:
        """Compare two pictures; `threshold` is the share of pixels that may differ."""
        if before == after:
            return Difference("")
        return self._thread.call(lambda: self._compare(before, after, threshold))

    def abandon(self) -> None:
        """Abandon a page that hangs; a new browser is started when one is needed."""
        self._thread = _Thread()
        self._started = self._shown = None

    def close(self) -> None:
        """End the browser."""
        if self._started is not None:
            self._thread.call(self._close)

    def _close(self) -> None:
        if self._started is not None:
            self._started[1].close()
            self._started[0].stop()
            self._started = self._shown = None

    def _browser(self) -> Browser:
        if self._started is None:
            if self._missing is not None:
                raise self._missing
            from playwright.sync_api import Error, sync_playwright

            playwright = sync_playwright().start()
            try:
                browser = playwright.chromium.launch(
                    executable_path=self._executable,
                    args=["--disable-gpu", "--font-render-hinting=none", "--hide-scrollbars"],
                )
            except Error as error:
                playwright.stop()
                self._missing = BrowserError(
                    "Chromium could not be started: install Playwright's with `playwright install chromium`, or name one "
                    f"with --storytime-chromium=PATH.\n{error.message}"
                )
                raise self._missing from None
            self._started = (playwright, browser)
        return self._started[1]

    def _look(self, url: str, axe: Axe | None, view: View) -> Seen:
        page, faults = self._page()
        try:
            page.set_viewport_size({"width": view.width, "height": view.height})
            page.goto(url, wait_until="load")
            page.evaluate(SETTLE)
            picture = _take(page, view) if view.picture else b""
            said = list(faults.said)
            if axe is not None and view.a11y is not None:
                said += _check(page, axe, view.a11y)
            if said and not picture:
                picture = _take(page, view)
            page.evaluate(LEAVE)
            if page.url != url:  # other origins have storage, too
                self._forget_page()
            return Seen(said, picture)
        except BaseException:
            self._forget_page()
            raise

    def _page(self) -> tuple[Page, Faults]:
        """A page for the next document, without any state of the last one, and the list for its faults."""
        if self._shown is None:
            context = self._browser().new_context(reduced_motion="reduce")
            context.set_default_timeout(self._timeout)
            page = context.new_page()
            self._shown = (page, Faults(page), context.new_cdp_session(page))
        page, faults, session = self._shown
        faults.begin()
        page.context.clear_cookies()
        session.send("Storage.clearDataForOrigin", {"origin": "*", "storageTypes": "all"})
        return page, faults

    def _forget_page(self) -> None:
        if self._shown is not None:
            shown, self._shown = self._shown, None
            shown[0].context.close()

    def _compare(self, before: bytes, after: bytes, threshold: float) -> Difference:
        page = self._browser().new_page()
        try:
            pictures = [base64.b64encode(picture).decode() for picture in (before, after)]
            found = page.evaluate(COMPARE, [*pictures, TOLERANCE])
        finally:
            page.close()
        if sizes := found.get("sizes"):
            return Difference(f"the picture was {sizes[0]}, and is now {sizes[1]}")
        if found["share"] <= threshold:
            return Difference("")
        text = f"{found['count']} pixels differ, {found['share']:.2%} of the picture"
        return Difference(text, base64.b64decode(found["picture"]))


def _take(page: Page, view: View) -> bytes:
    picture: bytes = page.screenshot(
        full_page=True,
        animations="disabled",
        caret="hide",
        scale="css",
        mask=[page.locator(selector) for selector in view.mask],
    )
    return picture


def _check(page: Page, axe: Axe, a11y: dict[str, Any]) -> list[str]:
    """The findings of axe-core, one per line."""
    from playwright.sync_api import Error

    try:
        page.evaluate(LOAD_AXE, axe.url)
    except Error:
        page.evaluate(axe.file.read_text())
    found: list[str] = page.evaluate(CHECK, a11y)
    return found


class Faults:
    """The faults of a page's document. Whatever an earlier document still does or has requested is ignored."""

    def __init__(self, page: Page) -> None:
        self.said: list[str] = []
        self._page = page
        self._is_there = False  # the document
        self._asked: set[Request] = set()
        page.on("framenavigated", self._navigated)
        page.on("request", self._requested)
        page.on("requestfailed", lambda request: self._answered(request, request.failure))
        page.on("response", lambda response: self._answered(response.request, response.status))
        page.on("pageerror", lambda error: self._say(f"error: {error.message}"))
        page.on("console", self._logged)

    def begin(self) -> None:
        """From now on, faults are those of the next document."""
        self.said.clear()
        self._asked.clear()
        self._is_there = False

    def _navigated(self, frame: Frame) -> None:
        self._is_there |= frame == self._page.main_frame

    def _requested(self, request: Request) -> None:
        if self._is_there or (
            request.is_navigation_request() and request.frame == self._page.main_frame
        ):
            self._asked.add(request)

    def _answered(self, request: Request, answer: int | str | None) -> None:
        if request in self._asked and not (isinstance(answer, int) and answer < 400):
            self.said.append(f"request: {answer} {request.url}")

    def _logged(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self._say(f"console: {message.text}")

    def _say(self, fault: str) -> None:
        if self._is_there:
            self.said.append(fault)
