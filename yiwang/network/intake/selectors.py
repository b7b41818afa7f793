from collections.abc import Sequence
from uuid import UUID

from yiwang.foundation.kernel.numbers import normalise_number
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import Viewer
from yiwang.network.intake.errors import ReportNotFound
from yiwang.network.intake.models import Report
from yiwang.network.intake.secrets import is_secret, is_track_tag, read_track_token, secret_of, track_token
from yiwang.network.intake.types import ReportRow


def get_report(report_id: UUID, *, viewer: Viewer) -> ReportRow:
    """A kept report, for the hub. Only the system reads reports by id. Raises NotPermitted and ReportNotFound."""
    viewer.require_system()
    report = Report.objects.filter(id=report_id).first()
    if report is None:
        raise ReportNotFound
    return _row(report)


def get_report_by_secret(receipt: str, secret: str) -> ReportRow:
    """The report with this receipt for whoever knows its secret. Raises ReportNotFound for both kinds of wrong."""
    report = Report.objects.filter(receipt=normalise_number(receipt)[:24]).first()
    if report is None or not is_secret(secret, report.id, report.secret_version):
        raise ReportNotFound
    return _row(report)


def get_report_by_token(token: str) -> ReportRow:
    """The report a tracking link belongs to. Raises ReportNotFound."""
    parts = read_track_token(token)
    report = Report.objects.filter(id=parts[0]).first() if parts else None
    if parts is None or report is None or not is_track_tag(parts[1], report.id, report.secret_version):
        raise ReportNotFound
    return _row(report)


def list_reports_by_tokens(tokens: Sequence[str]) -> Sequence[ReportRow]:
    """The reports these tracking links belong to, newest first; what is no valid link is left out."""
    tags = dict(parts for token in tokens if (parts := read_track_token(token)))
    reports = Report.objects.filter(id__in=tags).order_by("-id")
    return [_row(report) for report in reports if is_track_tag(tags[report.id], report.id, report.secret_version)]


def get_report_link(report_id: UUID) -> tuple[str, str]:
    """Receipt number and tracking address of a report, for messages to its reporter. Raises ReportNotFound."""
    values = Report.objects.filter(id=report_id).values_list("receipt", "secret_version").first()
    if values is None:
        raise ReportNotFound
    return values[0], track_url(track_token(report_id, values[1]))


def link_of(report: ReportRow) -> tuple[str, str]:
    """What ``get_report_link`` says, of a report that has been read."""
    return report.receipt, track_url(token_of(report))


def list_reports_by_contacts(contact_ids: Sequence[UUID], *, viewer: Viewer) -> Sequence[ReportRow]:
    """The latest 20 reports with these contacts, newest first. Only the system looks people up. Raises NotPermitted."""
    viewer.require_system()
    return [_row(report) for report in Report.objects.filter(contact_id__in=contact_ids).order_by("-id")[:20]]


def token_of(report: ReportRow) -> str:
    """The token of a report's tracking link, for whoever has already proven to be its reporter."""
    return track_token(report.id, report.secret_version)


def secret_for(report: ReportRow) -> str:
    """The secret of a report's receipt, for whoever has already proven to be its reporter."""
    return secret_of(report.id, report.secret_version)


def track_url(token: str) -> str:
    """The address of the tracking page."""
    return f"{get_settings().public_url}/track/{token}"


def _row(report: Report) -> ReportRow:
    return ReportRow(
        id=report.id,
        receipt=report.receipt,
        received_at=report.received_at,
        acceptance_due=report.acceptance_due,
        text=report.text,
        title=report.title,
        lon=report.lon,
        lat=report.lat,
        address=report.address,
        area_id=report.area_id,
        contact_id=report.contact_id,
        category_id=report.category_id,
        matter_type=report.matter_type,
        channel=report.channel,
        occurred_at=report.occurred_at,
        hide_identity=report.hide_identity,
        language=report.language,
        source=report.source,
        external_id=report.external_id,
        secret_version=report.secret_version,
    )
