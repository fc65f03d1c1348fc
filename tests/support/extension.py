"""A module in C."""

import subprocess
import sysconfig
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

EXTENSION = """
#include <Python.h>

static PyObject *text(PyObject *self, PyObject *ignored) {
    return PyUnicode_FromString(TEXT);
}

static PyMethodDef methods[] = {{"text", text, METH_NOARGS, NULL}, {0}};
static PyModuleDef_Slot slots[] = {{Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}, {0}};
static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, .m_name = "native", .m_methods = methods, .m_slots = slots};

PyMODINIT_FUNC PyInit_native(void) {
    return PyModuleDef_Init(&definition);
}
"""


@cache
def compiled(text: str) -> bytes:
    """The module whose `text()` returns a text."""
    include = sysconfig.get_path("include")
    with TemporaryDirectory() as directory:
        source, binary = Path(directory, "native.c"), Path(directory, "native.so")
        source.write_text(EXTENSION)
        define = f'-DTEXT="{text}"'
        subprocess.run(
            ["cc", "-shared", "-fPIC", define, f"-I{include}", "-o", binary, source], check=True
        )
        return binary.read_bytes()


def compile_extension(directory: Path, text: str) -> Path:
    """Make an extension module in a directory, as installers do: a new file, renamed into place. `text()` returns the text."""
    binary = directory / "native.tmp"
    binary.write_bytes(compiled(text))
    return binary.rename(directory / f"native{sysconfig.get_config_var('EXT_SUFFIX')}")
