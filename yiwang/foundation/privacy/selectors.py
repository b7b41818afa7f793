from collections.abc import Sequence

from yiwang.foundation.codes.selectors import find_code
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.retention import list_personal
from yiwang.foundation.privacy.types import RetentionRow


def list_retention() -> Sequence[RetentionRow]:
    """Every period personal data are kept for, the shortest first, with the city's days and their source.

    Days are None where the city has not set them; these come last.
    """
    fields: dict[str, list[str]] = {}
    for data in list_personal():
        fields.setdefault(data.period, []).extend(data.fields)
    rows = []
    for period, names in fields.items():
        code = find_code(CodeKind.RETENTION, period)
        attributes = code.attributes if code else {}
        source = attributes.get("source", {})
        rows.append(
            RetentionRow(
                period=period,
                names=code.names if code else {},
                days=int(attributes["days"]) if code else None,
                document=source.get("document", ""),
                article=str(source.get("article", "")),
                fields=tuple(names),
            )
        )
    return sorted(rows, key=lambda row: (row.days is None, row.days, row.period))
