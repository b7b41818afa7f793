"""Searching by words gives the same pages whether few or many cases have them."""

import pytest

from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM
from yiwang.hub.cases import selectors
from yiwang.hub.cases.services import open_case
from yiwang.hub.cases.types import CaseFilter
from yiwang.network.intake.services import receive_report
from yiwang.network.intake.types import NewReport


@pytest.mark.parametrize("few", [2, 1000])
def test_pages_of_a_search_hold_every_match_once_newest_first(city, monkeypatch, few):
    for text in ("路灯不亮", "井盖松动", "路灯坏了", "路灯闪烁", "垃圾成堆", "路灯倒了"):
        open_case(receive_report(NewReport(text=text), viewer=ANONYMOUS, now=now()).report_id, now=now())
    monkeypatch.setattr(selectors, "COUNT_LIMIT", few)
    titles, cursor = [], None
    while True:
        page = selectors.list_cases(CaseFilter(text="路灯"), viewer=SYSTEM, now=now(), size=3, cursor=cursor)
        titles += [row.title for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert titles == ["路灯倒了", "路灯闪烁", "路灯坏了", "路灯不亮"]
