# SPDX-License-Identifier: GPL-2.0
"""Modules with KDFs: those of samples/, and modules/prose_test_kdf."""

import os
import time

from .ns import run
from .tap import Failed

MODULES = {"prose_operator_kdf": "PROSE_OPERATOR_KDF", "prose_wrong_kdf": "PROSE_WRONG_KDF",
           "prose_test_kdf": "PROSE_TEST_KDF"}


def insert(module, check=True):
    """Load a module of samples/ or modules/."""
    ko = os.environ.get(MODULES[module])
    return run(*(["insmod", ko] if ko else ["modprobe", module]), check=check)


def loaded(module):
    return os.path.isdir(f"/sys/module/{module}")


def remove(module):
    for _ in range(100):
        if not loaded(module) or not run("rmmod", module, check=False).returncode:
            return
        time.sleep(0.1)
    raise Failed(f"{module} cannot be removed")


def param(name, value=None):
    """Of prose_test_kdf"""
    with open(f"/sys/module/prose_test_kdf/parameters/{name}", "r" if value is None else "w",
              encoding="ascii") as f:
        if value is None:
            return int(f.read())
        f.write(str(value))
    return None


def test_kdf(t):
    insert("prose_test_kdf")
    t.defer(remove, "prose_test_kdf")
    t.defer(param, "hold", 0)


def held(t, n):
    t.wait_eq(lambda: param("held"), n, "derivations that wait")
