"""Harmful things that user code can do to its process, and the outcome that each must have.

Each fault is the body of a function `fault()`, which is called at one of three places: when the component's module is imported, when
the stories' module is imported, or when the component renders.
"""

import textwrap
from dataclasses import dataclass

BUTTON = "components/button/button.py"
STORIES = "components/button/stories.py"
PLACES = ("component", "stories", "render")

MARK = "# here"
"""Marks the line that a report must name. Without it, that is the last line of the function."""


@dataclass(frozen=True)
class Fault:
    """Some code, and its outcome.

    outcome "page":  the catalog shows an error page with `says`, and the log names the file and the line
    outcome "ends":  the builder process ends, and the log contains `says`
    outcome "late":  the build takes too long, and the log shows where it hangs
    outcome "shown": the story is shown
    outcome "any":   none of these is required, but the next good save must show
    """

    name: str
    outcome: str
    code: str
    says: str = ""

    def __str__(self) -> str:
        return self.name

    def function(self) -> str:
        """The text of `fault()`."""
        return "def fault():\n" + textwrap.indent(textwrap.dedent(self.code).strip(), "    ") + "\n"

    def files(self, place: str, text: str) -> dict[str, str]:
        """The modules of a component and its story, with the fault at a place. The story shows a text."""
        at_import = self.function() + "fault()\n"
        return {
            BUTTON: component(
                {"component": at_import, "render": self.function()}.get(place, ""),
                place == "render",
            ),
            STORIES: stories(text, at_import if place == "stories" else ""),
        }

    def line(self, place: str) -> tuple[str, int]:
        """The file and the line that reports must name."""
        path = STORIES if place == "stories" else BUTTON
        lines = self.files(place, "")[path].splitlines()
        marked = [number for number, line in enumerate(lines, 1) if line.endswith(MARK)]
        begin = lines.index("def fault():") + 1
        return path, (marked or [begin + len(self.function().splitlines()) - 1])[0]


def component(before: str = "", fails: bool = False) -> str:
    """The module of a component, which calls `fault()` when it renders if `fails` is true."""
    call = "    fault()\n" if fails else ""
    return (
        f"{before}\ndef Button(*, label='Buy'):\n{call}    return f'<button>{{label}}</button>'\n"
    )


def stories(text: str, before: str = "") -> str:
    """The module of a subject with one story that shows a text."""
    return (
        f"{before}\nfrom storytime import Story, Subject\nfrom shop.components.button.button import Button\n\n"
        "def this_subject() -> Subject:\n"
        f"    return Subject(title='Button', target=Button, items=[Story(title='First', props=dict(label={text!r}))])\n"
    )


