ALTER TABLE attempts ADD COLUMN event_id INTEGER;
ALTER TABLE attempts ADD COLUMN tipo TEXT;
ALTER TABLE attempts ADD COLUMN trace_id TEXT;

CREATE INDEX attempts_by_event_id ON attempts (event_id);
CREATE INDEX attempts_by_tipo ON attempts (tipo);
CREATE INDEX attempts_by_trace ON attempts (trace_id);

ALTER TABLE dead_letters ADD COLUMN event_id INTEGER;
ALTER TABLE dead_letters ADD COLUMN tipo TEXT;
ALTER TABLE dead_letters ADD COLUMN trace_id TEXT;

UPDATE dead_letters SET trace_id = SUBSTR(trace_parent, 4, 32) WHERE LENGTH(trace_parent) >= 55 AND trace_parent LIKE '__-%-%-%';

CREATE INDEX dead_letters_by_event_id ON dead_letters (event_id, id);
CREATE INDEX dead_letters_by_tipo ON dead_letters (tipo, id);
CREATE INDEX dead_letters_by_trace ON dead_letters (trace_id, id);
