"""Who puts a content and who clears it away must not cross: equal files share one content."""

from django.db import connection


def hold(blob: str, *, alone: bool) -> None:
    """Holds a content until the transaction ends: with others who put it, or alone to clear it away."""
    function = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    key = int.from_bytes(bytes.fromhex(blob.replace("/", "").removesuffix(".jpg")[4:20]), "big", signed=True)
    with connection.cursor() as db:
        db.execute(f"SELECT {function}(%s)", [key])