FAULTS = [
    # -- exceptions
    Fault("value-error", "page", "raise ValueError('plain words')", "ValueError: plain words"),
    Fault("import-error", "page", "import no_such_module", "ModuleNotFoundError: No module named"),
    Fault(
        "str-raises",
        "page",
        """
        class Odd(Exception):
            def __str__(self): raise RuntimeError('no text')
        raise Odd
        """,
        "Odd",
    ),
    Fault(
        "repr-raises",
        "page",
        """
        class Odd:
            def __repr__(self): raise RuntimeError('no text')
        raise ValueError(Odd())
        """,
        "ValueError",
    ),
    Fault(
        "metaclass-lies",
        "page",
        """
        class Meta(type):
            def __getattribute__(cls, name): raise RuntimeError('no ' + name)
        class Odd(Exception, metaclass=Meta): pass
        raise Odd('with a message')
        """,
        "with a message",
    ),
    Fault(
        "group",
        "page",
        "raise ExceptionGroup('several', [ValueError('one of them'), KeyError('other')])",
        "one of them",
    ),
    Fault("long-message", "page", "raise ValueError('long ' * 2_000_000)", "ValueError: long long"),
    Fault("surrogates", "page", "raise ValueError('half of a pair: \\ud83d')", "half of a pair"),
    Fault(
        "markup-in-message", "page", "raise ValueError('<script>alert(1)</script>')", "&lt;script"
    ),
    Fault(
        "recursion",
        "page",
        """
        def deeper(): deeper() # here
        deeper()
        """,
        "RecursionError",
    ),
    Fault(
        "cause-loop",
        "page",
        """
        first, second = ValueError('first'), KeyError('second')
        first.__cause__, second.__cause__ = second, first
        raise first
        """,
        "ValueError: first",
    ),
    Fault(
        "memory-without-end",  # the memory is not used, so the machine does not run out of it
        "page",
        """
        kept = []
        while True: kept.append(bytes(1 << 30))
        """,
        "MemoryError",
    ),
    Fault("system-exit", "page", "raise SystemExit(4)", "SystemExit"),
    Fault("keyboard-interrupt", "page", "raise KeyboardInterrupt", "KeyboardInterrupt"),
    Fault("generator-exit", "page", "raise GeneratorExit('no generator')", "GeneratorExit"),
    Fault("input", "page", "input()", "EOFError"),
    Fault(
        "signal-handler",
        "page",
        """
        import signal
        signal.signal(signal.SIGTERM, lambda *_: None)
        """,
        "ValueError: signal only works in main thread",
    ),
    Fault(
        "fork",
        "page",
        """
        import os
        os.fork()
        """,
        "fork not supported for isolated subinterpreters",
    ),
    Fault(
        "daemon-thread",
        "page",
        """
        import threading
        threading.Thread(target=print, daemon=True).start() # here
        """,
        "RuntimeError: daemon threads are disabled",
    ),
    # -- the process ends
    Fault("os-exit", "ends", "import os; os._exit(3)", "with exit code 3"),
    Fault("os-exit-0", "ends", "import os; os._exit(0)", "with exit code 0"),
    Fault("abort", "ends", "import os; os.abort()", "by signal 6"),
    Fault("null", "ends", "import ctypes; ctypes.string_at(0)", "by signal 11"),
    Fault("kill", "ends", "import os; os.kill(os.getpid(), 9)", "by signal 9"),
    Fault(
        "exit-in-a-thread",
        "ends",
        """
        import os, threading
        thread = threading.Thread(target=os._exit, args=(5,))
        thread.start()
        thread.join()
        """,
        "with exit code 5",
    ),
    Fault(
        "alarm",
        "ends",
        """
        import signal, time
        signal.setitimer(signal.ITIMER_REAL, 0.01)
        time.sleep(60)
        """,
        "by signal 14",
    ),
    Fault(
        "faulthandler",  # subinterpreters refuse this module, so it runs in a process of its own
        "ends",
        """
        import faulthandler, time
        faulthandler.dump_traceback_later(0.01, exit=True)
        time.sleep(60)
        """,
        "with exit code 1",
    ),
    Fault("closerange", "ends", "import os; os.closerange(0, 100_000)", "connection to the server"),
    # -- the build does not end
    Fault("loop", "late", "while True: pass"),
    Fault(
        "loop-that-catches-all",
        "late",
        """
        while True:
            try:
                while True: pass # here
            except BaseException:
                pass
        """,
    ),
    Fault("sleep", "late", "import time; time.sleep(1e9)"),
    Fault(
        "read",
        "late",
        """
        import os
        os.read(os.pipe()[0], 1)
        """,
    ),
    Fault("wait", "late", "import threading; threading.Event().wait() # here"),
    Fault(
        "lock-in-c",  # holds the GIL, and no signal interrupts it
        "late",
        """
        import ctypes
        c, mutex = ctypes.PyDLL(None), ctypes.create_string_buffer(64)
        c.pthread_mutex_lock(mutex)
        c.pthread_mutex_lock(mutex)
        """,
    ),
    Fault(
        "stop",
        "late",
        """
        import os, signal, time
        os.kill(os.getpid(), signal.SIGSTOP)
        time.sleep(1e9)  # other threads stop a little later than the signal is sent
        """,
    ),
    Fault(
        "traced",  # by its parent, the server: a signal stops it until the server has looked
        "late",
        "import ctypes, time; ctypes.CDLL(None).ptrace(0, 0, 0, 0); time.sleep(1e9)",
    ),
    Fault(
        "subprocess-waits",
        "late",
        "import subprocess; subprocess.run(['sleep', '1000000']) # here",
    ),
    Fault("asyncio-waits", "late", "import asyncio; asyncio.run(asyncio.sleep(1e9)) # here"),
    Fault("long-power", "late", "return len(str(9 ** (9 ** 9)))"),
    # -- the story is shown all the same
    Fault(
        "close-descriptors",
        "shown",
        """
        import os
        for number in range(20):
            try: os.close(number)
            except OSError: pass
        """,
    ),
    Fault(
        "frames",
        "shown",
        "import sys; assert any(frame.f_lineno for frame in sys._current_frames().values())",
    ),
    Fault(
        "four-gigabytes",  # kept as long as the module; a small machine may refuse it
        "shown",
        """
        global kept
        try: kept = bytes(4 << 30)
        except MemoryError: pass
        """,
    ),
    Fault("chdir", "shown", "import os; os.chdir('/')"),
    Fault("umask", "shown", "import os; os.umask(0o777)"),
    Fault("subprocess", "shown", "import subprocess; subprocess.run(['true'], check=True)"),
    Fault("subprocess-stays", "shown", "import subprocess; subprocess.Popen(['sleep', '1000000'])"),
    Fault(
        "asyncio",
        "shown",
        """
        import asyncio
        async def nothing(): await asyncio.sleep(0)
        asyncio.run(nothing())
        """,
    ),
    Fault(
        "thread-exits",
        "shown",
        """
        import sys, threading
        thread = threading.Thread(target=sys.exit)
        thread.start()
        thread.join()
        """,
    ),
    Fault(
        "thread-raises",
        "shown",
        """
        import threading
        threading.Thread(target=lambda: 1 / 0).start()
        """,
    ),
    Fault(
        "thread-never-ends",
        "shown",
        """
        import threading
        threading.Thread(target=threading.Event().wait).start()
        """,
    ),
    Fault("atexit-raises", "shown", "import atexit; atexit.register(lambda: 1 / 0)"),
    Fault("atexit-hangs", "shown", "import atexit, time; atexit.register(time.sleep, 1e9)"),
    Fault("stdout-closed", "shown", "import sys; sys.stdout.close(); sys.stderr.close()"),
    Fault("stdout-replaced", "shown", "import sys; sys.stdout = sys.stderr = None"),
    Fault("lines", "shown", "for number in range(20_000): print('line', number)"),
    Fault(
        "log-lines",
        "shown",
        """
        import logging
        for number in range(5_000): logging.warning('line %d', number)
        """,
    ),
    Fault("half-a-line", "shown", "print('x' * 5_000_000, end='')"),
    Fault("trace", "shown", "import sys; sys.settrace(lambda *_: None)"),
    Fault("gc", "shown", "import gc; gc.disable(); gc.freeze()"),
    Fault("recursion-limit", "shown", "import sys; sys.setrecursionlimit(50_000)"),
    Fault("print-replaced", "shown", "import builtins; builtins.print = builtins.open = None"),
    Fault("warnings", "shown", "import warnings; warnings.warn('careful')"),
    Fault("excepthook", "shown", "import sys; sys.excepthook = None; sys.unraisablehook = None"),
    Fault(
        "del-raises",
        "shown",
        """
        class Odd:
            def __del__(self): raise SystemExit(3)
        Odd()
        """,
    ),
    Fault(
        "soft-limit",
        "any",
        "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (3, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))",
    ),
    Fault("environment", "shown", "import os; os.environ.clear()"),
    Fault("nice", "shown", "import os; os.nice(1)"),
]


