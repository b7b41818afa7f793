from typing import cast

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.sealing import Sealed
from yiwang.foundation.kernel.settings import CipherName
from yiwang.foundation.people.sealing import email_index, phone_index, seal, unseal
from yiwang.foundation.people.types import ChangeKind, ContactDetails

# The key version of a contact that was erased: no key has it.
ERASED = 0


class Person(models.Model):
    """Somebody who was in touch, once or often: what holds several contacts together, and nothing else."""

    id = models.UUIDField(primary_key=True, default=new_id)
    created_at = models.DateTimeField()
    # Merged, it has no contacts left and points to where they are.
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~models.Q(merged_into=models.F("id")), name="people_not_into_itself")
        ]


class Contact(models.Model):
    """A resident's contact data: sealed as a whole; look-up only through keyed blind indexes."""

    id = models.UUIDField(primary_key=True, default=new_id)
    sealed = models.BinaryField()
    cipher = models.CharField(max_length=10, db_default="aes-gcm")
    # Of the seal and of both indexes: they move to another key together.
    key_version = models.PositiveSmallIntegerField()
    phone_index = models.BinaryField(max_length=32, null=True)
    email_index = models.BinaryField(max_length=32, null=True)
    created_at = models.DateTimeField()
    # None until ``gather_contacts`` has looked at it, and after it was erased.
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [
            models.Index(fields=["person", "id"], name="people_of_person", condition=models.Q(person__isnull=False)),
            models.Index(
                fields=["id"], name="people_ungathered", condition=models.Q(person__isnull=True, key_version__gt=0)
            ),
            models.Index(fields=["phone_index"], name="people_phone", condition=models.Q(phone_index__isnull=False)),
            models.Index(fields=["email_index"], name="people_email", condition=models.Q(email_index__isnull=False)),
            models.Index(fields=["key_version", "id"], name="people_key_version"),
            BrinIndex(fields=["created_at"], name="people_created_at"),
        ]

    def keep(self, details: ContactDetails) -> None:
        """Seals the details under the current key; the caller saves."""
        sealed = seal(details, self.id)
        self.sealed, self.key_version, self.cipher = sealed.body, sealed.version, sealed.cipher
        self.phone_index, self.email_index = phone_index(details.phone), email_index(details.email)

    def open(self) -> ContactDetails:
        """The details in clear; empty ones after they were erased. Raises KeysMissing and InvalidTag."""
        if self.key_version == ERASED:
            return ContactDetails()
        return unseal(Sealed(bytes(self.sealed), self.key_version, cast(CipherName, self.cipher)), self.id)


class PersonChange(models.Model):
    """One merging or splitting, kept so that it can be undone: these contacts went from one person to another."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=10)
    source = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    contact_ids = ArrayField(models.UUIDField())
    reason = models.CharField(max_length=500)
    changed_by = models.UUIDField(null=True)
    changed_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(kind__in=list(ChangeKind)), name="people_change_known"),
            models.CheckConstraint(condition=~models.Q(source=models.F("target")), name="people_change_moves"),
        ]
        indexes = [models.Index(fields=["changed_at"], name="people_changed_at")]
