#!/usr/bin/env bash
# A real Apache Kafka on 127.0.0.1 for tests and benchmarks: one JVM, KRaft, no container.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/kafka.sh COMMAND [OPTION...]

  fetch  [--version V]                        copy the jars from Maven Central to build/kafka/V (once)
  start  --dir D [--port P] [--version V]     start a broker that keeps its data in D; waits until it serves,
         [--partitions N] [--set KEY=VALUE]   then prints "port=P pid=PID version=V" on one line.
                                              D that was used before: same port, same data
  stop   --dir D                              SIGTERM, and wait for its end
  kill   --dir D                              SIGKILL: what a power cut looks like
  status --dir D                              "port=P pid=PID version=V", or exit 1 when it does not run
  topic  --port P --create NAME [--partitions N] [--set KEY=VALUE]
         --port P --delete NAME | --widen NAME --partitions N
         --port P --truncate NAME [--partition N] [--before OFFSET]
  user   --dir D --name N --config FILE       make a user who logs in by SCRAM-SHA-256; the password is read from
                                              standard input, FILE is how a Java client gets in as yet

  --port 0 (the default for a new D) picks a free port below the ephemeral range, so that no client's outgoing
  connection can take it while the broker is down. --version defaults to 4.2.0 (WSF_KAFKA_VERSION overrides it);
  3.9.1 is the old end that the tests know. Topics named by a client are made on first use, with --partitions
  (default 4) partitions. The broker's log is D/broker.log.

exit status: 0 done, 1 failed, 2 usage, 3 Kafka cannot be had here (no Java, or the jars cannot be fetched)
TEXT
}

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
command=${1:-}
[ $# -gt 0 ] && shift
dir='' port='' version='' partitions='' name='' config='' topic_arguments=() settings=()

die() { echo "kafka.sh: $2" >&2; exit "$1"; }

while [ $# -gt 0 ]; do
  case $1 in
    -h|--help) usage; exit 0;;
    --dir|--port|--version|--partitions|--name|--config|--set|--create|--delete|--widen|--truncate|--partition|--before)
      [ $# -ge 2 ] || die 2 "$1 needs a value (see --help)";;&
    --dir) dir=$2; shift 2;;
    --port) port=$2; shift 2;;
    --version) version=$2; shift 2;;
    --partitions) partitions=$2; topic_arguments+=("$1" "$2"); shift 2;;
    --name) name=$2; shift 2;;
    --config) config=$2; shift 2;;
    --set) settings+=("$2"); topic_arguments+=("$1" "$2"); shift 2;;
    --create|--delete|--widen|--truncate|--partition|--before) topic_arguments+=("$1" "$2"); shift 2;;
    *) die 2 "unknown option $1 (see --help)";;
  esac
done

require_dir() {
  [ -n "$dir" ] || die 2 "$command needs --dir"
  mkdir -p "$dir" || die 1 "cannot make $dir"
  dir=$(cd "$dir" && pwd)
}

use_version() {
  version=${version:-${WSF_KAFKA_VERSION:-4.2.0}}
  home=$repo/build/kafka/$version
}

# The value of KEY in the file that start left behind; empty when there is none.
remembered() { sed -n "s/^$1=//p" "$dir/broker.state" 2>/dev/null || true; }

# The pid of the broker of this folder, if it runs: a pid alone may by now belong to another program.
running_pid() {
  local pid
  pid=$(remembered pid)
  [ -n "$pid" ] && grep -qsF "$dir/server.properties" "/proc/$pid/cmdline" && echo "$pid"
}

show_state() { echo "port=$(remembered port) pid=$(remembered pid) version=$(remembered version)"; }

