/** Describes which module an import gives and where it comes from, for `storytime doctor` and logs. Attached. */
#ifndef STY_PYTHON_DESCRIBE_H
#define STY_PYTHON_DESCRIBE_H

/**
 * Import a module and describe it: "0.1.20, /venv/lib/python3.14/site-packages/tdom/__init__.py", or "native, of
 * storytime 0.2.0". If it can't be imported, the exception as text. New; NULL: no memory.
 */
char *sty_python_describe_module(const char *name);

/** The same without a path: "0.1.20", or "native, of storytime 0.2.0". New; NULL: no memory. */
char *sty_python_module_version(const char *name);

#endif
