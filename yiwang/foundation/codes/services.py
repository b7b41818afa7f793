from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from yiwang.foundation.audit.services import record
from yiwang.foundation.codes.errors import CodeUnknown
from yiwang.foundation.codes.models import Code
from yiwang.foundation.codes.types import CodeKind, NewCode
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.packparts import Saved
from yiwang.foundation.kernel.snapshots import touch
from yiwang.foundation.kernel.viewer import Viewer


@transaction.atomic
def save_codes(
    kind: CodeKind,
    system: str,
    codes: Sequence[NewCode],
    *,
    viewer: Viewer,
    now: datetime,
    source: Mapping[str, Any],
) -> Saved:
    """Stores entries of one list of one system, parents before children; existing ones are brought up to date.

    The answer has the id of every entry of the list. Entries it no longer names stay: history refers to them.
    ``source`` says what changed an entry last.
    """
    ids = dict(Code.objects.filter(kind=kind, system=system).values_list("code", "id"))
    changed = 0
    for position, new in enumerate(codes):
        if new.parent is not None and new.parent not in ids:
            raise CodeUnknown(kind=kind.value, value=new.parent)
        values = {
            "parent_id": ids[new.parent] if new.parent else None,
            "names": dict(new.names),
            "words": {language: list(words) for language, words in new.words.items()},
            "attributes": dict(new.attributes),
            "is_default": new.is_default,
            "valid_from": new.valid_from,
            "position": position,
        }
        if new.code in ids:
            changed += Code.objects.filter(id=ids[new.code]).exclude(**values).update(**values, source=dict(source))
        else:
            row = Code.objects.create(kind=kind, system=system, code=new.code, source=dict(source), **values)
            ids[new.code] = row.id
            changed += 1
    if changed:
        touch("codes")
        record(
            "codes.saved",
            viewer=viewer,
            subject_kind="codes",
            subject_id=new_id(),
            now=now,
            detail={"kind": kind.value, "system": system, "changed": changed, "source": dict(source)},
        )
    return Saved(ids, changed)
