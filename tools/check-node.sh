#!/usr/bin/env bash
# Says clearly when Node.js is missing or too old to build the screens.
set -euo pipefail

found=$(node --version 2>/dev/null || echo none)
major=${found#v}
major=${major%%.*}

if [[ $found == none ]] || ((major < 20)) || ! command -v npm >/dev/null; then
    echo "Yiwang builds its screens with Node.js 20 or newer and npm; found: $found." >&2
    echo "Install it (Debian, Ubuntu: apt-get install nodejs npm) and run make again." >&2
    exit 1
fi
