CREATE TABLE counters (
    name  TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) WITHOUT ROWID;

INSERT INTO counters (name, value) VALUES ('cursor', 0);

CREATE TABLE ids (
    queue       TEXT    NOT NULL,
    message_id  TEXT    NOT NULL,
    place       INTEGER NOT NULL,
    fingerprint BLOB    NOT NULL,
    cursor      INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    unfinished  INTEGER NOT NULL,
    past        INTEGER NOT NULL,
    redrives    INTEGER NOT NULL,
    changed_at  INTEGER NOT NULL,
    PRIMARY KEY (queue, message_id)
) WITHOUT ROWID;

CREATE TABLE events (
    cursor       INTEGER PRIMARY KEY,
    queue        TEXT    NOT NULL,
    message_id   TEXT    NOT NULL,
    id           INTEGER NOT NULL,
    tipo         TEXT    NOT NULL,
    payload      TEXT    NOT NULL,
    exchange     TEXT    NOT NULL,
    routing_key  TEXT    NOT NULL,
    published_at INTEGER NOT NULL,
    received_at  INTEGER NOT NULL,
    processed_at INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    redelivered  INTEGER NOT NULL,
    trace_id     TEXT,
    consumer     TEXT    NOT NULL
);

CREATE INDEX events_by_tipo ON events (tipo);
CREATE INDEX events_by_queue ON events (queue);

CREATE TABLE attempts (
    queue        TEXT    NOT NULL,
    message_id   TEXT    NOT NULL,
    number       INTEGER NOT NULL,
    delivered_at INTEGER NOT NULL,
    started_at   INTEGER NOT NULL,
    ended_at     INTEGER NOT NULL,
    outcome      TEXT    NOT NULL,
    error        TEXT,
    consumer     TEXT    NOT NULL,
    PRIMARY KEY (queue, message_id, number)
) WITHOUT ROWID;

CREATE TABLE dead_letters (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    queue        TEXT    NOT NULL,
    message_id   TEXT    NOT NULL,
    alone        INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    settled_at   INTEGER NOT NULL,
    reason       TEXT    NOT NULL,
    error        TEXT,
    died_at      INTEGER NOT NULL,
    attempts     INTEGER NOT NULL,
    past         INTEGER NOT NULL,
    redrive      INTEGER NOT NULL,
    exchange     TEXT    NOT NULL,
    routing_key  TEXT    NOT NULL,
    body         BLOB    NOT NULL,
    body_hash    BLOB    NOT NULL,
    content_type TEXT,
    trace_parent TEXT,
    headers      TEXT    NOT NULL
);

CREATE INDEX dead_letters_by_message ON dead_letters (queue, message_id);
CREATE INDEX dead_letters_by_state ON dead_letters (state, id);

CREATE TABLE books (
    queue     TEXT PRIMARY KEY,
    stored    INTEGER NOT NULL,
    waiting   INTEGER NOT NULL,
    dead      INTEGER NOT NULL,
    discarded INTEGER NOT NULL,
    conflicts INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE queues (
    queue   TEXT    PRIMARY KEY,
    present INTEGER NOT NULL,
    seen_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE queue_deletions (
    queue      TEXT    NOT NULL,
    first_seen INTEGER NOT NULL,
    last_seen  INTEGER NOT NULL,
    PRIMARY KEY (queue, first_seen)
) WITHOUT ROWID;

CREATE TABLE faults (
    id                INTEGER PRIMARY KEY,
    plan              TEXT    NOT NULL,
    fail_next         INTEGER NOT NULL,
    crash_before_acks INTEGER NOT NULL
);

INSERT INTO faults (id, plan, fail_next, crash_before_acks) VALUES (1, '{}', 0, 0);
