#!/usr/bin/env bash
# sum-trx.sh FOLDER: total, executed, passed and failed, summed over the trx files there.
set -euo pipefail
{ grep -rhoE --include='*.trx' '<Counters [^>]*>' "$1" 2>/dev/null || true; } | awk '
    function count(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4) : 0 }
    { total += count("total"); ran += count("executed"); good += count("passed")
      bad += count("failed") + count("error") + count("timeout") + count("aborted") }
    END { print total + 0, ran + 0, good + 0, bad + 0 }'
