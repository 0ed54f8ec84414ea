#!/usr/bin/env bash
# The toolkit at work on this machine: a broker inside wsfanout, ratepub feeding it, clients welcome.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/run.sh [--port N]

Installs what is missing to build, builds a release (build/release/bin/), starts wsfanout with its embedded broker and
ratepub, waits until a client has received an update, and says how to look at it. Ctrl-C stops everything.
The second time nothing is installed or built again.

  --port N   the port to serve on (default 8082)

Logs: build/run/wsfanout.log, build/run/ratepub.log
exit status: 0 stopped by Ctrl-C or SIGTERM, 1 something failed, 2 usage
TEXT
}

die() { echo "run.sh: $2" >&2; exit "$1"; }

port=8082
while [ $# -gt 0 ]; do
  case $1 in
    -h|--help) usage; exit 0;;
    --port) [ $# -ge 2 ] || die 2 "--port needs a number"; port=$2; shift 2;;
    --port=*) port=${1#*=}; shift;;
    *) die 2 "unknown option $1 (see --help)";;
  esac
done
if ! [[ $port =~ ^[0-9]{1,5}$ ]] || ((10#$port < 1 || 10#$port > 65535)); then die 2 "--port takes 1 to 65535, not $port"; fi

cd "$(dirname "${BASH_SOURCE[0]}")/.."
bin=build/release/bin
logs=build/run
url=ws://127.0.0.1:$port/ws/fx-rates

refuse_taken_port() {
  if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    die 1 "port $port is in use (another wsfanout? choose another one with --port)"
  fi
}

# How far the build is, redrawn on a terminal; the whole output goes to its log.
show_progress() {
  local line
  while read -r line; do
    if [ -t 2 ] && [[ $line =~ ^\[[0-9]+/[0-9]+\] ]]; then printf '\r%s ' "${BASH_REMATCH[0]}" >&2; fi
  done
  [ ! -t 2 ] || printf '\r' >&2
}

build() {
  mkdir -p "$logs"
  [ -x build/release/bin/wsload ] || echo "building, which takes minutes the first time (log: $logs/build.log)" >&2
  if ! scripts/build.sh release wsfanout wsclient ratepub wsload 2>&1 | tee "$logs/build.log" | show_progress; then
    tail -n 30 "$logs/build.log" >&2
    die 1 "the build failed (log: $logs/build.log)"
  fi
}

# Each program gets a session of its own, so that the terminal's Ctrl-C reaches this script alone and it can stop them
# in order; should this script be killed, the kernel asks them to end.
launch() {
  local name=$1
  shift
  : >"$logs/$name.out"
  : >"$logs/$name.log"
  setsid setpriv --pdeathsig TERM "$bin/$name" "$@" >>"$logs/$name.out" 2>>"$logs/$name.log" </dev/null &
  pids+=($!)
  name_of[$!]=$name
}

fail_with_log() {
  tail -n 5 "$logs/$1.log" >&2
  die 1 "$1 $2 (log: $logs/$1.log)"
}

wait_until_listening() {
  local deadline=$((SECONDS + 15))
  until grep -q 'listening on ' "$logs/wsfanout.log"; do
    kill -0 "${pids[0]}" 2>/dev/null || fail_with_log wsfanout "ended while starting"
    [ $SECONDS -lt $deadline ] || fail_with_log wsfanout "does not listen after 15 s"
    sleep 0.05
  done
}

# Waits until one of the programs has ended: in $ended its name, in $status how.
wait_for_an_end() {
  local pid=''
  status=0
  wait -n -p pid || status=$?
  ended=${name_of[$pid]}
}

receive_one_update() {
  launch wsclient --url "$url" subscribe EURUSD --count 1 --timeout 30s
  wait_for_an_end
  [ "$ended" = wsclient ] || fail_with_log "$ended" "ended by itself"
  [ "$status" = 0 ] || fail_with_log wsclient "received no update"
  unset 'pids[-1]'
  echo "received: $(tail -n 1 "$logs/wsclient.out")"
}

show_how_to_look() {
  local client=$bin/wsclient
  [ "$port" = 8082 ] || client="$client --url $url"
  cat <<TEXT

wsfanout serves $url, ratepub publishes to its embedded broker. In another terminal:

  $client subscribe EURUSD GBPUSD
  curl http://127.0.0.1:$port/actuator/health

Ctrl-C stops everything.
TEXT
}

pids=() end_status=0
declare -A name_of

# ratepub, started last, ends first. 143: ended by this SIGTERM, as a publisher without an end of its own does.
stop_all() {
  local i status
  trap '' INT TERM HUP
  for ((i = ${#pids[@]} - 1; i >= 0; i--)); do
    kill -TERM "${pids[i]}" 2>/dev/null || true
    status=0
    wait "${pids[i]}" || status=$?
    ((status == 0 || status == 143)) || end_status=1
  done
  pids=()
}

stop_on_signal() {
  echo "stopping" >&2
  stop_all
  [ "$end_status" = 0 ] || die 1 "not everything ended cleanly (logs: $logs/)"
  exit 0
}

refuse_taken_port
scripts/install-packages build run
build
trap stop_on_signal INT TERM HUP
trap stop_all EXIT
launch wsfanout --embedded-broker --port "$port" --drain 1s
wait_until_listening
launch ratepub --interval 1s
receive_one_update
show_how_to_look
wait_for_an_end
fail_with_log "$ended" "ended by itself"
