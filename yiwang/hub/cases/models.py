from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.viewer import Place, Secrecy


class Case(models.Model):
    """The flat read model of a case; always written together with the event that explains the change."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=24, unique=True)
    version = models.PositiveIntegerField(default=1)
    state = models.CharField(max_length=12)
    verdict = models.CharField(max_length=10, null=True)
    report = models.OneToOneField("intake.Report", null=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=120, null=True)
    content_digest = models.BinaryField(max_length=16, null=True)
    imported = models.JSONField(default=dict)
    channel = models.CharField(max_length=40)
    language = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, default="")
    search = SearchVectorField(null=True)
    category = models.ForeignKey("codes.Code", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    matter_type = models.CharField(max_length=40, null=True)
    district = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    address = models.CharField(max_length=300, blank=True, default="")
    contact = models.ForeignKey("people.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    secrecy = models.CharField(max_length=20, default=Secrecy.NONE)
    unit = models.ForeignKey("orgs.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    dispatch_note = models.JSONField(default=dict)
    reply = models.TextField(blank=True, default="")
    occurred_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    registered_at = models.DateTimeField(null=True)
    dispatched_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    replied_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    deadline = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="cases_external_once"),
            models.CheckConstraint(
                condition=~models.Q(state="closed") | models.Q(closed_at__isnull=False), name="cases_closed_has_moment"
            ),
            models.CheckConstraint(condition=models.Q(secrecy__in=list(Secrecy)), name="cases_secrecy_known"),
        ]
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="cases_newest"),
            models.Index(fields=["state", "-received_at", "-id"], name="cases_state"),
            models.Index(fields=["unit", "state", "-received_at", "-id"], name="cases_unit"),
            models.Index(fields=["district", "state", "-received_at", "-id"], name="cases_district"),
            models.Index(fields=["area", "-received_at", "-id"], name="cases_area"),
            models.Index(fields=["category", "state", "-received_at", "-id"], name="cases_category"),
            models.Index(
                fields=["due_at", "id"],
                name="cases_due_open",
                condition=models.Q(state__in=["registered", "dispatched", "signed", "handling", "reopened"]),
            ),
            models.Index(fields=["external_id"], name="cases_external", condition=models.Q(external_id__isnull=False)),
            GinIndex(fields=["search"], name="cases_search"),
        ]

    @property
    def place(self) -> Place:
        """Where the case belongs, to be compared with a scope."""
        return Place(self.unit_id, self.area_id, self.matter_type, Secrecy(self.secrecy))


class CaseEvent(models.Model):
    """One entry of a case's history; append-only (a trigger refuses DELETE, and UPDATE but for erasing)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    unit = models.ForeignKey("orgs.Unit", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    reason = models.TextField(blank=True, default="")
    detail = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="cases_event_case")]
