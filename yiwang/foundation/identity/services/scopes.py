from datetime import date
from typing import Any

from yiwang.foundation.codes.selectors import get_code
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.identity.types import ScopeChoice
from yiwang.foundation.orgs.errors import UnitUnknown
from yiwang.foundation.orgs.selectors import find_unit_by_code
from yiwang.foundation.places.selectors import get_area_by_code


def stored_scope(scope: ScopeChoice, *, on: date) -> dict[str, Any]:
    """The columns of a scope. Raises UnitUnknown, AreaUnknown and CodeUnknown for codes that are not there."""
    unit = find_unit_by_code(scope.unit) if scope.unit else None
    if scope.unit and unit is None:
        raise UnitUnknown(value=scope.unit)
    for matter in scope.matters or ():
        get_code(CodeKind.MATTER_TYPE, matter, on=on)
    return {
        "unit_id": unit.id if unit else None,
        "area_id": get_area_by_code(scope.area).id if scope.area else None,
        "matters": None if scope.matters is None else sorted(scope.matters),
        "secrecy": sorted(scope.secrecy),
    }
