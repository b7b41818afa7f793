from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.codes.selectors import find_code
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.retention import PersonalData, list_personal
from yiwang.foundation.kernel.viewer import Viewer

AT_ONCE = 500


def erase_expired(*, viewer: Viewer, now: datetime) -> Mapping[str, int]:
    """Erases all personal data whose period has passed, in small transactions, each with its count as a leaf.

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
        count = AT_ONCE
        while count:
            with transaction.atomic():
                count = _erase_batch(data, before, viewer, now)
            erased[data.period] = erased.get(data.period, 0) + count
    return {period: count for period, count in erased.items() if count}


def _erase_batch(data: PersonalData, before: datetime, viewer: Viewer, now: datetime) -> int:
    count = data.erase(before, AT_ONCE)
    if count:
        detail = {"period": data.period, "rows": count}
        record("privacy.erased", viewer=viewer, subject_kind="period", subject_id=new_id(), now=now, detail=detail)
    return count
