from yiwang.foundation.files.services import scan_waiting_files, sweep_store
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.jobs import timetable


@timetable("* * * * * */5", is_alone=True)
def scan_waiting(timestamp: int) -> None:
    """Every five seconds: files that wait for the scanner."""
    scan_waiting_files(now=now())


@timetable("41 2 * * *", is_alone=True)
def sweep(timestamp: int) -> None:
    """Every night: contents that belong to no row."""
    sweep_store(now=now())
