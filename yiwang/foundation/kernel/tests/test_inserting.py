"""Rows written past Django's ``save()`` are the rows ``save()`` would have written."""

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.db.models.functions import Now
from django.test.utils import isolate_apps

from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.inserting import insert, insert_once, together, update


@pytest.fixture
def parcel(db):
    """A table with everything models here have: a key made in Python, JSON, bytes, defaults of the database."""
    with isolate_apps("yiwang.foundation.kernel"):

        class Parcel(models.Model):
            id = models.UUIDField(primary_key=True, default=new_id)
            code = models.CharField(max_length=20, unique=True)
            sealed = models.BinaryField(null=True)
            facts = models.JSONField(default=dict)
            rest = models.JSONField(null=True)
            at = models.DateTimeField(db_default=Now())

            class Meta:
                app_label = "kernel"

    with connection.schema_editor() as editor:
        editor.create_model(Parcel)
    return Parcel


def test_a_row_reads_back_as_it_was_written(parcel):
    written = parcel(code="a", sealed=b"\x00'%s", facts={"名": ["路灯", 1.5, None]})
    insert(written)
    read = parcel.objects.get()
    assert (read.id, read.code, bytes(read.sealed), read.facts, read.rest) == (
        *(written.id, "a", b"\x00'%s"),
        *({"名": ["路灯", 1.5, None]}, None),
    )
    assert parcel.objects.filter(rest__isnull=True).exists(), "no value is NULL, not the word null"
    assert read.at is not None


def test_a_written_row_can_be_saved_again(parcel):
    row = parcel(code="a")
    insert(row)
    row.at = parcel.objects.get().at
    row.code = "b"
    row.save()
    assert parcel.objects.get().code == "b"


def test_rows_that_are_known_are_left_out_only_on_request(parcel):
    insert(parcel(code="a"))
    insert(parcel(code="a"), parcel(code="b"), skip_existing=True)
    assert sorted(parcel.objects.values_list("code", flat=True)) == ["a", "b"]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(parcel(code="a"))
    assert [insert_once(parcel(code=code)) for code in ("b", "c")] == [False, True]
    insert()


def test_an_update_touches_the_named_columns_of_one_row(parcel):
    first, second = parcel(code="a"), parcel(code="b")
    insert(first, second)
    first.code, first.facts, first.sealed = "c", {"now": True}, b"unwritten"
    update(first, ["code", "facts"])
    read = parcel.objects.get(id=first.id)
    assert (read.code, read.facts, read.sealed) == ("c", {"now": True}, None)
    assert parcel.objects.get(id=second.id).code == "b"


def test_what_is_gathered_arrives_together_and_in_order(parcel, django_assert_num_queries):
    first, second = parcel(code="a"), parcel(code="b", facts={"percent": "100 %s; --"})
    with django_assert_num_queries(1), together():
        insert(first)
        with together():
            first.code = "c"
            update(first, ["code"])
        insert(second)
    assert sorted(parcel.objects.values_list("code", flat=True)) == ["b", "c"]
    assert parcel.objects.get(code="b").facts == {"percent": "100 %s; --"}


def test_nothing_gathered_outlives_an_error(parcel, django_assert_num_queries):
    with pytest.raises(ZeroDivisionError), together():
        insert(parcel(code="a"))
        _ = 1 / 0
    with django_assert_num_queries(0), together():
        pass
    with pytest.raises(IntegrityError), transaction.atomic(), together():
        insert(parcel(code="a"), parcel(code="b"))
        insert(parcel(code="b"))
    assert not parcel.objects.exists()
