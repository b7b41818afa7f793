from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.codes.selectors import find_code
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.retention import list_personal
from yiwang.foundation.kernel.viewer import Viewer

AT_ONCE = 500


def erase_expired(*, viewer: Viewer, now: datetime) -> Mapping[str, int]:
    """Erases all personal data whose period has passed, in small transactions, each period's count a leaf of the trail.

    Returns the rows erased by period. Periods the city has not set are left alone (``yiwang doctor`` tells of them).
    Only the system. Raises NotPermitted.
    """
    viewer.require_system()
    erased: dict[str, int] = {}
    for data in list_personal():
        code = find_code(CodeKind.RETENTION, data.period)
        if code is None:
            continue
        before = now - timedelta(days=int(code.attributes["days"]))
        while count := data.erase(before, AT_ONCE):
            erased[data.period] = erased.get(data.period, 0) + count
    with transaction.atomic():
        for period, count in erased.items():
            detail = {"period": period, "rows": count}
            record("privacy.erased", viewer=viewer, subject_kind="period", subject_id=new_id(), now=now, detail=detail)
    return erased
