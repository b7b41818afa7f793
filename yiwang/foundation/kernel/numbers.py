"""Human numbers: prefix, date, serial and a check digit, easy to read out over the telephone.

The check digit is ISO/IEC 7064 MOD 11,10: it finds every single wrong digit and nearly every swap of neighbours.
"""

import threading
from datetime import date

from django.db import connection
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

BLOCK_SIZE = 50


class NumberBlock:
    """Serial numbers from a PostgreSQL sequence created with ``INCREMENT BY 50``, fetched a block at a time.

    A process takes a block with one query and hands it out without further ones; numbers of a stopped process stay
    unused. Unique, roughly rising, not gapless.
    """

    def __init__(self, sequence: str) -> None:
        self._sequence = sequence
        self._lock = threading.Lock()
        self._next = 0
        self._end = 0

    def take(self) -> int:
        """The next serial number."""
        return self.take_many(1)[0]

    def take_many(self, count: int) -> list[int]:
        """``count`` serial numbers; missing blocks are fetched in one query."""
        with self._lock:
            taken = list(range(self._next, min(self._end, self._next + count)))
            self._next += len(taken)
            missing = count - len(taken)
            if missing:
                for first in self._fetch(-(-missing // BLOCK_SIZE)):
                    part = min(BLOCK_SIZE, missing)
                    taken.extend(range(first, first + part))
                    missing -= part
                    self._next, self._end = first + part, first + BLOCK_SIZE
            return taken

    def _fetch(self, blocks: int) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval(%s) FROM generate_series(1, %s)", [self._sequence, blocks])
            return [row[0] for row in cursor.fetchall()]


def format_number(prefix: str, day: date, serial: int) -> str:
    """``C261123-0000127``: prefix, date as yymmdd, at least six digits of serial, one check digit over all digits."""
    digits = f"{day:%y%m%d}{serial:06d}"
    return f"{prefix}{digits[:6]}-{digits[6:]}{mod_11_10.calc_check_digit(digits)}"


def is_number(text: str) -> bool:
    """Whether ``text`` has the form and the check digit of a human number (any prefix of letters)."""
    compact = text.strip().upper().replace("-", "").replace(" ", "")
    digits = compact.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    if len(digits) < 13 or not digits.isdigit():
        return False
    try:
        mod_11_10.validate(digits)
    except ValidationError:
        return False
    return True


def normalise_number(text: str) -> str:
    """The stored form of a number typed by a person: capitals, no spaces, the hyphen in its place."""
    compact = text.strip().upper().replace("-", "").replace(" ", "")
    letters = len(compact) - len(compact.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
    return f"{compact[: letters + 6]}-{compact[letters + 6 :]}" if len(compact) > letters + 6 else compact
