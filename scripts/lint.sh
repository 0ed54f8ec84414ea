#!/usr/bin/env bash
# clang-tidy over the tracked sources. Minutes, so it is no part of CI.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/lint.sh [--preset NAME] [FILE.cpp...]

Checks the named files, or all of lib/ and tools/, with the compile commands of build/NAME (default release).
TEXT
}

preset=release files=()
while [ $# -gt 0 ]; do
  case $1 in
    -h|--help) usage; exit 0;;
    --preset) [ $# -ge 2 ] || { usage >&2; exit 2; }; preset=$2; shift 2;;
    -*) echo "lint.sh: unknown option $1 (see --help)" >&2; exit 2;;
    *) files+=("$(realpath "$1")"); shift;;
  esac
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/install-packages lint build
[ -f "build/$preset/compile_commands.json" ] || cmake --preset "$preset" >/dev/null
[ ${#files[@]} -gt 0 ] || mapfile -t files < <(git ls-files -- 'lib/*.cpp' 'tools/*.cpp')
printf '%s\0' "${files[@]}" | xargs -0 -n 1 -P "$(nproc)" clang-tidy-14 --quiet -p "build/$preset" 2>/dev/null
