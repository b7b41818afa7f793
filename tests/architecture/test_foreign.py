"""Accepting a viewer proves nothing: every selector is run as somebody who may do everything, but somewhere else.

There are two districts and two units; a matter lies in the first. Its own staff must find it by each selector, so that
finding nothing as a foreigner means something.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db.models import QuerySet

from tests import samples
from tests.architecture.house import modules
from yiwang.body.desk.selectors import accounts as account_pages
from yiwang.body.desk.selectors import casepage, choices, person, queue
from yiwang.foundation.audit import selectors as audit
from yiwang.foundation.audit.types import LeafFilter
from yiwang.foundation.files import selectors as files
from yiwang.foundation.files.types import FileRow, NewFile
from yiwang.foundation.identity import selectors as identity
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import Forbidden, NotFound, YiwangError
from yiwang.foundation.kernel.permissions import all_permissions
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM, ActorKind, Grant, Place, Scope, Viewer
from yiwang.foundation.operations import selectors as operations
from yiwang.foundation.orgs.selectors import list_units
from yiwang.foundation.people import selectors as people
from yiwang.foundation.people.services import gather_contacts
from yiwang.foundation.people.types import ContactDetails
from yiwang.foundation.places.selectors import list_districts, subtree_ids
from yiwang.hub.cases import selectors as cases
from yiwang.hub.cases.services import assign_case, open_case
from yiwang.hub.cases.types import Basis, CaseDetail, CaseFilter
from yiwang.hub.publication import selectors as publication
from yiwang.network.intake import selectors as intake
from yiwang.network.intake.services import receive_report
from yiwang.network.intake.types import NewReport
from yiwang.network.messaging import selectors as messaging

pytestmark = pytest.mark.django_db
TEXT = "只有本区知道的路灯"
PHONE, NAME = "13912345678", "欧阳晚晴"


@dataclass(frozen=True)
class World:
    """A matter of the first district, its own staff, and those of the second."""

    case: CaseDetail
    receipt: str
    own: Viewer
    foreign: Viewer

    @property
    def place(self) -> Place:
        return self.case.place

    @property
    def photo(self) -> FileRow:
        assert self.case.report_id
        return files.list_files("report", self.case.report_id)[0]

    @property
    def contact_id(self) -> UUID:
        assert self.case.contact_id
        return self.case.contact_id

    @property
    def person_id(self) -> UUID:
        person_id = people.find_person_id(self.contact_id, viewer=SYSTEM)
        assert person_id
        return person_id

    @property
    def marks(self) -> tuple[str, ...]:
        """What nobody elsewhere may read, masked or in clear."""
        row = self.case.row
        return (
            str(row.id),
            str(self.case.report_id),
            row.number,
            self.receipt,
            TEXT,
            str(self.contact_id),
            PHONE,
            "139****5678",
            NAME[0] + "**",
        )


@pytest.fixture
def world(city: Any) -> World:
    cache.clear()
    today = now().date()
    units = [unit.id for unit in list_units(on=today) if unit.code in ("urban-management", "transport")]
    districts = list_districts(on=today)[:2]
    scopes = [Scope(frozenset({unit}), subtree_ids(area.id)) for unit, area in zip(units, districts, strict=True)]
    own, foreign = (Viewer(ActorKind.USER, grants=(Grant(frozenset(all_permissions()), scope),)) for scope in scopes)
    contact = ContactDetails(NAME, PHONE)
    receipt = receive_report(
        NewReport(TEXT, area=districts[0].code, contact=contact, photos=(NewFile("灯.jpg", samples.photo()),)),
        viewer=ANONYMOUS,
        now=now(),
    )
    case_id = open_case(receipt.report_id, now=now())
    assign_case(case_id, units[0], basis=Basis("person"), viewer=SYSTEM, now=now())
    gather_contacts(10, now=now())
    return World(cases.get_case(case_id, viewer=SYSTEM, now=now()), receipt.receipt, own, foreign)


ANY = CaseFilter()
Reading = Callable[[World, Viewer], Any]
SCOPED: dict[str, Reading] = {
    "hub.cases.get_case": lambda w, v: cases.get_case(w.case.row.id, viewer=v, now=now()),
    "hub.cases.find_case_id_by_number": lambda w, v: cases.find_case_id_by_number(w.receipt, viewer=v),
    "hub.cases.list_cases": lambda w, v: cases.list_cases(ANY, viewer=v, now=now()),
    "hub.cases.count_cases": lambda w, v: cases.count_cases(CaseFilter(text="路灯"), viewer=v, now=now()),
    "hub.cases.list_case_messages": lambda w, v: len(cases.list_case_messages(w.case.row.id, viewer=v)),
    "hub.cases.list_decisions": lambda w, v: cases.list_decisions([w.receipt], viewer=v),
    "hub.cases.iterate_cases": lambda w, v: cases.iterate_cases(ANY, viewer=v, now=now()),
    "hub.cases.visible_cases": lambda w, v: cases.visible_cases(v),
    "hub.cases.cases_in_scope": lambda w, v: cases.cases_in_scope(v, cases.CasePermission.REPLY),
    "foundation.people.get_contact": lambda w, v: people.get_contact(
        w.contact_id, at=w.place, viewer=v, now=now(), reason="回访"
    ),
    "foundation.people.get_masked_contact": lambda w, v: people.get_masked_contact(w.contact_id, at=w.place, viewer=v),
    "foundation.files.open_original": lambda w, v: files.open_original(
        w.photo.id,
        subject_kind="report",
        subject_id=w.photo.subject_id,
        at=w.place,
        viewer=v,
        reason="核对",
        now=now(),
    ),
    "hub.cases.list_cases_of_contacts": lambda w, v: cases.list_cases_of_contacts([w.contact_id], viewer=v, now=now()),
    "body.desk.get_person_page": lambda w, v: person.get_person_page(w.person_id, viewer=v, now=now()),
    "body.desk.get_person_of_case": lambda w, v: (
        person.get_person_of_case(w.case.row.number, viewer=v, now=now()) and w.receipt
    ),
    "hub.publication.get_draft": lambda w, v: publication.get_draft(w.case.row.number, viewer=v, now=now()),
    "body.desk.get_case_by_number": lambda w, v: casepage.get_case_by_number(w.case.row.number, viewer=v, now=now()),
    "body.desk.get_case_page": lambda w, v: casepage.get_case_page(
        casepage.get_case_by_number(w.case.row.number, viewer=v, now=now()), viewer=v, now=now()
    ),
    "body.desk.list_counted_tiles": lambda w, v: sum(
        int(tile.count) for tile in queue.list_counted_tiles(ANY, viewer=v, now=now())
    ),
    "body.desk.count_newer": lambda w, v: queue.count_newer(ANY, now() - timedelta(days=1), viewer=v, now=now()),
    "body.desk.list_inbox": lambda w, v: queue.list_inbox(viewer=v, now=now()),
    "body.desk.count_to_sign": lambda w, v: queue.count_to_sign(viewer=v, now=now()),
}


def readings_of(world: "World", viewer: Viewer) -> object:
    """Who has read the contact, after the program has read it once."""
    people.get_contacts({world.contact_id: "x"}, viewer=SYSTEM, now=now())
    return people.list_readings(world.contact_id, viewer=viewer)


# Read by the program in the course of its own work, and by nobody else.
FOR_THE_SYSTEM: dict[str, Reading] = {
    "foundation.people.get_contacts": lambda w, v: people.get_contacts({w.contact_id: "x"}, viewer=v, now=now()),
    "foundation.people.list_contact_ids_by_phone": lambda w, v: people.list_contact_ids_by_phone(PHONE, viewer=v),
    "foundation.people.list_readings": readings_of,
    "foundation.people.find_person_id": lambda w, v: people.find_person_id(w.contact_id, viewer=v) and w.receipt,
    "foundation.people.list_contact_ids_of_person": lambda w, v: people.list_contact_ids_of_person(
        w.person_id, viewer=v
    ),
    "foundation.people.list_similar_persons": lambda w, v: (
        people.list_similar_persons(w.person_id, viewer=v) or w.receipt
    ),
    "foundation.people.list_person_changes": lambda w, v: (
        people.list_person_changes(w.person_id, viewer=v) or w.receipt
    ),
    "foundation.audit.list_leaves_of": lambda w, v: audit.list_leaves_of([w.case.row.id], viewer=v),
    "network.intake.get_report": lambda w, v: intake.get_report(w.case.report_id, viewer=v),
    "network.intake.list_reports_by_contacts": lambda w, v: intake.list_reports_by_contacts([w.contact_id], viewer=v),
    "network.messaging.list_messages": lambda w, v: messaging.list_messages([], viewer=v) or w.receipt,
}
# Work on the whole city by its nature: the permission is all that counts, and nobody holds it by accident.
OF_THE_CITY: dict[str, Reading] = {
    "foundation.audit.list_leaves": lambda w, v: audit.list_leaves(w.case.row.id, viewer=v),
    "foundation.audit.search_leaves": lambda w, v: audit.search_leaves(LeafFilter(), viewer=v, now=now()),
    "foundation.audit.export_leaves": lambda w, v: audit.export_leaves(LeafFilter(), viewer=v, now=now()),
    "foundation.audit.verify_trail": lambda w, v: audit.verify_trail(whole=True, viewer=v),
    "foundation.audit.prove": lambda w, v: audit.prove([w.case.row.id], viewer=v, now=now()),
    "foundation.audit.count_leaves": lambda w, v: audit.count_leaves("cases.opened", viewer=v),
    "foundation.identity.list_api_keys": lambda w, v: identity.list_api_keys(viewer=v),
    "foundation.identity.list_roles": lambda w, v: identity.list_roles(viewer=v),
    "foundation.identity.list_accounts": lambda w, v: identity.list_accounts(viewer=v),
    "foundation.identity.get_account": lambda w, v: identity.get_account(w.case.row.id, viewer=v),
    "foundation.identity.list_units_left_empty": lambda w, v: identity.list_units_left_empty(w.case.row.id, viewer=v),
    "foundation.operations.list_dead_letters": lambda w, v: operations.list_dead_letters(viewer=v),
    "network.messaging.list_failed_messages": lambda w, v: messaging.list_failed_messages(viewer=v),
    "hub.cases.list_sources": lambda w, v: cases.list_sources(viewer=v),
    "body.desk.source_choices": lambda w, v: choices.source_choices(viewer=v),
    "body.desk.role_choices": lambda w, v: account_pages.role_choices(viewer=v),
    "body.desk.list_key_lines": lambda w, v: account_pages.list_key_lines(viewer=v, now=now()),
}
NOT_READINGS = {
    "hub.cases.get_tracking": "its caller has the report by the reporter's own secret",
    "foundation.people.may_merge": "says of the viewer what they may do",
    "body.desk.own_units_only": "narrows a viewer, reads nothing",
    "body.desk.unit_choices": "names of units, narrowed to those the viewer works for",
}


def said(answer: Any) -> str:
    """All an answer says; a count says how many, and nothing when there are none."""
    if isinstance(answer, int):
        return f"count {answer}" if answer else ""
    if isinstance(answer, QuerySet):
        return repr(list(answer.values()))
    return repr(list(answer) if isinstance(answer, Iterator) else answer)


def is_told(world: World, read: Reading, viewer: Viewer) -> bool:
    """Whether the matter of the first district shows in what a viewer reads."""
    try:
        words = said(read(world, viewer))
    except (Forbidden, NotFound):
        return False
    return words.startswith("count ") or any(mark in words for mark in world.marks)


def selectors_with_viewer() -> Iterator[str]:
    """`hub.cases.get_case` and all others that take a viewer, in whichever module of the selectors."""
    for module in modules():
        if module.app and module.kind == "selectors":
            for function in module.public_functions():
                if any(arg.arg == "viewer" for arg in (*function.args.args, *function.args.kwonlyargs)):
                    yield f"{module.app.floor}.{module.app.name}.{function.name}"


def test_every_selector_with_a_viewer_is_run_here():
    known = {*SCOPED, *FOR_THE_SYSTEM, *OF_THE_CITY, *NOT_READINGS}
    assert set(selectors_with_viewer()) == known


@pytest.mark.parametrize("name", SCOPED)
def test_a_foreign_viewer_learns_nothing(world, name):
    assert not is_told(world, SCOPED[name], world.foreign)
    assert is_told(world, SCOPED[name], world.own), "own staff must find it, or finding nothing proves nothing"


@pytest.mark.parametrize("name", FOR_THE_SYSTEM)
def test_what_the_system_reads_nobody_else_reads(world, name):
    assert is_told(world, FOR_THE_SYSTEM[name], SYSTEM)
    for viewer in (world.own, world.foreign, ANONYMOUS):
        with pytest.raises(YiwangError):
            FOR_THE_SYSTEM[name](world, viewer)


@pytest.mark.parametrize("name", OF_THE_CITY)
def test_what_is_of_the_whole_city_needs_its_permission(world, name):
    nobody = Viewer(ActorKind.USER, grants=(Grant(frozenset(), Scope()),))
    with pytest.raises(Forbidden):
        OF_THE_CITY[name](world, nobody)
