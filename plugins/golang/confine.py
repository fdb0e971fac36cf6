"""Keeps what a test run writes inside its temporary folder, where the kernel offers it (Linux 5.13, Landlock).

A thread that confines itself hands the confinement to every process it starts. Reading stays free; so do sockets, which
tests of servers need.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_RULE_PATH_BENEATH = 1
_PR_SET_NO_NEW_PRIVS = 38
_VERSION = 1
_WRITE_FILE = 1 << 1
_MAKE_AND_REMOVE = sum(1 << bit for bit in range(4, 13))
"""Removing and making of files, directories, links, sockets, pipes and devices."""
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_SINCE = {2: _REFER, 3: _TRUNCATE}
"""Rights that came with a later version of the interface."""
_MACHINES = {"x86_64", "aarch64", "riscv64", "ppc64le", "s390x", "loongarch64"}
"""Machines on which the system calls have these numbers."""


def confine(writable: Iterable[Path]) -> bool:
    """Let this thread and all processes it starts from now on write below *writable* only; False where it cannot."""
    if sys.platform != "linux" or os.uname().machine not in _MACHINES:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    if version < 1:
        return False
    rights = _WRITE_FILE | _MAKE_AND_REMOVE
    for since, right in _SINCE.items():
        rights |= right if version >= since else 0
    attributes = ctypes.create_string_buffer(struct.pack("=Q", rights), 8)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(8), ctypes.c_uint32(0))
    if ruleset < 0:
        return False
    try:
        return (
            all(_allow(libc, ruleset, path, rights) for path in writable)
            and libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
            and libc.syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)) == 0
        )
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> bool:
    """Allow *rights* below *path*; a path that does not exist needs none."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return True
    try:
        beneath = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor), 12)
        done = libc.syscall(
            _ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(_RULE_PATH_BENEATH), beneath, ctypes.c_uint32(0)
        )
        return bool(done == 0)
    finally:
        os.close(descriptor)
