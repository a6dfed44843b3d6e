# What run, test and .ci/run share: finding what is missing, saying so, and installing it where there is apt-get.
# shellcheck shell=bash

say() { printf '%s\n' "$*" >&2; }

need_sdk() {
    # Read from here, so that global.json decides.
    if ! command -v dotnet >/dev/null; then
        say "Missing: the .NET SDK 10 (dotnet is not on the PATH). See https://dotnet.microsoft.com/download."
        exit 1
    fi
    if ! dotnet --version >/dev/null 2>&1; then
        say "Missing: a .NET SDK that global.json accepts. See https://dotnet.microsoft.com/download. Installed:"
        dotnet --list-sdks >&2
        exit 1
    fi
}

# macOS comes without timeout.
briefly() { if command -v timeout >/dev/null; then timeout 15 "$@"; else "$@"; fi; }

container_engine_answers() {
    briefly docker version --format '{{.Server.Version}}' >/dev/null 2>&1 </dev/null || briefly podman info >/dev/null 2>&1 </dev/null
}

broker_server_installed() {
    local folder
    for folder in /usr/lib/rabbitmq/bin /opt/rabbitmq/sbin /opt/homebrew/opt/rabbitmq/sbin /usr/local/opt/rabbitmq/sbin; do
        [ -e "$folder/rabbitmq-server" ] && return 0
    done
    return 1
}

# Containers need Aspire itself: the stand-in runs none.
containers_run() {
    container_engine_answers && dotnet restore RabbitDemo.AppHost -v:q >/dev/null 2>&1 &&
        [ "$(dotnet msbuild RabbitDemo.AppHost -getProperty:AspireSource)" = nuget ]
}

need_broker() {
    broker_server_installed && return
    containers_run && return
    install_packages "a RabbitMQ server (no container engine to run one in)" rabbitmq-server
}

# install_packages WHY PACKAGE...: fails, having said what to do, where it cannot.
install_packages() {
    local why=$1 root=()
    shift
    say "Missing: $why. Needs: $*."
    if ! command -v apt-get >/dev/null; then
        say "There is no apt-get here: install it in this system's own way, then run this again."
        return 1
    fi
    if [ "$(id -u)" -ne 0 ]; then
        if ! command -v sudo >/dev/null; then
            say "Installing needs root and there is no sudo: as root, apt-get install $*"
            return 1
        fi
        root=(sudo)
        [ -t 0 ] || root=(sudo -n)
    fi
    say "Installing with apt-get, without starting any service ..."
    "${root[@]}" bash "$(dirname "${BASH_SOURCE[0]}")/apt-install.sh" "$@" >&2 </dev/null
}
