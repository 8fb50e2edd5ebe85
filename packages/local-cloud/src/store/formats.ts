/**
 * How the state file's format came to be: the statements at index n turn format n into format n + 1, and a new file has all of
 * them run. What has once been landed is never edited: append.
 */
export const FORMATS: readonly string[] = [
  `
  CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE workers (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
  CREATE TABLE versions (
    id TEXT PRIMARY KEY, worker TEXT NOT NULL, number INTEGER NOT NULL, document TEXT NOT NULL,
    UNIQUE (worker, number)
  ) STRICT;
  CREATE TABLE deployments (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, worker TEXT NOT NULL, document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX deployments_of_worker ON deployments (worker, sequence);
  CREATE TABLE assets (
    worker TEXT NOT NULL, hash TEXT NOT NULL, blob TEXT NOT NULL, PRIMARY KEY (worker, hash)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE asset_uploads (id TEXT PRIMARY KEY, worker TEXT NOT NULL, manifest TEXT NOT NULL) STRICT;
  CREATE TABLE domains (id TEXT PRIMARY KEY, hostname TEXT NOT NULL UNIQUE, worker TEXT NOT NULL, document TEXT NOT NULL) STRICT;
  CREATE TABLE schedules (worker TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
  CREATE TABLE buckets (name TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
  CREATE TABLE emails (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL) STRICT;
`,
  `
  CREATE TABLE sent_requests (key TEXT PRIMARY KEY, digest TEXT NOT NULL, answer TEXT NOT NULL, sent_at_ms INTEGER NOT NULL) STRICT;
  CREATE TABLE webhooks (sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, document TEXT NOT NULL) STRICT;
  CREATE TABLE webhook_messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE, webhook TEXT NOT NULL, due_at_ms INTEGER, document TEXT NOT NULL
  ) STRICT;
`,
  `
  CREATE TABLE kv_namespaces (id TEXT PRIMARY KEY, title TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE d1_databases (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL) STRICT;
  CREATE TABLE queues (id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, document TEXT NOT NULL) STRICT;
  CREATE TABLE queue_messages (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, id TEXT NOT NULL, content_type TEXT NOT NULL,
    body BLOB NOT NULL, sent_at_ms INTEGER NOT NULL, due_at_ms INTEGER NOT NULL, attempts INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX queue_messages_due ON queue_messages (queue, due_at_ms);
  CREATE TABLE durable_object_namespaces (
    id TEXT PRIMARY KEY, worker TEXT NOT NULL, class TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (worker, class)
  ) STRICT;
`,
];
