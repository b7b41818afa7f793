"""A person and their matters; merging and splitting of records."""

from collections.abc import Callable
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from yiwang.body.desk.forms.person import MergeForm, SplitForm
from yiwang.body.desk.selectors.person import get_person_of_case, get_person_page
from yiwang.body.desk.types import PersonPage
from yiwang.body.desk.views.shell import page, viewer_of
from yiwang.foundation.kernel.access import staff
from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.errors import Conflict, Invalid, NotFound, NotPermitted, YiwangError
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.people import services
from yiwang.foundation.people.selectors import may_merge
from yiwang.foundation.people.types import PeoplePermission
from yiwang.hub.cases.types import CasePermission


@staff(CasePermission.VIEW)
@require_safe
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Contacts and cases of one person, as far as the viewer may know them."""
    return _person_page(request, get_person_page(person_id, viewer=viewer_of(request), now=now()))


@staff(PeoplePermission.MERGE)
@require_POST
def merge(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Brings the contacts of another record here."""
    viewer, moment = viewer_of(request), now()
    shown = _person_to_change(person_id, viewer)
    form = MergeForm(request.POST, prefix="merge")

    def carry_out() -> None:
        other = get_person_of_case(form.cleaned_data["number"], viewer=viewer, now=moment)
        services.merge_persons(other, person_id, reason=form.cleaned_data["reason"], viewer=viewer, now=moment)

    return _change(request, shown, form, "number", carry_out, _("The records were merged."))


@staff(PeoplePermission.MERGE)
@require_POST
def split(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Makes another person of some contacts."""
    viewer, moment = viewer_of(request), now()
    shown = _person_to_change(person_id, viewer)
    form = SplitForm(request.POST, contacts=_choices(shown), prefix="split")

    def carry_out() -> None:
        contacts, reason = form.cleaned_data["contacts"], form.cleaned_data["reason"]
        services.split_person(person_id, contacts, reason=reason, viewer=viewer, now=moment)

    return _change(request, shown, form, "contacts", carry_out, _("The record was split."))


@staff(PeoplePermission.MERGE)
@require_POST
def undo(request: HttpRequest, person_id: UUID, change_id: UUID) -> HttpResponse:
    """Takes a merging or splitting back."""
    viewer, moment = viewer_of(request), now()
    shown = _person_to_change(person_id, viewer)
    change = next((each for each in shown.changes if each.id == change_id), None)
    if change is None:
        raise NotFound
    try:
        services.undo_change(change_id, viewer=viewer, now=moment)
    except Conflict as error:
        return _person_page(request, shown, error=error, status=error.status)
    messages.success(request, _("It is as it was before."))
    return redirect("desk:person", person_id=change.source_id)


def _person_to_change(person_id: UUID, viewer: Viewer) -> PersonPage:
    """Refused before the form is looked at: its mistakes are nobody's business who may not do it."""
    if not may_merge(viewer=viewer):
        raise NotPermitted(permission=PeoplePermission.MERGE.value)
    return get_person_page(person_id, viewer=viewer, now=now())


def _change(
    request: HttpRequest, shown: PersonPage, form: forms.Form, field: str, carry_out: Callable[[], None], done: str
) -> HttpResponse:
    """Changes the record and shows it again; what is refused is told at its field and keeps what was typed."""
    if not form.is_valid():
        return _person_page(request, shown, form=form, status=422)
    try:
        carry_out()
    except (Invalid, NotFound) as error:
        form.add_error("reason" if "reason" in error.code else field, str(error))
        return _person_page(request, shown, form=form, status=422)
    except Conflict as error:
        return _person_page(request, shown, form=form, error=error, status=error.status)
    messages.success(request, done)
    return redirect("desk:person", person_id=shown.id)


def _choices(shown: PersonPage) -> list[tuple[UUID, str]]:
    return [(contact.id, contact.cases[0].number) for contact in shown.contacts]


def _person_page(
    request: HttpRequest,
    shown: PersonPage,
    *,
    form: forms.Form | None = None,
    error: YiwangError | None = None,
    status: int = 200,
) -> HttpResponse:
    may = may_merge(viewer=viewer_of(request))
    other = {"number": request.GET["merge"]} if "merge" in request.GET else {}
    context = {
        "person": shown,
        "merge_form": form if isinstance(form, MergeForm) else MergeForm(prefix="merge", initial=other),
        "split_form": form if isinstance(form, SplitForm) else SplitForm(contacts=_choices(shown), prefix="split"),
        "chosen": form.cleaned_data.get("contacts", ()) if isinstance(form, SplitForm) else (),
        "failed_form": form if form is not None and form.errors else None,
        "may_merge": may,
        "may_split": may and len(shown.contacts) > 1,
        "error": error,
        "now": now(),
    }
    return page(request, "desk/person.html", context, status=status)
