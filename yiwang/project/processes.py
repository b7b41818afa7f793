"""Processes that belong together: one per home, and children that do not outlive their parent."""

import ctypes
import fcntl
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from yiwang.foundation.kernel.errors import CannotStart

PR_SET_PDEATHSIG = 1
PR_SET_NAME = 15


def die_with_parent(signal_number: int = signal.SIGKILL) -> Callable[[], None]:
    """A function to be called first thing in a new child: the kernel then sends the signal when the parent dies.

    Linux only; elsewhere it does nothing, and the next start ends what was left. The signal is asked for in the child
    after it changed its account, because that change forgets it.
    """
    if sys.platform != "linux":
        return lambda: None
    libc = ctypes.CDLL(None, use_errno=True)
    parent = os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal_number)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return ask


def settle_memory() -> None:
    """What is loaded stays for good: tells the collector of garbage to look no more at it, and less often at the rest.

    Call it once a process, when all code is loaded. A page of the queue costs 7 % less so (docs/performance.md).
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 50, 50)


def name_process(name: str) -> None:
    """Gives the calling process the name that ``ps`` and ``top`` show (15 bytes). Linux only; else nothing."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_NAME, name.encode())


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Holds ``run/supervisor.lock`` of a home. Raises CannotStart, naming the holder, when another process has it.

    A POSIX record lock: unlike flock's it is not inherited by forked children, so it is free the moment we die.
    """
    path = home / "run" / "supervisor.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(descriptor, 100, 0).decode().strip() or "unknown"
            raise CannotStart(
                reason=f"Another Yiwang ({holder}) is already using {home}.",
                hint="Stop it with Ctrl-C where it runs, or set YIWANG_HOME to another folder.",
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()}".encode(), 0)
        yield
    finally:
        os.close(descriptor)
