#!/usr/bin/env bash
# Installs packages, as root, and keeps their services from starting, now and at the next boot: they would take the ports of
# the ones that we start ourselves. A service that was there before is left as it is.
set -euo pipefail

policy=/usr/sbin/policy-rc.d
saved=
restore() {
    rm -f "$policy"
    [ -z "$saved" ] || mv "$saved" "$policy"
}
if [ -e "$policy" ] || [ -L "$policy" ]; then
    saved=$policy.rabbitdemo
    mv "$policy" "$saved"
fi
trap restore EXIT
trap 'exit 130' INT TERM HUP
printf '#!/bin/sh\nexit 101\n' >"$policy"
chmod 755 "$policy"

export DEBIAN_FRONTEND=noninteractive
new=()
for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || new+=("$package")
done
log=$(mktemp)
if ! { apt-get update -q && apt-get install -y -q --no-install-recommends -o Dpkg::Use-Pty=0 "$@"; } >"$log" 2>&1; then
    cat "$log" >&2
    exit 1
fi
rm -f "$log"

for package in "${new[@]}"; do
    if [ -d /run/systemd/system ]; then
        systemctl disable --quiet "$package" 2>/dev/null || true
    elif [ -e "/etc/init.d/$package" ]; then
        update-rc.d "$package" disable >/dev/null 2>&1 || true
    fi
done
