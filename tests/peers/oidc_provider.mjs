// The peer of the bench: oidc-provider with its state in SQLite (WAL), as durable as the gateway's.
// node oidc_provider.mjs PORT DATABASE, with the clients as JSON on standard input.
import { readFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import Provider from 'oidc-provider';

const [port, file] = process.argv.slice(2);
const clients = JSON.parse(readFileSync(0, 'utf8'));
const issuer = `http://localhost:${port}`;
const RESOURCE = 'urn:bench:documents';

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
const seconds = () => Math.floor(Date.now() / 1000);
const value = (row) => (row === undefined ? undefined : JSON.parse(row.payload));

class SqliteAdapter {
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
}

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const provider = new Provider(issuer, {
  adapter: SqliteAdapter,
  clients,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256', kid: 'bench' }] },
  cookies: { keys: ['bench'] },
  scopes: ['openid', 'profile', 'documents:read'],
  claims: { openid: ['sub'], profile: ['name', 'birthdate', 'gender'] },
  pkce: { required: () => true },
  findAccount: async (_, id) => ({
    accountId: id,
    claims: async () => ({ sub: id, name: 'CHAN TAI MAN', birthdate: '1990-01-02', gender: 'female' }),
  }),
  ttl: {
    AccessToken: 600, ClientCredentials: 600, AuthorizationCode: 60, IdToken: 600,
    Session: 28800, Grant: 28800, Interaction: 1800,
  },
  features: {
    devInteractions: { enabled: true },
    clientCredentials: { enabled: true },
    introspection: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    dPoP: { enabled: true },
    fapi: { enabled: true, profile: (_, client) => (client?.clientId === 'bench-fapi' ? '2.0' : undefined) },
    resourceIndicators: {
      enabled: true,
      getResourceServerInfo: async () => ({
        scope: 'documents:read',
        audience: RESOURCE,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  enabledJWA: {
    clientAuthSigningAlgValues: ['ES256', 'PS256', 'EdDSA'],
    dPoPSigningAlgValues: ['ES256', 'EdDSA'],
    idTokenSigningAlgValues: ['ES256', 'PS256'],
  },
});
provider.on('server_error', (_, error) => console.error(error));
for (const event of ['authorization.error', 'grant.error', 'pushed_authorization_request.error', 'introspection.error']) {
  provider.on(event, (_, error) => console.error(event, error.message, error.error_detail));
}
provider.listen(Number(port), '127.0.0.1');
