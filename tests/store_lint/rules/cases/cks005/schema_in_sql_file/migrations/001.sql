CREATE TABLE app.notes (id bigserial PRIMARY KEY, body text NOT NULL);
ALTER TABLE app.notes ADD COLUMN seen timestamptz;