copy_jars() {
  local try offline=-o  # what an earlier clone fetched is in Maven's own store
  for try in 0 1 2 3; do
    rm -rf "$home/jars.part"
    mvn -q -B $offline -f "$repo/tests/kafka-broker/pom.xml" dependency:copy-dependencies -Dkafka.version="$version" \
      -DoutputDirectory="$home/jars.part" -DincludeScope=runtime >"$home/fetch.log" 2>&1 && return
    offline=''
    [[ $try = [03] ]] || sleep 2
  done
  tail -n 3 "$home/fetch.log" >&2
  die 3 "cannot fetch Kafka $version from Maven Central (log: $home/fetch.log)"
}

# Every new broker starts as a copy of a storage folder formatted once: formatting costs a JVM.
format_template() {
  local config=$home/format.properties
  rm -rf "$home/formatted.part"
  write_config "$config" "$home/formatted.part" 19092 19093
  java -XX:TieredStopAtLevel=1 -cp "$home/jars/*" kafka.tools.StorageTool format -t "$(cluster_id)" -c "$config" \
    >"$home/format.log" 2>&1 || die 1 "cannot format Kafka's storage (log: $home/format.log)"
  mv "$home/formatted.part" "$home/formatted"
}

# One start and stop that keeps the loaded classes in an archive, with which later starts take half the time.
archive_classes() (
  dir=$home/trial port=''
  java_options=(-XX:ArchiveClassesAtExit="$home/classes.jsa")
  rm -rf "$dir"
  mkdir "$dir"
  begin
  end TERM 60
  rm -rf "$dir"
)

# Any 16 bytes will do; the same for all, since every broker here is a cluster of its own.
cluster_id() { echo d3NmYW5vdXQtdGVzdHMtMQ; }

fetch() {
  use_version
  command -v java >/dev/null || die 3 "no Java found; scripts/install-packages test brings it"
  [ -e "$home/complete" ] && return
  mkdir -p "$home"
  exec 8>"$home/fetch.lock"
  flock 8
  if [ ! -d "$home/jars" ]; then
    command -v mvn >/dev/null || die 3 "no Maven found; scripts/install-packages test brings it"
    echo "kafka.sh: fetching Kafka $version from Maven Central" >&2
    copy_jars
    mv "$home/jars.part" "$home/jars"
  fi
  [ -d "$home/formatted" ] || format_template
  [ -e "$home/complete" ] || archive_classes >"$home/archive.log" 2>&1 || true
  touch "$home/complete"
  exec 8>&-
}

# write_config FILE DATA PORT CONTROLLER_PORT
write_config() {
  cat >"$1" <<TEXT
process.roles=broker,controller
node.id=1
listeners=CLIENTS://127.0.0.1:$3,CONTROLLER://127.0.0.1:$4
advertised.listeners=CLIENTS://127.0.0.1:$3
listener.security.protocol.map=CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT
inter.broker.listener.name=CLIENTS
controller.listener.names=CONTROLLER
controller.quorum.voters=1@127.0.0.1:$4
log.dirs=$2
auto.create.topics.enable=true
num.partitions=${partitions:-4}
default.replication.factor=1
offsets.topic.num.partitions=1
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=1
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
group.initial.rebalance.delay.ms=0
num.network.threads=2
num.io.threads=2
num.recovery.threads.per.data.dir=1
# After SIGKILL the restarted broker must first outwait its own old session.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=250
TEXT
  printf '%s\n' "${settings[@]+"${settings[@]}"}" >>"$1"
}

# Two free ports below the ephemeral range.
free_ports() {
  /usr/bin/python3 - <<'PYTHON'
import random, socket
held = []
while len(held) < 2:
    candidate = socket.socket()
    try:
        candidate.bind(("127.0.0.1", random.randrange(20000, 32000)))
        held.append(candidate)
    except OSError:
        candidate.close()
print(*(s.getsockname()[1] for s in held))
PYTHON
}

# The broker outlives this script, so it must not keep the caller's descriptors (a lock, a pipe) open.
close_inherited() {
  local fd
  for fd in /proc/self/fd/*; do
    fd=${fd##*/}
    [ "$fd" -le 2 ] || eval "exec $fd>&-"
  done
}

