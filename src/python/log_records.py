"""Python's warnings and log records as lines of our log: run in each interpreter before any code of the user's.

logging takes long to import, and few catalogs need it: what is ours is added when somebody imports it.
"""

import os
import sys
import warnings

show_elsewhere = warnings.showwarning


class Loader:
    """Loads logging as its own loader does, adds the handler, and leaves no trace."""

    def __init__(self, loader, finder):
        self.loader = loader
        self.finder = finder

    def __getattr__(self, name):
        return getattr(self.loader, name)

    def create_module(self, spec):
        return self.loader.create_module(spec)

    def exec_module(self, module):
        module.__spec__.loader = module.__loader__ = self.loader
        self.loader.exec_module(module)
        if self.finder in sys.meta_path:
            sys.meta_path.remove(self.finder)
        self.finder.add_handler(module)


class Finder:
    """Finds logging where all others find it."""

    def __init__(self, log, level):
        self.log = log
        self.level = level

    def add_handler(self, logging):
        """Send what the root logger gets to our log."""
        log = self.log

        class Handler(logging.Handler):
            def emit(self, record):
                try:
                    log(record.levelno, plain(record.name), plain(self.format(record)))
                except RecursionError:
                    raise
                except Exception:  # noqa: BLE001 - as in all handlers of logging
                    self.handleError(record)

        logging.root.addHandler(Handler())
        logging.root.setLevel(self.level)

    def find_spec(self, name, path=None, target=None):
        if name != "logging":
            return None
        others = [finder for finder in sys.meta_path if finder is not self]
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if spec is not None and spec.loader is not None:
            spec.loader = Loader(spec.loader, self)
        return spec


def plain(text):
    """A text without the characters that our log cannot write."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def show_warning(message, category, filename, lineno, file=None, line=None):
    """As logging.captureWarnings() has it, without that."""
    try:
        import logging
    except ImportError:  # Python is shutting down
        show_elsewhere(message, category, filename, lineno, file, line)
        return
    if file is not None:
        show_elsewhere(message, category, filename, lineno, file, line)
    else:
        text = warnings.formatwarning(message, category, filename, lineno, line)
        logging.getLogger("py.warnings").warning("%s", text)


def hides_module(directory, name):
    """Whether something in a directory, once that is in sys.path, is imported in place of a module of Python's."""
    path = os.path.join(directory, name)
    return name.partition(".")[0] in sys.stdlib_module_names and (
        not os.path.isdir(path) or os.path.exists(os.path.join(path, "__init__.py"))
    )


def names_in(directory):
    """What lies in a directory, if it can be read."""
    try:
        return os.listdir(directory)
    except OSError:
        return []


def set_up(log, level, directories):
    """Begin. log(levelno, name, message) writes a line; the directories are those that will come first in sys.path."""
    sys.meta_path.insert(0, Finder(log, level))
    warnings.showwarning = show_warning
    # logging needs much of Python's library, and must get that, whenever it is imported.
    if any(
        hides_module(directory, name) for directory in directories for name in names_in(directory)
    ):
        import logging  # noqa: F401
