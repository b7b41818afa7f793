from typing import ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from yiwang.foundation.kernel.ids import new_id


class User(AbstractBaseUser):
    """An account of a person who works with the platform."""

    id = models.UUIDField(primary_key=True, default=new_id)
    username = models.CharField(max_length=60, unique=True)
    names = models.JSONField(default=dict)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    objects: ClassVar[BaseUserManager[Self]] = BaseUserManager()
    USERNAME_FIELD = "username"


class Role(models.Model):
    """A named set of permissions; data of the city's pack."""

    id = models.UUIDField(primary_key=True, default=new_id)
    key = models.CharField(max_length=40, unique=True)
    names = models.JSONField()
    permissions = ArrayField(models.CharField(max_length=60))


class Membership(models.Model):
    """A user holds a role in a unit and everything below it; without a unit, in the whole city."""

    id = models.UUIDField(primary_key=True, default=new_id)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("orgs.Unit", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "unit"], name="identity_membership_unique", nulls_distinct=False
            )
        ]


class ApiKey(models.Model):
    """A key for programs: only a digest is stored; ``prefix`` finds it and may be shown."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, unique=True)
    digest = models.BinaryField(max_length=32)
    permissions = ArrayField(models.CharField(max_length=60))
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
