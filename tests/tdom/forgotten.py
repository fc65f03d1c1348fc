"""Fill the module's caches, drop all references to it, and print whether it is gone."""

import gc
import sys
import weakref

import tdom


def Part(*, label: str) -> object:
    return t"<b class={label}>{label}</b>"


tdom.html(t"<{Part} label='x' />")
tdom.Markup("x")
module = weakref.ref(tdom)
del sys.modules["tdom"], tdom
gc.collect()
print("gone" if module() is None else "kept")
