#!/bin/sh
# A Chromium for the browser tests, and a Chinese font for their screenshots.
find_chromium() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    [ -n "${KGCURATE_CHROMIUM:-}" ] || [ -d "/Applications/Google Chrome.app" ]
}
find_playwrights() {
    .venv/bin/python - <<'PYTHON' >/dev/null 2>&1
import os, sys
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    sys.exit(not os.path.exists(playwright.chromium.executable_path))
PYTHON
}
can_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1
}
install() {
    echo "installing $* …"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

# Ubuntu's package named chromium is a shell around a snap, which does not run in a container.
is_ubuntu=$(grep -qs '^ID=ubuntu' /etc/os-release && echo yes)
if can_install; then
    wanted=""
    find_chromium || [ "$is_ubuntu" ] || wanted="chromium"
    [ -n "$(fc-list :lang=zh 2>/dev/null)" ] || wanted="$wanted fonts-noto-cjk"
    if [ -n "$wanted" ]; then
        apt-get update -qq
        # shellcheck disable=SC2086
        install $wanted || echo "could not install $wanted" >&2
    fi
fi
find_chromium || find_playwrights && exit 0
echo "no Chromium found; asking Playwright for its own …"
.venv/bin/python -m playwright install --only-shell chromium && exit 0
echo "The browser tests need Chromium: install it (sudo apt-get install chromium, or Google Chrome on macOS)." >&2
