#!/usr/bin/env bash
# wsfanout beside the floor: CPU and latency of a broadcast, bursts, memory of a connection, cost of a handshake.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/.."

case " $* " in
  *' -h '*|*' --help '*)
    cat <<'TEXT'
Builds the release, starts a real Kafka, runs bench/floor and wsfanout alternately (floor, wsfanout, wsfanout, floor)
under the load of wsload, stops what it started, and prints a table of the ratios. About a minute a round for each of the
two scenarios. The server has CPU 0 to itself; keep the machine otherwise idle. bench/README.md says what is measured.

TEXT
    exec /usr/bin/python3 bench/run.py --help;;
  *' --bin '*) ;;
  *) scripts/build.sh release wsfanout wsload floor >&2;;
esac

exec /usr/bin/python3 bench/run.py "$@"
