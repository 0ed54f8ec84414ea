# Completion for wsfanout, wsclient, ratepub and wsload in bash: asks the program's own --help, so that it never names
# what the program does not know.

# The program's flags, one a line: "--port N" with a value, "--json" without.
_wsfanout_flags() {
  "$1" --help 2>/dev/null | sed -nE 's/^  (    |-[a-z], )(--[a-z-]+)( [^ ]+)?.*/\2\3/p'
}

_wsfanout_commands() {
  "$1" --help 2>/dev/null | sed -nE '/^Commands:$/,/^$/s/^  ([a-z]+) .*/\1/p'
}

_wsfanout_complete() {
  local program=$1 word=$2 before=$3 flags
  flags=$(_wsfanout_flags "$program")
  COMPREPLY=()
  # A value: bash completes file names, for want of better knowledge.
  if [[ $before == --* ]] && grep -q -- "^$before " <<<"$flags"; then
    case $before in
      --log-level) mapfile -t COMPREPLY < <(compgen -W 'trace debug info warn error off' -- "$word") ;;
      --log-format) mapfile -t COMPREPLY < <(compgen -W 'text json' -- "$word") ;;
    esac
    return
  fi
  if [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(cut -d' ' -f1 <<<"$flags")" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -W "$(_wsfanout_commands "$program")" -- "$word")
  fi
}

complete -o default -F _wsfanout_complete wsfanout wsclient ratepub wsload
