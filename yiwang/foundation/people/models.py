from django.db import models

from yiwang.foundation.kernel.ids import new_id


class Contact(models.Model):
    """A resident's contact data: sealed as a whole; look-up only through keyed blind indexes."""

    id = models.UUIDField(primary_key=True, default=new_id)
    sealed = models.BinaryField()
    key_version = models.PositiveSmallIntegerField()
    phone_index = models.BinaryField(max_length=32, null=True)
    email_index = models.BinaryField(max_length=32, null=True)
    # Retention: after this day the row is to be erased (source: the city's record schedule, setting of step 2).
    retain_until = models.DateField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["phone_index"], name="people_phone", condition=models.Q(phone_index__isnull=False)),
            models.Index(fields=["email_index"], name="people_email", condition=models.Q(email_index__isnull=False)),
        ]
