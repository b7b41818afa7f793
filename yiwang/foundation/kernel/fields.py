"""Column defaults the database computes."""

from django.db import models


class TransactionIdDefault(models.Func):
    """The 64-bit id of the writing transaction (PostgreSQL ``pg_current_xact_id``)."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()
