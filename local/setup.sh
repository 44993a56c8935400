#!/usr/bin/env bash
# Installs what the project needs: system packages (Debian and Ubuntu, as root) and the Python packages of
# requirements.lock into .venv. Run it as often as you like; it does only what is missing. MySQL is not installed here:
# local/distribution.py finds or unpacks one when it is first needed.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }
# Where this machine takes packages from is nobody's business but its own: no address in anybody's log.
without_addresses() { sed -E 's#[a-z+]+://[^ )]+#<address>#g' >&2; }

# --- system packages -------------------------------------------------------------------------------------------------

find_python() {
  local candidate
  for candidate in "${PYTHON:-}" python3.11 python3; do
    if [ -n "$candidate" ] && command -v "$candidate" >/dev/null &&
      "$candidate" -c 'import sys; sys.exit(sys.version_info[:2] < (3, 11))' 2>/dev/null; then
      printf '%s' "$candidate"
      return
    fi
  done
}

# mysqlclient has no wheel for Linux, so it is compiled: that needs a compiler, Python's headers and MySQL's.
missing_packages() {
  local python=$1
  if [ -z "$python" ]; then
    echo python3 python3-venv python3-dev
  else
    "$python" -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
    "$python" -c 'import os, sys, sysconfig
sys.exit(not os.path.exists(os.path.join(sysconfig.get_path("include"), "Python.h")))' || echo python3-dev
  fi
  command -v gcc >/dev/null || echo gcc
  [ -e /usr/include/stdio.h ] || echo libc6-dev
  if ! command -v pkg-config >/dev/null; then
    echo pkg-config default-libmysqlclient-dev
  elif ! pkg-config --exists mysqlclient && ! pkg-config --exists libmariadb && ! pkg-config --exists mariadb; then
    echo default-libmysqlclient-dev
  fi
}

python=$(find_python)
mapfile -t packages < <(missing_packages "$python" | tr ' ' '\n')
if [ ${#packages[@]} -gt 0 ]; then
  install="apt-get install -y --no-install-recommends ${packages[*]}"
  if ! command -v apt-get >/dev/null; then
    say "this is no Debian or Ubuntu; install what these packages hold and run it again: ${packages[*]}" >&2
    exit 1
  elif [ "$(id -u)" -ne 0 ]; then
    say "system packages are missing; run this once, then the same command again:" >&2
    say "  sudo apt-get update && sudo $install" >&2
    exit 1
  fi
  say "installing system packages: ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  apt-get -qq update 2> >(without_addresses)
  $install -qq >/dev/null 2> >(without_addresses)
  python=$(find_python)
fi
if [ -z "$python" ]; then
  say "Python 3.11 or newer is needed; this machine's python3 is older. Set PYTHON to one that is not." >&2
  exit 1
fi

# --- Python packages -------------------------------------------------------------------------------------------------

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
  say "making .venv with $("$python" --version)"
  "$python" -m venv --clear .venv
fi

# uv reads UV_* and not pip's settings: hand over where this machine takes its packages from, unless told otherwise.
pip_settings=$(.venv/bin/python -m pip config list 2>/dev/null || true)
pip_setting() {
  local lines
  lines=$(sed -n "s/^\([a-z:]*\)\.$1='\(.*\)'\$/\1 \2/p" <<<"$pip_settings")
  # the environment wins over files, as in pip
  { grep '^:env: ' <<<"$lines" || grep '^install ' <<<"$lines" || tail -n 1 <<<"$lines"; } | head -n 1 | cut -d ' ' -f 2- |
    sed 's/\\n/ /g'
}
hand_over() {
  local value
  value=$(pip_setting "$1")
  if [ -n "$value" ] && [ -z "${!2:-}" ]; then
    export "$2=$value"
  fi
}
hand_over index-url UV_DEFAULT_INDEX
hand_over extra-index-url UV_INDEX
hand_over trusted-host UV_INSECURE_HOST
hand_over cert SSL_CERT_FILE
hand_over proxy ALL_PROXY
links=$(pip_setting find-links)
if [ -n "$links" ] && [ -z "${UV_FIND_LINKS:-}" ] && { [[ $links == *://* ]] || [ -d "$links" ]; }; then
  export UV_FIND_LINKS=$links
fi

uv=$(sed -n 's/^uv==\([^ ;]*\).*/\1/p' requirements.lock)
if [ "$(.venv/bin/uv --version 2>/dev/null | cut -d ' ' -f 2)" != "$uv" ]; then
  say "installing uv $uv into .venv"
  .venv/bin/python -m pip install --quiet --disable-pip-version-check "uv==$uv" 2> >(without_addresses)
fi

say "installing the $(grep -c '==' requirements.lock) Python packages of requirements.lock into .venv"
VIRTUAL_ENV=$PWD/.venv .venv/bin/uv pip sync --quiet requirements.lock 2> >(without_addresses)
touch .venv/.installed
say "done"
