#!/usr/bin/env bash
# Proves what an outage of the broker costs: a run of wsload in whose middle a real Kafka is killed and started again.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

duration_s=300 down_s=10 connections=10000 slow=1% publish=10/s
usage() {
  cat <<TEXT
usage: scripts/outage.sh [--duration SECONDS] [--down SECONDS] [--connections N] [--slow N|PERCENT] [--publish RATE]
                         [-- OPTION OF wsload...]

Builds the release, starts a Kafka and wsfanout, loads it with --connections clients ($connections) of which --slow ($slow) stop
reading, kills the broker with SIGKILL in the middle of --duration ($duration_s) and starts it again --down ($down_s) seconds later.
The chain of updates is verified on every connection that reads. --down 0: no outage, for comparison.

exit status: that of wsload: 0 all thresholds held, 99 one was missed, 1 something else failed
TEXT
}
while [ $# -gt 0 ]; do
  case $1 in
    --duration) duration_s=$2; shift 2;;
    --down) down_s=$2; shift 2;;
    --connections) connections=$2; shift 2;;
    --slow) slow=$2; shift 2;;
    --publish) publish=$2; shift 2;;
    -h|--help) usage; exit 0;;
    --) shift; break;;
    *) usage >&2; exit 2;;
  esac
done

scripts/build.sh release wsfanout wsload >&2
work=$(mktemp -d)
server= outage=
stop_all() {
  [ -z "$outage" ] || kill "$outage" 2>/dev/null || true
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  wait || true
  scripts/kafka.sh stop --dir "$work/kafka" >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap stop_all EXIT
trap 'exit 130' INT TERM

broker=$(scripts/kafka.sh start --dir "$work/kafka")
port=${broker#port=} port=${port%% *}
ulimit -n "$(ulimit -Hn)"
build/release/bin/wsfanout --host 127.0.0.1 --port 0 --brokers "127.0.0.1:$port" --max-connections $((connections + 100)) \
  --log-level warn 2>"$work/wsfanout.log" &
server=$!
until address=$(sed -n 's/^listening on //p' "$work/wsfanout.log") && [ -n "$address" ]; do
  kill -0 "$server" 2>/dev/null || { cat "$work/wsfanout.log" >&2; exit 1; }
  sleep 0.1
done

if [ "$down_s" -gt 0 ]; then
  {
    # The middle is counted from the ramp's expected end; a few seconds more or less are of no matter.
    sleep $((connections / 1000 + duration_s / 2))
    scripts/kafka.sh kill --dir "$work/kafka" && echo "broker killed" >&2
    sleep "$down_s"
    scripts/kafka.sh start --dir "$work/kafka" >/dev/null && echo "broker started again after $down_s s" >&2
  } &
  outage=$!
fi

status=0
build/release/bin/wsload --url "ws://$address/ws/fx-rates" --brokers "127.0.0.1:$port" --connections "$connections" \
  --slow "$slow" --publish "$publish" --duration "${duration_s}s" --verify --server-pid "$server" "$@" || status=$?
echo "server's counters:"
curl -s "http://$address/metrics" | grep -E '^wsfanout_(updates_conflated|slow_consumers_closed|breaker|poison|io_errors|feed_waits|subscriptions|sessions)' || true
exit "$status"
