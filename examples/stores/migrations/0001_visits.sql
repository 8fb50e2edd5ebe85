CREATE TABLE visits (path TEXT NOT NULL, at TEXT NOT NULL);
CREATE INDEX visits_at ON visits (at);
