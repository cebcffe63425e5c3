// State of oidc-provider in SQLite (WAL), as durable as the gateway's.
import { DatabaseSync } from 'node:sqlite';

const seconds = () => Math.floor(Date.now() / 1000);
const value = (row) => (row === undefined ? undefined : JSON.parse(row.payload));

export function sqliteAdapter(file) {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = NORMAL;
    PRAGMA busy_timeout = 10000;
    CREATE TABLE kept (
      model TEXT NOT NULL, id TEXT NOT NULL, payload TEXT NOT NULL,
      grant_id TEXT, uid TEXT, user_code TEXT, expires_at INTEGER,
      PRIMARY KEY (model, id)
    ) WITHOUT ROWID;
    CREATE INDEX by_grant ON kept (grant_id) WHERE grant_id IS NOT NULL;
    CREATE INDEX by_uid ON kept (model, uid) WHERE uid IS NOT NULL;
    CREATE INDEX by_code ON kept (model, user_code) WHERE user_code IS NOT NULL;
  `);
  const statements = {
    keep: database.prepare('INSERT OR REPLACE INTO kept VALUES (?, ?, ?, ?, ?, ?, ?)'),
    find: database.prepare('SELECT payload FROM kept WHERE model = ? AND id = ? AND (expires_at IS NULL OR expires_at > ?)'),
    findByUid: database.prepare('SELECT payload FROM kept WHERE model = ? AND uid = ?'),
    findByUserCode: database.prepare('SELECT payload FROM kept WHERE model = ? AND user_code = ?'),
    consume: database.prepare("UPDATE kept SET payload = json_set(payload, '$.consumed', ?) WHERE model = ? AND id = ?"),
    destroy: database.prepare('DELETE FROM kept WHERE model = ? AND id = ?'),
    revoke: database.prepare('DELETE FROM kept WHERE grant_id = ?'),
  };

  return class SqliteAdapter {
    constructor(model) {
      this.model = model;
    }

    async upsert(id, payload, expiresIn) {
      const until = expiresIn === undefined ? null : seconds() + expiresIn;
      const { grantId = null, uid = null, userCode = null } = payload;
      statements.keep.run(this.model, id, JSON.stringify(payload), grantId, uid, userCode, until);
    }

    async find(id) {
      return value(statements.find.get(this.model, id, seconds()));
    }

    async findByUid(uid) {
      return value(statements.findByUid.get(this.model, uid));
    }

    async findByUserCode(code) {
      return value(statements.findByUserCode.get(this.model, code));
    }

    async consume(id) {
      statements.consume.run(seconds(), this.model, id);
    }

    async destroy(id) {
      statements.destroy.run(this.model, id);
    }

    async revokeByGrantId(grant) {
      statements.revoke.run(grant);
    }
  };
}