HEAVY = [
    # These take long on small machines, so they are not in every run.
    Fault(
        "four-gigabytes-used",
        "any",
        """
        global kept
        kept = bytearray(4 << 30)
        kept[::4096] = bytes(len(kept) // 4096)
        """,
    ),
    Fault(
        "million-log-lines",
        "shown",
        """
        import logging
        for number in range(1_000_000): logging.warning('line %d', number)
        """,
    ),
    Fault("million-lines", "shown", "for number in range(1_000_000): print('line', number)"),
]


RUINS = [
    # Their outcome depends on Python; storytime only promises that the next good save shows.
    Fault("modules-cleared", "any", "import sys; sys.modules.clear()"),
    Fault("modules-none", "any", "import sys; sys.modules = None"),
    Fault(
        "storytime-replaced",
        "any",
        "import sys; sys.modules['storytime'] = sys.modules['tdom'] = 7",
    ),
    Fault("path-cleared", "any", "import sys; sys.path.clear()"),
    Fault("path-none", "any", "import sys; sys.path = None"),
    Fault(
        "hooks-none",
        "any",
        "import sys; sys.path_hooks = sys.meta_path = sys.path_importer_cache = None",
    ),
    Fault("import-none", "any", "import builtins; builtins.__import__ = None"),
    Fault("import-raises", "any", "import builtins; builtins.__import__ = lambda *a, **k: 1 / 0"),
    Fault("isinstance-none", "any", "import builtins; builtins.isinstance = builtins.len = None"),
    Fault(
        "open-none",
        "any",
        "import builtins; builtins.open = builtins.compile = builtins.exec = None",
    ),
    Fault("builtins-cleared", "any", "import builtins; vars(builtins).clear()"),
    Fault(
        "hard-limit", "any", "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))"
    ),
    Fault(
        "processor-time",
        "any",
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (1, 1))\nwhile True: pass",
    ),
    Fault("file-size", "any", "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))"),
    Fault(
        "data-size",
        "any",
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (1, 1)); bytes(10**7)",
    ),
    Fault(
        "trace-raises",
        "any",
        "import sys; sys.settrace(lambda *_: 1 / 0); sys.setprofile(lambda *_: 1 / 0)",
    ),
    Fault("storytime-cleared", "any", "import storytime; vars(storytime).clear()"),
    Fault("globals-cleared", "any", "globals().clear()"),
    Fault(
        "stack-of-c",
        "any",
        "import functools; f = lambda: 0\nfor _ in range(100_000): f = functools.partial(f)\nf()",
    ),
    Fault("deep-nest", "any", "x = []\nfor _ in range(1_000_000): x = [x]\nreturn repr(x)"),
    Fault("exec-other", "any", "import os; os.execv('/bin/true', ['true'])"),
    Fault(
        "signals-blocked",
        "any",
        "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))",
    ),
    Fault("killpg", "any", "import os; os.killpg(0, 9)"),
    Fault(
        "dup-over",
        "any",
        "import os\nfor n in range(3, 300):\n    try: os.dup2(0, n)\n    except OSError: pass",
    ),
]
