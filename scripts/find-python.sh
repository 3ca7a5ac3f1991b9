#!/bin/sh
# Prints the Python to build .venv with: 3.11 or newer. PYTHON=… chooses one.
for name in ${PYTHON:-python3.12 python3.11 python3 python3.13 python3.14}; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        command -v "$name"
        exit 0
    fi
done
found=$(python3 --version 2>&1 || echo "no python3")
echo "kgcurate needs Python 3.11 or newer; here is ${PYTHON:-$found}. Install one or name it: PYTHON=/path/to/python3.11 make …" >&2
exit 1
