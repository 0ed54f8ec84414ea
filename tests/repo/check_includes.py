#!/usr/bin/env python3
"""Fails when an #include points up or sideways on the floors of lib/, or takes a library outside its one place.

check_includes.py [ROOT]     checks the repository at ROOT (default: the one this file lies in)
check_includes.py --self-test  makes a small tree with one mistake of each kind and expects each to be found
"""

import re
import sys
import tempfile
from pathlib import Path

# Lowest first: a folder may include itself and whatever lies on a lower floor.
FLOORS = [
    {"base"},
    {"market", "protocol", "hub", "stats", "auth", "net", "trace"},
    {"kafka", "redis", "grpc", "ws"},
    {"fanout", "load"},
]
FLOOR_OF = {folder: level for level, folders in enumerate(FLOORS) for folder in folders}

CHECKED = ["lib", "tools", "bench"]
SOURCES = {".hpp", ".cpp", ".h", ".cc", ".ipp"}
HEADERS = {".hpp", ".h", ".ipp"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)

# What begins like this may be included where the path matches, and nowhere else.
OWNERS = [
    ("librdkafka/", r"lib/kafka/|bench/"),
    ("boost/beast", r"lib/ws/|bench/"),
    ("jose/", r"lib/auth/|bench/"),
    ("jansson", r"lib/auth/|bench/"),
    ("curl/", r"lib/(auth|trace)/|bench/"),
    ("openssl/ssl", r"lib/net/|bench/"),
    ("hiredis/", r"lib/redis/|bench/"),
    ("grpc/grpc", r"lib/grpc/|bench/"),
    ("grpc/support/", r"lib/grpc/|bench/"),
    ("grpcpp/", r"lib/grpc/|bench/"),
    ("google/protobuf", r"lib/grpc/|bench/"),
    ("market_data.", r"lib/grpc/"),  # what protoc makes of lib/grpc/market_data.proto
    ("CLI/", r"lib/base/settings[a-z_]*\.|tools/|bench/"),
    ("boost/asio", r"lib/(net|ws|fanout|load|redis|grpc)/|tools/|bench/"),
]


def place_fault(file, target):
    """Why a library's header may not be included here, or None."""
    if target.startswith("nlohmann/") and Path(file).suffix in HEADERS:
        return "nlohmann belongs into .cpp files: every includer of this header would pay for it"
    for prefix, owners in OWNERS:
        if target.startswith(prefix) and not re.match(owners, file):
            return f"{prefix} may be included by {owners} only"
    return None


def floor_fault(root, file, target):
    """Why a header of the project may not be included here, or None."""
    top, *rest = Path(file).parts
    folder = Path(target).parts[0]
    own = rest[0]
    if top != "lib":
        mine = ((root / file).parent / target).is_file() or (folder == own and (root / top / target).is_file())
        return None if mine or folder in FLOOR_OF else "neither rooted at lib/ nor of this file's own folder"
    if own not in FLOOR_OF:
        return f"lib/{own} stands on no floor: name it in FLOORS"
    if folder not in FLOOR_OF or not (root / "lib" / target).is_file():
        return "not rooted at lib/: write \"folder/file.hpp\""
    if folder != own and FLOOR_OF[folder] >= FLOOR_OF[own]:
        return "points up" if FLOOR_OF[folder] > FLOOR_OF[own] else "points sideways"
    return None


def faults(root):
    for path in sorted(p for top in CHECKED for p in (root / top).rglob("*") if p.suffix in SOURCES):
        text = path.read_text(encoding="utf-8")
        file = path.relative_to(root).as_posix()
        for found in INCLUDE.finditer(text):
            quote, target = found.groups()
            fault = place_fault(file, target) or (floor_fault(root, file, target) if quote == '"' else None)
            if fault:
                line = text.count("\n", 0, found.start(1)) + 1
                yield f"{file}:{line}: {target}: {fault}"


