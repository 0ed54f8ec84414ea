#!/usr/bin/env bash
# wsfanout beside the floor and a plain Beast server: the ladder of figures that the design is measured by.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

case " $* " in
  *' -h '*|*' --help '*)
    cat <<'TEXT'
Builds the release, starts a real Kafka, runs bench/floor, wsfanout and their peers alternately under the load of wsload,
stops what it started, and prints a table: each figure, its ratio to the floor, its goal. How long that will take is told
first. The server has CPU 0 to itself; keep the machine otherwise idle. bench/README.md says what is measured.

TEXT
    ;;
esac

exec /usr/bin/python3 bench/run.py "$@"
