"""The words people read about cases: states, moves, events, stages for residents, and message texts."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from yiwang.network.messaging.types import Template, register_template

STATES: dict[str, Promise] = {
    "registered": pgettext_lazy("state", "Registered"),
    "dispatched": pgettext_lazy("state", "Dispatched"),
    "signed": pgettext_lazy("state", "Signed"),
    "handling": pgettext_lazy("state", "In progress"),
    "replied": pgettext_lazy("state", "Replied"),
    "closed": pgettext_lazy("state", "Closed"),
    "reopened": pgettext_lazy("state", "Reopened"),
    "unknown": pgettext_lazy("state", "Not known"),
    "system": _("the system"),
}

MOVES: dict[str, Promise] = {
    "assign": _("Dispatch"),
    "sign": _("Sign"),
    "start": _("Start work"),
    "reply": _("Reply"),
    "close": _("Close"),
    "reopen": _("Reopen"),
    "reclassify": _("Reclassify"),
    "set_secrecy": _("Change secrecy"),
}

SECRECY: dict[str, Promise] = {
    "none": pgettext_lazy("secrecy", "Open to those who work on it"),
    "hide_identity": pgettext_lazy("secrecy", "Reporter not shown to units"),
    "confidential": pgettext_lazy("secrecy", "Confidential: cleared people only"),
}

EVENTS: dict[str, Promise] = {
    "opened": _("case opened"),
    "assigned": _("dispatched to a unit"),
    "left_to_operators": _("left to the operators"),
    "signed": _("signed by the unit"),
    "handling_started": _("work started"),
    "replied": _("reply written"),
    "closed": _("case closed"),
    "reopened": _("case reopened"),
    "reclassified": _("reclassified"),
    "secrecy_changed": _("secrecy changed"),
    "rated": _("rated by the reporter"),
    "imported": _("imported"),
    "import_updated": _("updated by import"),
}

# What a resident reads: the stage of the report and the lines of the timeline.
STAGES: dict[str, Promise] = {
    "received": pgettext_lazy("stage", "Received"),
    "accepted": pgettext_lazy("stage", "Accepted, being assigned"),
    "assigned": pgettext_lazy("stage", "With the responsible unit"),
    "in_progress": pgettext_lazy("stage", "Being handled"),
    "answered": pgettext_lazy("stage", "Answered"),
    "closed": pgettext_lazy("stage", "Finished"),
    "reopened": pgettext_lazy("stage", "Taken up again"),
}

TIMELINE: dict[str, Promise] = {
    "received": _("We received your report."),
    "opened": _("Your report was accepted and registered."),
    "assigned": _("It was passed to the responsible unit."),
    "signed": _("The unit confirmed that it is theirs."),
    "handling_started": _("The unit began to work on it."),
    "replied": _("The unit answered."),
    "closed": _("The matter was finished."),
    "reopened": _("The matter was taken up again."),
    "reclassified": _("The kind of matter was changed; the promised date was worked out again."),
    "rated": _("You told us whether it is solved."),
}

STAGE_OF_STATE = {
    "registered": "accepted",
    "dispatched": "assigned",
    "signed": "assigned",
    "handling": "in_progress",
    "replied": "answered",
    "closed": "closed",
    "reopened": "reopened",
}


def stage_of(state: str) -> str:
    """The stage a state is for residents; imported history of which nothing is known has at least been received."""
    return STAGE_OF_STATE.get(state, "received")


_FOOTER = _("Your receipt number is %(receipt)s. Follow it here: %(track_url)s")

register_template(
    Template(
        "case_opened",
        _("We have accepted your report %(receipt)s"),
        _("Your report was accepted under number %(number)s. You will have an answer by %(due)s."),
        _FOOTER,
    )
)
register_template(
    Template(
        "case_replied",
        _("There is an answer to your report %(receipt)s"),
        _("The responsible unit has answered your report %(number)s. Please tell us whether it is solved."),
        _FOOTER,
    )
)
register_template(
    Template(
        "case_reclassified",
        _("The promised date of your report %(receipt)s has changed"),
        _("The kind of matter of your report %(number)s was corrected: %(reason)s You will have an answer by %(due)s."),
        _FOOTER,
    )
)
register_template(
    Template(
        "case_reopened",
        _("Your report %(receipt)s was taken up again"),
        _("Your report %(number)s is being handled again. You will have an answer by %(due)s."),
        _FOOTER,
    )
)
register_template(
    Template(
        "case_assigned",
        _("New case %(number)s for your unit"),
        _("Case %(number)s “%(title)s” was dispatched to your unit and is due on %(due)s. Please sign for it."),
        "%(desk_url)s",
    )
)


def stage_label(stage: str) -> str:
    """How far a report is, for its reporter."""
    return str(STAGES[stage])


def step_label(kind: str) -> str:
    """A line of the reporter's timeline."""
    return str(TIMELINE[kind])


def state_label(state: str) -> str:
    """The state in the reader's language."""
    return str(STATES[state])


def move_label(move: str) -> str:
    """The action in the reader's language."""
    return str(MOVES[move])


def secrecy_label(level: str) -> str:
    """How far a case may be known, in the reader's language."""
    return str(SECRECY[level])


def event_label(kind: str) -> str:
    """A history entry in a few words, in the reader's language."""
    return str(EVENTS[kind])
