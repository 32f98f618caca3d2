#!/usr/bin/env bash
# What tests need beyond Python: a browser for the report, fonts for it, and PostgreSQL for reading from databases.
# Installs what is absent with apt-get as root on Debian; says it in a sentence elsewhere. Never fails:
# a test whose program is absent is skipped with that reason.
set -u
export PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" DEBIAN_FRONTEND=noninteractive

have() { command -v "$1" >/dev/null 2>&1; }

missing=()
have chromium || have chromium-browser || have google-chrome || missing+=(chromium)
have initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)
compgen -G '/usr/share/fonts/*/*' >/dev/null || missing+=(fonts-dejavu-core)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -ne 0 ] || ! have apt-get; then
    echo "Not installed here: ${missing[*]} (Debian package names). The tests that need them are skipped; install them to run all."
    exit 0
fi
echo "Installing ${missing[*]} for the tests (Debian packages)."
log=$(mktemp)
if apt-get update >"$log" 2>&1 && apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1; then
    echo "Installed ${missing[*]}."
else
    tail -n 5 "$log"
    echo "Could not install ${missing[*]}. The tests that need them are skipped."
fi
rm -f "$log"
