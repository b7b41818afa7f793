"""Why a case is due when it is, why it lies where it lies, and what has happened to it, in sentences."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from yiwang.body.desk.selectors.wording import category_path, code_name, language, listed, unit_name
from yiwang.body.desk.types import Entry
from yiwang.foundation.codes.selectors import find_code
from yiwang.foundation.codes.types import CodeKind
from yiwang.foundation.kernel.names import pick
from yiwang.foundation.kernel.viewer import ActorKind
from yiwang.hub.cases.types import CaseDetail, CaseEventRow, Verdict, event_label
from yiwang.hub.dispatch.selectors import list_rules
from yiwang.hub.workflow.types import limit_text

EVENT_TONES = {
    "opened": "info",
    "left_to_operators": "attention",
    "replied": "success",
    "closed": "success",
    "reopened": "attention",
    "imported": "muted",
    "import_updated": "muted",
}


def clock_sentences(case: CaseDetail) -> Sequence[str]:
    """The rule behind the deadline: how long, by which document and article, and what was assumed."""
    facts = case.deadline
    if not facts:
        is_given = case.row.due_at is not None
        return [_("The deadline came with the data.") if is_given else _("No deadline is known for this case.")]
    sentences = []
    if "amount" in facts:
        limit = limit_text(int(facts["amount"]), str(facts["unit"]))
        matter = code_name(CodeKind.MATTER_TYPE, facts.get("matter_type"))
        sentences.append(_("%(limit)s for the matter type “%(matter)s”.") % {"limit": limit, "matter": matter})
    if facts.get("is_default_type"):
        sentences.append(_("The matter type is not known yet, so the default type is used."))
    cited = " ".join(str(facts[part]) for part in ("document", "article") if facts.get(part))
    if cited:
        sentences.append(_("Rule: %(document)s") % {"document": cited})
    if facts.get("computed_at_import"):
        sentences.append(_("The date did not come with the imported data; it was worked out by this city's rule."))
    if facts.get("calendar_covers") is False:
        sentences.append(_("The holidays of that year are not in the calendar yet; the date may still change."))
    return sentences


def dispatch_sentences(case: CaseDetail) -> Sequence[str]:
    """Who or what decided where the case goes, and on what grounds; empty before any decision."""
    note = case.dispatch_note
    if not note:
        return []
    if note.get("by") == "person":
        reason = str(note.get("reason") or "")
        return [_("Dispatched by hand."), *([_("Reason: %(reason)s") % {"reason": reason}] if reason else [])]
    return [_recognition(note), _outcome(note, case)]


def decision_sentences(explanation: Mapping[str, Any], unit_id: UUID) -> Sequence[str]:
    """Where the rules would send a case now, and on what grounds."""
    return [_recognition(explanation), _("The rules would send it to: %(unit)s") % {"unit": unit_name(unit_id)}]


def event_entry(event: CaseEventRow, names: Mapping[UUID, str]) -> Entry:
    """One step of a case's history with who did it and why."""
    title, unit = event_label(event.kind), unit_name(event.unit_id)
    if event.kind == "assigned" and unit:
        title = _("%(event)s: %(unit)s") % {"event": title, "unit": unit}
    body = [line for line in (_detail(event), event.reason) if line]
    tone = EVENT_TONES.get(event.kind, "neutral")
    return Entry(at=event.at, title=title, actor=_actor(event, names), body="\n".join(body), tone=tone)


def _recognition(note: Mapping[str, Any]) -> str:
    words = listed(f"“{word}”" for word in note.get("words", ()))
    category = _category(note.get("category"))
    if note.get("recognition") == "given":
        return _("The category is %(category)s.") % {"category": category}
    if note.get("recognition") == "clear":
        return _("The words %(words)s point to the category %(category)s.") % {"words": words, "category": category}
    if note.get("recognition") == "ambiguous":
        rivals = "; ".join(_category(rival) for rival in note.get("rivals", ()))
        return _("The words fit several categories (%(rivals)s), so none was chosen.") % {"rivals": rivals}
    return _("No word of the text points to a category.")


def _outcome(note: Mapping[str, Any], case: CaseDetail) -> str:
    if note.get("outcome") != "decided":
        return _no_decision(note)
    rule = next((rule for rule in list_rules() if rule.key == note.get("rule")), None)
    values = {
        "rule": pick(rule.names, language()) if rule else str(note.get("rule") or ""),
        "unit": unit_name(case.row.unit_id),
    }
    return _("The rule “%(rule)s” applies: %(unit)s.") % values


def _no_decision(note: Mapping[str, Any]) -> str:
    if note.get("outcome") == "no_unit":
        return _("A rule applies, but no unit answers for this place; an operator decides.")
    return _("No rule applies; an operator decides.")


def _category(code: str | None) -> str:
    row = find_code(CodeKind.CATEGORY, code) if code else None
    return category_path(row.id) if row else code or _("not known")


def _actor(event: CaseEventRow, names: Mapping[UUID, str]) -> str:
    if event.actor_id is not None and event.actor_id in names:
        return names[event.actor_id]
    others = {
        ActorKind.RESIDENT: _("the reporter"),
        ActorKind.ANONYMOUS: _("the reporter"),
        ActorKind.API_KEY: _("a program"),
        ActorKind.USER: _("a former colleague"),
    }
    return others.get(ActorKind(event.actor_kind), _("the system"))


def _detail(event: CaseEventRow) -> str:
    if event.kind == "reclassified":
        before, after = event.detail.get("from", {}), event.detail.get("to", {})
        return _("from %(before)s to %(after)s") % {"before": _class(before), "after": _class(after)}
    if event.kind == "rated":
        return _("solved") if event.detail.get("verdict") == Verdict.SOLVED else _("not solved")
    return ""


def _class(stated: Mapping[str, Any]) -> str:
    matter = code_name(CodeKind.MATTER_TYPE, stated.get("matter_type")) or _("not known")
    return f"{_category(stated.get('category'))} / {matter}"
