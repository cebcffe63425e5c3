// The peer of the bench: oidc-provider with its state in SQLite, or of several processes in Redis.
// node oidc_provider.mjs PORT STATE [--upstream=ISSUER] [--processes=N], with the clients as JSON on standard input.
// STATE is a file, or redis:PORT.
import cluster from 'node:cluster';
import { readFileSync } from 'node:fs';
import { generateKeyPairSync } from 'node:crypto';
import { parseArgs } from 'node:util';
import Provider from 'oidc-provider';

const { positionals: [port, state], values } = parseArgs({
  allowPositionals: true,
  options: { upstream: { type: 'string' }, processes: { type: 'string', default: '1' } },
});
const issuer = `http://localhost:${port}`;
const RESOURCE = 'urn:bench:documents';

async function given() {
  if (cluster.isWorker) return new Promise((resolve) => { process.once('message', resolve); });
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { clients: JSON.parse(readFileSync(0, 'utf8')), key: privateKey.export({ format: 'jwk' }) };
}

async function adapterOf() {
  if (state.startsWith('redis:')) {
    return (await import('./redis_adapter.mjs')).redisAdapter(Number(state.slice('redis:'.length)));
  }
  return (await import('./sqlite_adapter.mjs')).sqliteAdapter(state);
}

const findAccount = async (_, id) => ({
  accountId: id,
  claims: async () => ({ sub: id, name: 'CHAN TAI MAN', birthdate: '1990-01-02', gender: 'female' }),
});

async function serve({ clients, key }) {
  const adapter = await adapterOf();
  const upstream = values.upstream
    && await (await import('./upstream_sign_in.mjs')).upstreamSignIn({ issuer: values.upstream, own: issuer, adapter });
  const provider = new Provider(issuer, {
    adapter,
    clients,
    jwks: { keys: [{ ...key, use: 'sig', alg: 'ES256', kid: 'bench' }] },
    cookies: { keys: ['bench'] },
    scopes: ['openid', 'profile', 'documents:read'],
    claims: { openid: ['sub'], profile: ['name', 'birthdate', 'gender'] },
    pkce: { required: () => true },
    findAccount: upstream ? upstream.findAccount : findAccount,
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
  if (upstream) upstream.install(provider);
  provider.listen(Number(port), '127.0.0.1');
}

const start = await given();
if (cluster.isPrimary && values.processes !== '1') {
  for (let left = Number(values.processes); left > 0; left -= 1) cluster.fork().send(start);
  cluster.on('exit', () => process.exit(1));
  process.on('SIGTERM', () => process.exit(143)); // the others end with their channel
} else {
  await serve(start);
}
