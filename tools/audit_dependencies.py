"""Looks at everything we depend on: is each package pinned by its content, and is a weakness of it known?

    python tools/audit_dependencies.py [--service URL] [--require-service]

The first question needs no network. For the second the versions in requirements.lock and package-lock.json are sent
to a service that speaks OSV's API (https://google.github.io/osv.dev/api/). Where it cannot be reached the answer is
"not asked", and only --require-service makes that a failure: a build must not break because a line is down.
Exit code 1: something is unpinned or known to be weak.
"""

import argparse
import json
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SERVICE = "https://api.osv.dev"
PATIENCE_S = 20
AT_ONCE = 500
PINNED = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")


@dataclass(frozen=True)
class Package:
    """One pinned package; ``hashes`` says how many contents are allowed for it."""

    ecosystem: str
    name: str
    version: str
    hashes: int


def python_packages(lock: str) -> Iterator[Package]:
    """What requirements.lock pins. Raises ValueError for a line that is no ``name==version``."""
    for block in re.split(r"\n(?=\S)", lock.strip()):
        pinned = PINNED.match(block)
        if pinned is None:
            raise ValueError(f"not pinned to a version: {block.splitlines()[0]}")
        yield Package("PyPI", pinned[1], pinned[2], block.count("--hash=sha256:"))


def node_packages(lock: str) -> Iterator[Package]:
    """What package-lock.json pins."""
    for path, entry in json.loads(lock)["packages"].items():
        if path:
            name = path.rpartition("node_modules/")[2]
            yield Package("npm", name, entry.get("version", ""), int("integrity" in entry))


def unpinned(packages: list[Package]) -> list[str]:
    """A sentence for each package whose content may be anything."""
    return [f"{package.name} {package.version} is pinned by no hash." for package in packages if not package.hashes]


def weaknesses(packages: list[Package], service: str) -> list[str]:
    """A sentence for each known weakness. Raises OSError where the service cannot be asked."""
    found = []
    for start in range(0, len(packages), AT_ONCE):
        part = packages[start : start + AT_ONCE]
        queries = [{"package": {"name": p.name, "ecosystem": p.ecosystem}, "version": p.version} for p in part]
        body, header = json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"}
        # The address is the caller's own.
        request = urllib.request.Request(f"{service}/v1/querybatch", body, header)  # noqa: S310
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:  # noqa: S310
            results = json.load(answer)["results"]
        for package, result in zip(part, results, strict=True):
            names = ", ".join(weakness["id"] for weakness in result.get("vulns", []))
            found += [f"{package.name} {package.version} has known weaknesses: {names}."] if names else []
    return found


def main() -> int:
    """Asks both questions and prints the answers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--service", default=SERVICE)
    parser.add_argument("--require-service", action="store_true")
    given = parser.parse_args()
    packages = [
        *python_packages((ROOT / "requirements.lock").read_text(encoding="utf-8")),
        *node_packages((ROOT / "package-lock.json").read_text(encoding="utf-8")),
    ]
    complaints = unpinned(packages)
    try:
        complaints += weaknesses(packages, given.service)
        print(f"{len(packages)} packages asked about.")
    except (urllib.error.URLError, OSError, ValueError, KeyError) as error:
        print(f"Not asked about known weaknesses of {len(packages)} packages: {error}.")
        if given.require_service:
            return 1
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
