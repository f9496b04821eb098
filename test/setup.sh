#!/bin/sh
# Brings what the tests need beside npm's packages: the real programs that read what we write.
# As root on Debian it installs what is missing; elsewhere it says what to install, and fails.
set -eu

cd "$(dirname "$0")/.."
missing=''
need() { command -v "$1" >/dev/null 2>&1 || missing="$missing $2"; }

need prometheus prometheus
need promtool prometheus
command -v alertmanager >/dev/null 2>&1 || need prometheus-alertmanager prometheus-alertmanager
need amtool prometheus-alertmanager
need chromium chromium
need openssl openssl
need systemd-analyze systemd
need unzip unzip

if [ -n "$missing" ]; then
  missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
  if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
    echo "the tests need these Debian packages, install them first: $missing" >&2
    exit 1
  fi
  echo "installing $missing"
  export DEBIAN_FRONTEND=noninteractive
  log=$(mktemp)
  if ! { apt-get update && apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "could not install $missing" >&2
    exit 1
  fi
  rm -f "$log"
fi

sh test/deploy/tools.sh