launch() {
  [ ! -f "$dir/broker.log" ] || mv "$dir/broker.log" "$dir/broker.log.1"
  : >"$dir/broker.log"
  (close_inherited && exec setsid java "${java_options[@]}" -Xmx512m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    -Dorg.slf4j.simpleLogger.showDateTime=true -Dorg.slf4j.simpleLogger.dateTimeFormat=HH:mm:ss.SSS \
    -cp "$home/jars/*" kafka.Kafka "$dir/server.properties" >>"$dir/broker.log" 2>&1 </dev/null) &
  printf '%s\n' "port=$port" "controller_port=$controller_port" "version=$version" "pid=$!" >"$dir/broker.state"
}

wait_until_serving() {
  local pid deadline=$((SECONDS + 90))
  pid=$(remembered pid)
  until grep -q 'Kafka Server started' "$dir/broker.log"; do
    if ! kill -0 "$pid" 2>/dev/null; then
      grep -m 3 -E 'ERROR|Exception|already in use' "$dir/broker.log" >&2 || tail -n 3 "$dir/broker.log" >&2
      die 1 "Kafka ended while starting on port $port (log: $dir/broker.log)"
    fi
    [ $SECONDS -lt $deadline ] || { kill -KILL "$pid"; die 1 "Kafka is not ready after 90 s (log: $dir/broker.log)"; }
    sleep 0.05
  done
}

choose_ports() {
  local free
  read -ra free < <(free_ports)
  port=${port:-$(remembered port)}
  [ "${port:-0}" != 0 ] || port=${free[0]}
  controller_port=$(remembered controller_port)
  controller_port=${controller_port:-${free[1]}}
}

begin() {
  choose_ports
  [ -d "$dir/data" ] || cp -r "$home/formatted" "$dir/data"
  write_config "$dir/server.properties" "$dir/data" "$port" "$controller_port"
  launch
  wait_until_serving
}

start() {
  require_dir
  version=${version:-$(remembered version)}
  fetch
  running_pid >/dev/null && die 1 "a broker already runs in $dir ($(show_state))"
  java_options=(-Xshare:auto)
  [ ! -f "$home/classes.jsa" ] || java_options=(-XX:SharedArchiveFile="$home/classes.jsa")
  begin
  show_state
}

# end SIGNAL SECONDS
end() {
  local pid deadline=$((SECONDS + $2))
  pid=$(running_pid) || return 0
  kill "-$1" "$pid" 2>/dev/null || return 0
  while running_pid >/dev/null; do
    [ $SECONDS -lt $deadline ] || { kill -KILL "$pid"; echo "kafka.sh: $pid did not end in $2 s, killed" >&2; break; }
    sleep 0.05
  done
}

make_user() {
  require_dir
  [ -n "$name" ] && [ -n "$config" ] || die 2 "user needs --name and --config"
  version=$(remembered version)
  use_version
  local password
  read -r password
  java -XX:TieredStopAtLevel=1 -cp "$home/jars/*" kafka.admin.ConfigCommand --bootstrap-server "127.0.0.1:$(remembered port)" \
    --command-config "$config" --alter --entity-type users --entity-name "$name" \
    --add-config-file <(echo "SCRAM-SHA-256=password=$password") >"$dir/user.log" 2>&1 ||
    { tail -n 3 "$dir/user.log" >&2; die 1 "cannot make the user $name (log: $dir/user.log)"; }
}

case $command in
  fetch) fetch;;
  start) start;;
  stop) require_dir; end TERM 20;;
  kill) require_dir; end KILL 10;;
  user) make_user;;
  status) require_dir; running_pid >/dev/null || exit 1; show_state;;
  topic)
    [ -n "$port" ] || die 2 "topic needs --port"
    exec /usr/bin/python3 "$repo/tests/kafka-broker/topic.py" --port "$port" "${topic_arguments[@]+"${topic_arguments[@]}"}";;
  -h|--help) usage;;
  '') usage >&2; exit 2;;
  *) die 2 "unknown command $command (see --help)";;
esac
