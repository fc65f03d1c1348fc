/** What a module is and where it comes from, for people who look for a fault. Attached. */
#ifndef STY_PYTHON_DESCRIBE_H
#define STY_PYTHON_DESCRIBE_H

/**
 * Import a module and say which it is: "0.1.20, /venv/lib/python3.14/site-packages/tdom/__init__.py", or
 * "native, of storytime 0.1.0".
 * When it can't be imported, the exception as text. New; NULL: no memory.
 */
char *sty_python_describe_module(const char *name);

/** The same without a place on this machine: "0.1.20", "native, of storytime 0.1.0". New; NULL: no memory. */
char *sty_python_module_version(const char *name);

#endif
