// oidc-provider as a region's platform: whoever comes is signed in and agrees at once, without a page.
// node oidc_upstream.mjs PORT, with the clients as JSON on standard input; those named fapi-* are held to FAPI 2.0.
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Provider from 'oidc-provider';

const port = Number(process.argv[2]);
const clients = JSON.parse(readFileSync(0, 'utf8'));
const held = (client) => client?.clientId?.startsWith('fapi-');

const key = (type, options, alg) => ({
  ...generateKeyPairSync(type, options).privateKey.export({ format: 'jwk' }),
  use: 'sig',
  alg,
  kid: `upstream-${alg}`,
});

const provider = new Provider(`http://localhost:${port}`, {
  clients,
  jwks: {
    keys: [
      key('ec', { namedCurve: 'P-256' }, 'ES256'),
      key('ed25519', {}, 'EdDSA'),
      key('rsa', { modulusLength: 2048 }, 'PS256'),
      key('rsa', { modulusLength: 2048 }, 'RS256'),
    ],
  },
  cookies: { keys: [randomBytes(16).toString('hex')] },
  acrValues: ['urn:op:password', 'urn:op:otp'],
  claims: { openid: ['sub'], profile: ['name', 'birthdate', 'gender'], identity: ['bir_number'] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id, name: 'LEI CHI MENG', birthdate: '1990-01-02', gender: 'male', bir_number: '5000001(8)',
    }),
  }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    pushedAuthorizationRequests: { enabled: true },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: (ctx) => held(ctx.oidc.client) ?? true },
    fapi: { enabled: true, profile: (_, client) => (held(client) ? '2.0' : undefined) },
  },
  enabledJWA: {
    clientAuthSigningAlgValues: ['ES256'],
    dPoPSigningAlgValues: ['ES256'],
    idTokenSigningAlgValues: ['ES256', 'EdDSA', 'PS256', 'RS256'],
  },
});

provider.use(async (ctx, next) => {
  if (!ctx.path.startsWith('/interaction/')) return next();
  const { params } = await provider.interactionDetails(ctx.req, ctx.res);
  const grant = new provider.Grant({ accountId: 'resident-1', clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const [acr] = (params.acr_values ?? 'urn:op:password').split(' ');
  ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, {
    login: { accountId: 'resident-1', acr, amr: ['pwd'] },
    consent: { grantId: await grant.save() },
  }));
});

for (const event of ['server_error', 'authorization.error', 'grant.error', 'pushed_authorization_request.error', 'userinfo.error']) {
  provider.on(event, (_, error) => console.error(event, error.message, error.error_detail ?? ''));
}
provider.listen(port, '127.0.0.1', () => console.log('listening'));
