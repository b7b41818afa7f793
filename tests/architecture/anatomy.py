"""Which kinds of files an app is made of (architecture.md §3)."""

from tests.architecture.house import DOORS, Module

# What Django and the house look for by name; a package of the same name counts as the module.
MODULES = DOORS | {
    "__init__", "api", "apps", "checks", "context", "forms", "listeners", "middleware", "models", "pack", "states",
    "tasks", "urls", "views",
}  # fmt: skip
FOLDERS = frozenset({
    "assets", "contrib", "locale", "management", "migrations", "static", "templates", "templatetags", "tests",
})  # fmt: skip
# Names that say nothing, or that Django offers for ways round the write path.
FORBIDDEN = frozenset({"admin", "common", "helpers", "managers", "misc", "serializers", "signals", "utils"})


def is_domain(module: Module) -> bool:
    """Whether this is a module named by a noun of the field: `merkle`, `datum`. The kernel's are all shared."""
    known = MODULES | FOLDERS | FORBIDDEN | {""}
    return module.app is not None and module.app.name not in {"kernel", "components"} and module.kind not in known
