"""Pack parts of this app: ``categories``, ``matter_types``, ``channels`` and ``retention``."""

from collections.abc import Callable
from typing import Any

from yiwang.foundation.codes.services import save_codes
from yiwang.foundation.codes.types import CodeKind, NewCode
from yiwang.foundation.kernel.packparts import PackContext, PackPart
from yiwang.foundation.kernel.viewer import SYSTEM

KNOWN = {"code", "names", "parent", "words", "default", "valid_from"}


def _apply(kind: CodeKind) -> Callable[[Any, PackContext], int]:
    def apply(content: list[dict[str, Any]], context: PackContext) -> int:
        codes = [
            NewCode(
                code=str(entry["code"]),
                names=entry["names"],
                parent=str(entry["parent"]) if entry.get("parent") else None,
                words={language: tuple(map(str, words)) for language, words in (entry.get("words") or {}).items()},
                attributes={key: value for key, value in entry.items() if key not in KNOWN},
                is_default=bool(entry.get("default")),
                valid_from=entry.get("valid_from"),
            )
            for entry in content
        ]
        source = {"pack": context.pack_id, "version": context.version}
        return len(save_codes(kind, context.pack_id, codes, viewer=SYSTEM, now=context.now, source=source))

    return apply


PARTS = [
    PackPart("categories", 10, _apply(CodeKind.CATEGORY)),
    PackPart("matter_types", 10, _apply(CodeKind.MATTER_TYPE)),
    PackPart("channels", 10, _apply(CodeKind.CHANNEL)),
    PackPart("retention", 10, _apply(CodeKind.RETENTION)),
]
