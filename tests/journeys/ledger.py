"""The book-keeping of “never lost, never twice”: what clients were promised against what the tables hold."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg

REPORTS = "SELECT idempotency_key, receipt, id::text, contact_id::text FROM intake_report"
CASES = "SELECT report_id::text, id::text FROM cases_case"
EVENTS = "SELECT case_id::text, kind, id::text, unit_id::text FROM cases_caseevent"
LEAVES = "SELECT subject_id::text, action FROM audit_auditleaf WHERE subject_kind IN ('report', 'case')"
MESSAGES = "SELECT key, recipient_id::text, state FROM messaging_message"
FAILED = "SELECT task_name, args::text FROM procrastinate_jobs WHERE status = 'failed'"


@dataclass
class Promises:
    """What clients were told: every receipt that came back under each idempotency key, and answers nobody expects."""

    receipts: dict[str, set[str]] = field(default_factory=dict)
    surprises: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Ledger:
    """The rows of a city as plain tuples, read in one go."""

    reports: Sequence[tuple[Any, ...]]
    cases: Sequence[tuple[Any, ...]]
    events: Sequence[tuple[Any, ...]]
    leaves: Sequence[tuple[Any, ...]]
    messages: Sequence[tuple[Any, ...]]
    failed: Sequence[tuple[Any, ...]]

    @classmethod
    def read(cls, connection: psycopg.Connection[Any]) -> "Ledger":
        queries = (REPORTS, CASES, EVENTS, LEAVES, MESSAGES, FAILED)
        return cls(*(connection.execute(query.encode()).fetchall() for query in queries))


def violations(promises: Promises, ledger: Ledger) -> list[str]:
    """Every way in which the rows are not exactly what was promised, each in a sentence."""
    return [
        *promises.surprises,
        *_broken_receipts(promises, ledger),
        *_broken_cases(ledger),
        *_broken_messages(ledger),
        *(f"job failed for good: {task} {arguments}" for task, arguments in ledger.failed),
    ]


def _broken_receipts(promises: Promises, ledger: Ledger) -> Iterator[str]:
    kept = {key: receipt for key, receipt, *_ in ledger.reports}
    if len(kept) != len(ledger.reports):
        yield f"{len(ledger.reports)} reports under {len(kept)} keys"
    for key, receipts in promises.receipts.items():
        if receipts != {kept.get(key)}:
            yield f"{key} was promised {sorted(receipts)}, the report kept is {kept.get(key)}"
    yield from (f"report {kept[key]} was never acknowledged" for key in kept.keys() - promises.receipts.keys())


def _broken_cases(ledger: Ledger) -> Iterator[str]:
    """One case a report, one opening and one decision a case, and the leaves of all three."""
    case_of = dict(ledger.cases)
    of_report = Counter(report for report, _ in ledger.cases)
    happened = Counter((case, kind) for case, kind, *_ in ledger.events)
    written = Counter(ledger.leaves)
    for _, receipt, report, _ in ledger.reports:
        case = case_of.get(report)
        counts = {
            "leaves intake.report_received": written[report, "intake.report_received"],
            "cases": of_report[report],
            "openings": happened[case, "opened"],
            "leaves cases.opened": written[case, "cases.opened"],
            "decisions": happened[case, "assigned"] + happened[case, "left_to_operators"],
            "leaves of the decision": written[case, "cases.assigned"] + written[case, "cases.left_to_operators"],
        }
        yield from (f"{receipt} has {count} {what}" for what, count in counts.items() if count != 1)


def _broken_messages(ledger: Ledger) -> Iterator[str]:
    """One message a recipient and event: to the reporter of each opening, to the unit of each dispatch; all sent."""
    contact_of_report = {report: contact for _, _, report, contact in ledger.reports}
    contact_of = {case: contact_of_report.get(report) for report, case in ledger.cases}
    due: Counter[tuple[str, str]] = Counter()
    for case, kind, event, unit in ledger.events:
        recipient = {"opened": contact_of.get(case), "assigned": unit}.get(kind)
        if recipient:
            due[f"case_{kind}:{event}", recipient] += 1
    there = Counter((key, recipient) for key, recipient, _ in ledger.messages)
    yield from (f"message {key} to {who}: {there[key, who]}, not 1" for key, who in due if there[key, who] != 1)
    yield from (f"message {key} to {who} belongs to no event" for key, who in there.keys() - due.keys())
    yield from (f"message {key} ended {state}" for key, _, state in ledger.messages if state != "sent")
