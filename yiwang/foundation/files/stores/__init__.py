"""Where contents lie: named by their own SHA-256, so a name is never a path somebody chose. No Django."""

from functools import lru_cache

from yiwang.foundation.files.stores.local import LocalStore
from yiwang.foundation.files.stores.names import NAME, Entry, Store, name_of
from yiwang.foundation.kernel.settings import FileStore, get_settings

__all__ = ["NAME", "Entry", "Store", "get_store", "name_of"]


def get_store() -> Store:
    """The store the settings name."""
    settings = get_settings()
    return _store(settings.file_store, settings.s3_access_key, settings.s3_secret_key)


@lru_cache(maxsize=4)
def _store(place: FileStore, access_key: str, secret_key: str) -> Store:
    if place.folder is not None:
        return LocalStore(place.folder)
    from yiwang.foundation.files.stores.s3 import S3Store  # costs 60 MB; only cities with a bucket pay

    return S3Store(place, access_key, secret_key)
