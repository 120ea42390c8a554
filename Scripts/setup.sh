#!/usr/bin/env bash
# Installs the system libraries that Verdict links: BLAS and LAPACK (with OpenBLAS as the faster drop-in), SQLite, zlib.
# As root or with a password-less sudo it installs what is missing; otherwise it prints the one line to run, and exits 2.
set -euo pipefail

packages=(liblapack-dev libblas-dev libopenblas0-pthread libsqlite3-dev zlib1g-dev pkg-config)

if ! command -v swift >/dev/null; then
  echo "verdict: Swift 6.1 or newer is needed and 'swift' is not in PATH. See https://www.swift.org/install/" >&2
  exit 2
fi
if ! command -v dpkg-query >/dev/null; then
  echo "verdict: no apt on this system; please install BLAS, LAPACK, SQLite and zlib with their headers." >&2
  exit 0
fi

missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ]; then
  run=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  run=(sudo)
else
  echo "verdict: these libraries are missing. Run:" >&2
  echo "  sudo apt-get install -y ${missing[*]}" >&2
  exit 2
fi

echo "verdict: installing ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
apt=("${run[@]}" apt-get -o DPkg::Lock::Timeout=300 -q)
"${apt[@]}" update >/dev/null || true
"${apt[@]}" install -y --no-install-recommends "${missing[@]}" >/dev/null
