"""Programs in other languages that play clients: where they are, and what they need."""
import os
import shutil

import pytest

FOREIGN = os.path.join(os.path.dirname(__file__), "..", "foreign")
OWN_PACKAGES = os.path.abspath(os.path.join(FOREIGN, "../../../build/node/node_modules"))
PACKAGES = ("/usr/share/nodejs", "/usr/lib/node_modules", OWN_PACKAGES)
NODE_ENVIRONMENT = {"NODE_PATH": ":".join(PACKAGES)}


def missing(what):
    """Skips the test, or fails it where nobody would notice a skip."""
    reason = f"{what} is not installed (scripts/test.sh installs it)"
    if os.environ.get("CI", "").lower() not in ("", "0", "false"):
        pytest.fail(reason)
    pytest.skip(reason)


def script(name):
    """A file of FOREIGN."""
    return os.path.join(FOREIGN, name)


def node(*words, needs=("ws",)):
    """The command that runs Node with these words, and NODE_ENVIRONMENT; it needs these packages."""
    if not shutil.which("node"):
        missing("Node")
    for package in needs:
        if not any(os.path.isdir(os.path.join(folder, package)) for folder in PACKAGES):
            missing(f"the Node package {package}")
    return ["node", *words]

