from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.jobs import timetable
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.privacy.services import erase_expired


@timetable("17 3 * * *", is_alone=True)
def erase(timestamp: int) -> None:
    """Every night: personal data whose period has passed."""
    erase_expired(viewer=SYSTEM, now=now())
