#!/usr/bin/env bash
# Configures a preset and builds targets of it, with ccache.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/build.sh PRESET [TARGET...]

PRESET is release, dev, asan, tsan or fuzz; without targets everything of it is built, into build/PRESET/bin.
Tests are part of it where GoogleTest is installed. scripts/install-packages build brings what is needed.
TEXT
}

case ${1:-} in
  -h|--help) usage; exit 0;;
  ''|-*) usage >&2; exit 2;;
esac
preset=$1
shift
targets=("${@:-all}")

cd "$(dirname "${BASH_SOURCE[0]}")/.."
# Paths relative to the project: a clone elsewhere, or another preset with the same flags, finds the same objects.
export CMAKE_CXX_COMPILER_LAUNCHER=ccache CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1

mkdir -p build
configure_log=build/configure-$preset.log
if ! cmake --preset "$preset" >"$configure_log" 2>&1; then
  cat "$configure_log" >&2
  echo "build.sh: CMake could not configure the preset $preset" >&2
  exit 1
fi
cmake --build --preset "$preset" --target "${targets[@]}"
