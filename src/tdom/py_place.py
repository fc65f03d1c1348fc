"""Finds where a template's literal is in its source file. Run when the first error needs it.

A template does not know where it was written. But the tuple of its literal's strings is a constant of the code that makes
the template, and of no other code. That code belongs to a component around the template, to a frame that still runs, or to
a module outside the standard library.
"""

import os
import sys
from types import CodeType, FunctionType, MethodType


def codes_of(value):
    """The code of a function or method and of what it wraps, or of all functions of a class."""
    if isinstance(value, type):
        for kind in value.__mro__:
            for name in tuple(vars(kind).values()):
                if not isinstance(name, type):
                    yield from codes_of(name)
    elif isinstance(value, property):
        yield from codes_of(value.fget)
    elif isinstance(value, (MethodType, classmethod, staticmethod)):
        yield from codes_of(value.__func__)
    elif isinstance(value, FunctionType):
        yield value.__code__
        yield from codes_of(vars(value).get("__wrapped__"))


def codes_of_component(component):
    """The code that a component runs. For a callable object, that of its class."""
    is_object = not isinstance(component, (type, FunctionType, MethodType))
    yield from codes_of(type(component) if is_object else component)


def codes_of_frames():
    """The code of all running frames, the innermost first."""
    frame = sys._getframe(1)
    while frame is not None:
        yield frame.f_code
        frame = frame.f_back


def codes_of_modules():
    """The code of all functions and classes in modules outside the standard library."""
    library = os.path.dirname(os.__file__)
    for module in tuple(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and not file.startswith(library):
            for value in tuple(vars(module).values()):
                yield from codes_of(value)


def with_inner(codes):
    """Codes, and the codes nested in them."""
    for code in codes:
        yield code
        yield from with_inner(inner for inner in code.co_consts if isinstance(inner, CodeType))


in_modules = {}
"""Maps the identity of a tuple to the code that has it as a constant. The code keeps the tuple alive."""
modules_seen = 0


def holder_in_modules(strings):
    """The code in a module that has the tuple as a constant."""
    global modules_seen
    if modules_seen != len(sys.modules):
        for code in with_inner(codes_of_modules()):
            in_modules.update((id(it), code) for it in code.co_consts if isinstance(it, tuple))
        modules_seen = len(sys.modules)
    return in_modules.get(id(strings))


def holder_of(strings, components):
    """The code that has the tuple as a constant."""
    for codes in (*map(codes_of_component, components), codes_of_frames()):
        for code in with_inner(codes):
            if any(constant is strings for constant in code.co_consts):
                return code
    return holder_in_modules(strings)


def line_of(strings, code):
    """The line on which the constant is used."""
    from dis import get_instructions

    for instruction in get_instructions(code):
        if instruction.argval is strings and instruction.positions:
            return instruction.positions.lineno
    return code.co_firstlineno


def find_literal(strings, components):
    """The file and the line of the literal with these strings; None if the template was made at run time."""
    code = holder_of(strings, components)
    return (code.co_filename, line_of(strings, code)) if code else None
