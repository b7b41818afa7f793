"""Giving out what somebody sent: never as a page of ours."""

from typing import IO

from django.http import FileResponse

from yiwang.foundation.files.types import FileRow

# The only thing a browser may show within our site is what we have drawn ourselves.
INLINE = frozenset({"image/jpeg"})
# Browsers show a picture alone in a page of their own making, which is styled within itself.
ALONE = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"


def file_response(row: FileRow, content: IO[bytes], *, is_original: bool = False) -> FileResponse:
    """The file: photos to look at, everything else, and originals, to be saved. Nothing in it runs or loads."""
    is_saved = is_original or row.content_type not in INLINE
    content_type = "application/octet-stream" if is_original else row.content_type
    response = FileResponse(content, content_type=content_type, filename=row.name, as_attachment=is_saved)
    response["Content-Security-Policy"] = ALONE
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
