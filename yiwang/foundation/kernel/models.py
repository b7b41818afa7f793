from django.db import models


class DataVersion(models.Model):
    """A counter per kind of reference data; rises with each change so that processes know when to reload."""

    key = models.CharField(max_length=50, primary_key=True)
    version = models.BigIntegerField(default=0)