GOOD_TREE = {
    "lib/base/a.hpp": "",
    "lib/base/settings.cpp": "#include <CLI/CLI.hpp>\n",
    "lib/base/settings_help.cpp": "#include <CLI/CLI.hpp>\n",
    "lib/hub/a.hpp": '#include "base/a.hpp"\n',
    "lib/protocol/a.hpp": "",
    "lib/protocol/a.cpp": '#include <nlohmann/json.hpp>\n#include "protocol/a.hpp"\n',
    "lib/kafka/a.cpp": '#include <librdkafka/rdkafka.h>\n#include "hub/a.hpp"\n',
    "lib/ws/a.hpp": '#include <boost/beast/http.hpp>\n#include "base/a.hpp"\n',
    "lib/fanout/a.hpp": '#include <boost/asio/ip/tcp.hpp>\n#include "ws/a.hpp"\n',
    "lib/grpc/a.hpp": "",
    "lib/grpc/a.cpp": '#include "grpc/a.hpp"\n#include <google/protobuf/message.h>\n#include <grpcpp/grpcpp.h>\n',
    "lib/fanout/b.cpp": '#include "grpc/a.hpp"\n',
    "tools/x/main.cpp": '#include <CLI/CLI.hpp>\n#include "fanout/a.hpp"\n#include "x/own.hpp"\n',
    "tools/x/own.hpp": "",
    "tools/y/main.cpp": '#include "own.hpp"\n',
    "tools/y/own.hpp": "",
    "bench/floor.cpp": "#include <librdkafka/rdkafka.h>\n",
}

MISTAKES = {  # file: (its text, what must be said of it)
    "lib/base/up.hpp": ('#include "hub/a.hpp"\n', "points up"),
    "lib/ws/up.cpp": ('\n#  include "fanout/a.hpp"\n', "points up"),
    "lib/hub/sideways.hpp": ('#include "protocol/a.hpp"\n', "points sideways"),
    "lib/fanout/sideways.hpp": ('#include "load/a.hpp"\n', "points sideways"),
    "lib/load/a.hpp": ('#include "../base/a.hpp"\n', "not rooted"),
    "lib/hub/beside.hpp": ('#include "a.hpp"\n', "not rooted"),
    "lib/attic/a.hpp": ('#include "base/a.hpp"\n', "no floor"),
    "lib/fanout/kafka.cpp": ("#include <librdkafka/rdkafka.h>\n", "librdkafka/"),
    "lib/load/beast.cpp": ("#include <boost/beast/core.hpp>\n", "boost/beast"),
    "lib/hub/asio.cpp": ("#include <boost/asio/ip/tcp.hpp>\n", "boost/asio"),
    "lib/ws/redis.cpp": ("#include <hiredis/hiredis.h>\n", "hiredis/"),
    "lib/fanout/grpc.cpp": ("#include <grpcpp/grpcpp.h>\n", "grpc"),
    "lib/fanout/protobuf.cpp": ("#include <google/protobuf/message.h>\n", "google/protobuf"),
    "lib/load/generated.cpp": ("#include <market_data.pb.h>\n", "market_data."),
    "lib/base/cli.cpp": ("#include <CLI/CLI.hpp>\n", "CLI/"),
    "lib/protocol/json.hpp": ("#include <nlohmann/json.hpp>\n", "nlohmann"),
    "tools/x/json.hpp": ("#include <nlohmann/json_fwd.hpp>\n", "nlohmann"),
    "tools/x/kafka.cpp": ("#include <librdkafka/rdkafka.h>\n", "librdkafka/"),
    "tools/x/lost.cpp": ('#include "nowhere.hpp"\n', "neither rooted"),
    "tools/x/sideways.cpp": ('#include "y/own.hpp"\n', "neither rooted"),
}


def write_tree(root, files):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_tree(root, GOOD_TREE)
        assert list(faults(root)) == [], list(faults(root))
        write_tree(root, {name: text for name, (text, _) in MISTAKES.items()})
        found = list(faults(root))
    for name, (_, said) in MISTAKES.items():
        assert any(line.startswith(name + ":") and said in line for line in found), f"not found: {name}"
    assert len(found) == len(MISTAKES), found
    print(f"all {len(MISTAKES)} made-up mistakes were found")
    return 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2]
    if not (root / "lib").is_dir():
        print(f"no lib/ in {root}: name the root of the repository", file=sys.stderr)
        return 2
    found = list(faults(root))
    print("\n".join(found) if found else "every include points down")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
