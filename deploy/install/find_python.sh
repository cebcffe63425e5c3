#!/bin/sh
# Print the Python to build .venv with: the first that is 3.11 or later, else one plain sentence on stderr.
#
# The one that is named; then the system's own, where it can make a .venv, because distributions build theirs with
# profiles (a tenth more sign-ins than one compiled plainly, measured) and mend it with the machine; then the path's.
set -u
system=${SYSTEM_PYTHON:-/usr/bin/python3}
"$system" -c 'import ensurepip, venv' 2>/dev/null || system=
for name in "${PYTHON:-}" "$system" python3 python3.11 python3.12 python3.13 python3.14; do
    [ -n "$name" ] || continue
    path=$(command -v "$name") || continue
    if "$path" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        echo "$path"
        exit 0
    fi
done
echo "Python 3.11 or later is needed and was not found: install it (Debian 12: apt-get install python3 python3-venv)," \
    "or name one with PYTHON=/path/to/python3." >&2
exit 1
