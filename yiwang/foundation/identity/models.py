from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from yiwang.foundation.kernel.ids import new_id


class User(AbstractBaseUser):
    """An account of a person who works with the platform.

    ``invited_at`` is set until the first password is chosen; ``ends_at`` is when the person leaves.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    username = models.CharField(max_length=60, unique=True)
    names = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    invited_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()
    USERNAME_FIELD = "username"


class Role(models.Model):
    """A named set of permissions; data of the city's pack."""

    id = models.UUIDField(primary_key=True, default=new_id)
    key = models.CharField(max_length=40, unique=True)
    names = models.JSONField()
    permissions = ArrayField(models.CharField(max_length=60))


class Scoped(models.Model):
    """Where permissions hold: below a unit, inside an area, for some matters, up to a secrecy. Empty: not limited,
    except for secrecy, where it means cleared for nothing special."""

    unit = models.ForeignKey("orgs.Unit", null=True, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+")
    matters = ArrayField(models.CharField(max_length=40), null=True)
    secrecy = ArrayField(models.CharField(max_length=20), default=list)

    class Meta:
        abstract = True


class Membership(Scoped):
    """A user holds a role in a scope and for a time."""

    id = models.UUIDField(primary_key=True, default=new_id)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit", "area"],
                condition=models.Q(valid_to=None),
                name="identity_membership_once",
                nulls_distinct=False,
            )
        ]


class ApiKey(Scoped):
    """A key for programs: only a digest is stored; ``prefix`` finds it and may be shown."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    permissions = ArrayField(models.CharField(max_length=60))
    limit_per_minute = models.PositiveIntegerField(default=600)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
