#!/bin/sh
# Becomes the RabbitMQ node, by exec all the way down: its process is the one that the orchestrator started and stops.
# node.sh DIRECTORY MARK SERVER        DIRECTORY is the node's own, MARK that of all runs on it; its settings are in the environment.
set -eu
. "$(dirname "$0")/pid.sh"

# After a kill the last node may still be ending; two on the same data would destroy it.
tries=0
while running_node "$1" "$2" >/dev/null && [ "$tries" -lt 200 ]; do
    sleep 0.1
    tries=$((tries + 1))
done

echo $$ >"$1/node.pid"
exec "$3"
