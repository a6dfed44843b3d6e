#!/bin/sh
# Runs epmd, and ends it and the node when the AppHost is gone, however it went: standard input is a pipe that only the
# AppHost holds open. Signals sent to everybody (Ctrl+C) must not end the one who cleans up, nor epmd before the node.
# guardian.sh DIRECTORY MARK EPMD PORT        DIRECTORY is the node's own, MARK this run's; EPMD listens on
# 127.0.0.1:PORT.
trap '' INT HUP QUIT TERM
. "$(dirname "$0")/pid.sh"

"$3" -port "$4" -address 127.0.0.1 </dev/null >/dev/null 2>&1 &
epmd=$!

cat >/dev/null

if node=$(running_node "$1" "$2"); then
    kill -s TERM "$node" 2>/dev/null
    tries=0
    while running_node "$1" "$2" >/dev/null && [ "$tries" -lt 80 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -s KILL "$node" 2>/dev/null
fi
kill -s KILL "$epmd" 2>/dev/null
wait "$epmd" 2>/dev/null
