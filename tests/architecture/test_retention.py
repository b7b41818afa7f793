"""No field that can hold what people wrote, or that names them, is kept for ever: each has a period and an eraser."""

from collections.abc import Iterable, Iterator

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.house import refuse
from yiwang.foundation.codes.selectors import find_code
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.retention import list_personal

# Shorter texts are codes and states of our own.
LONG = 100
SUSPECT = (models.TextField, models.JSONField, models.BinaryField, models.EmailField)
# Whole tables of the city's own data, and single fields, that say nothing about a person.
NOT_PERSONAL = {
    "audit.AuditTile": "hashes",
    "audit.AuditCheckpoint": "hashes and signatures",
    "audit.AuditLeaf.commitment": "without the nonce it leads nowhere",
    "codes.Code": "the city's lists",
    "calendars.Calendar": "working days",
    "calendars.CalendarDay": "working days",
    "places.Area": "public places",
    "orgs.Unit": "units, and their public mailboxes",
    "identity.Role": "roles",
    "identity.ApiKey": "programs; the digest opens nothing",
    "packs.InstalledPack": "the city's own pack",
    "files.StoredFile.content_type": "the format",
    "files.StoredFile.scan_note": "what the scanner calls a virus",
    "files.SealedOriginal.content_type": "the format",
    "messaging.Message.key": "the event and its number",
    "intake.Report.external_id": "another system's number",
    "intake.Report.idempotency_key": "a program's number",
    "cases.Case.external_id": "another system's number",
    "cases.Case.deadline": "the rule of the clock",
    "cases.Case.dispatch_note": "the rule that decided",
    "cases.CaseEvent.detail": "codes, units and times",
    "publication.PublicPhoto.boxes": "places in a picture",
    "dispatch.DispatchRule": "the city's rules",
    "workflow.ClockLimit": "the city's limits",
}


def suspects() -> Iterator[str]:
    """Fields of our tables that could hold words or pictures, as ``app.Model.field``."""
    for model in apps.get_models():
        if model.__module__.startswith("yiwang."):
            for field in model._meta.local_fields:
                is_long = isinstance(field, models.CharField) and (field.max_length or LONG) >= LONG
                if isinstance(field, SUSPECT) or is_long:
                    yield f"{model._meta.label}.{field.name}"


def complaints(fields: Iterable[str], kept: Iterable[str]) -> Iterator[str]:
    """Fields nobody has thought about."""
    known = set(kept)
    for name in fields:
        if name not in known and name not in NOT_PERSONAL and name.rpartition(".")[0] not in NOT_PERSONAL:
            yield (
                f"{name} can hold what people wrote: register it with a period and an eraser (kernel/retention.py), or "
                "say in tests/architecture/test_retention.py why it says nothing about anybody."
            )


def registered() -> set[str]:
    """All fields that have a period."""
    return {name for data in list_personal() for name in data.fields}


def test_every_personal_field_has_a_period():
    refuse(complaints(suspects(), registered()))


def test_what_is_registered_is_there_once():
    names = [name for data in list_personal() for name in data.fields]
    assert len(names) == len(set(names))
    for name in names:
        label, _, field = name.rpartition(".")
        apps.get_model(label)._meta.get_field(field)


@pytest.mark.django_db
def test_the_starter_city_sets_every_period_with_its_source(city):
    for data in list_personal():
        code = find_code(CodeKind.RETENTION, data.period)
        assert code is not None, data.period
        assert code.attributes["days"] > 0
        # A comma in an unquoted text would end it and begin another key.
        assert set(code.attributes["source"]) == {"document", "article"} and all(code.attributes["source"].values())


def test_a_forgotten_field_is_told():
    assert list(complaints(["cases.Case.diary"], registered()))
    assert not list(complaints(["cases.Case.text", "places.Area.names"], registered()))
