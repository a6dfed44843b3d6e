# running_node DIRECTORY MARK: prints the pid of the node that runs on DIRECTORY, or fails. A pid alone proves nothing, since
# it may be another process's by now: ours has MARK among its arguments.
running_node() {
    pid=$(cat "$1/node.pid" 2>/dev/null) && [ -n "$pid" ] && kill -s 0 "$pid" 2>/dev/null || return 1
    if [ -e "/proc/$pid" ]; then
        tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qF -e "$2" || return 1
    else
        ps -o args= -p "$pid" 2>/dev/null | grep -qF -e "$2" || return 1
    fi
    echo "$pid"
}
