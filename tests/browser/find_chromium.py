"""Print the path of a Chromium for the browser tests, installing one where none is found.

In order: CHROMIUM, a browser on the PATH, Debian's package (as root), Playwright's own download.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    named = os.environ.get("CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def install_debian_package() -> None:
    for command in (["update", "-qq"], ["install", "-y", "-qq", "chromium"]):
        subprocess.run(["apt-get", *command], check=True, stdout=sys.stderr)


def playwrights_own() -> str:
    from playwright.sync_api import sync_playwright

    command = [sys.executable, "-m", "playwright", "install", "--with-deps", "chromium"]
    subprocess.run(command, check=True, stdout=sys.stderr)
    with sync_playwright() as play:
        return play.chromium.executable_path


def main() -> None:
    found = find()
    if not found and shutil.which("apt-get") and os.geteuid() == 0:
        install_debian_package()
        found = find()
    print(found or playwrights_own())


if __name__ == "__main__":
    main()
