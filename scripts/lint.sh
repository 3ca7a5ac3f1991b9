#!/bin/sh
# Every check that reads the code without running it. All are run; the first failure is not the last word.
failed=""
check() {
    name=$1
    shift
    echo "$name …"
    "$@" || failed="$failed $name;"
}

export KGCURATE_VAR=build/lint-var
py=.venv/bin/python
check "ruff check" $py -m ruff check --quiet .
check "ruff format" $py -m ruff format --check --quiet .
check "mypy" $py -m mypy --no-error-summary kgcurate kgclient people graph annotation mining
check "missing migrations" $py manage.py makemigrations --check --dry-run --verbosity 1
if docker compose version >/dev/null 2>&1; then
    check "docker-compose.yml" docker compose --env-file .env.example config --quiet
else
    echo "docker compose is not here: docker-compose.yml is checked by its test only"
fi
if [ -n "$failed" ]; then
    echo "failed:$failed" >&2
    exit 1
fi
