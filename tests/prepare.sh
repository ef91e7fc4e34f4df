# Sourced by the commands beside it: installs what they need and starts what is not running.

step() { printf '\n== %s\n' "$*"; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

install() { # command package
    command -v "$1" >/dev/null || get "$2"
}

install_file() { # file package
    [ -e "$1" ] || get "$2"
}

get() { # package
    step "installing $1"
    as_root apt-get update -qq
    as_root apt-get install -y -qq "$1" >/dev/null
}

# Leaves the address of a PostgreSQL server in ABM_TEST_POSTGRES: the one that is named there or
# runs here, or else one of its own, which is gone when the command ends.
prepare_postgres() {
    export ABM_TEST_POSTGRES=${ABM_TEST_POSTGRES:-postgres://postgres@127.0.0.1:5432/postgres}
    install psql postgresql-client
    if psql -q "$ABM_TEST_POSTGRES" -c 'SELECT 1' >/dev/null 2>&1; then
        return
    fi
    start_postgres
}

# Leaves there the address of a server of its own, which keeps its data where temporary files are.
start_postgres() {
    install psql postgresql-client
    step "starting a PostgreSQL server for the tests"
    if [ -z "$(postgres_bin)" ]; then
        as_root apt-get update -qq
        as_root apt-get install -y -qq postgresql >/dev/null
    fi
    local port=${ABM_TEST_POSTGRES_PORT:-54329}
    postgres_cluster=$(mktemp -d -t abm-postgres.XXXXXX)
    if [ "$(id -u)" = 0 ]; then
        chown postgres "$postgres_cluster"
    fi
    trap stop_postgres EXIT
    as_postgres "$(postgres_bin)/initdb" -D "$postgres_cluster/data" -A trust -U postgres >/dev/null
    as_postgres "$(postgres_bin)/pg_ctl" -D "$postgres_cluster/data" -w -l "$postgres_cluster/log" \
        -o "-p $port -k $postgres_cluster -c listen_addresses=127.0.0.1 -c max_connections=300" \
        start >/dev/null
    export ABM_TEST_POSTGRES=postgres://postgres@127.0.0.1:$port/postgres
    psql -q "$ABM_TEST_POSTGRES" -c 'SELECT 1' >/dev/null
}

postgres_bin() { ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1; }

# The server refuses to run as root.
as_postgres() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

stop_postgres() {
    [ -n "${postgres_cluster:-}" ] || return 0
    as_postgres "$(postgres_bin)/pg_ctl" -D "$postgres_cluster/data" -m immediate stop >/dev/null 2>&1 || true
    rm -rf "$postgres_cluster"
}
