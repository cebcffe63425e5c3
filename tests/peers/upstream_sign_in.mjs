// oidc-provider as a proxy: who has to sign in is sent to another provider, by openid-client, and comes back.
import { generateKeyPair } from 'jose';
import * as client from 'openid-client';

const KEPT_SECONDS = 600;

export async function upstreamSignIn({ issuer, own, adapter }) {
  const { privateKey } = await generateKeyPair('ES256');
  const config = await client.discovery(new URL(issuer), 'bench', undefined, client.PrivateKeyJwt({ key: privateKey, kid: 'bench' }), {
    execute: [client.allowInsecureRequests],
  });
  client.enableNonRepudiationChecks(config); // the ID token's signature is verified, as the gateway does
  const departures = new adapter('Departure');
  const people = new adapter('Person');

  async function depart(provider, ctx, uid) {
    const [verifier, nonce, state] = [client.randomPKCECodeVerifier(), client.randomNonce(), client.randomState()];
    await departures.upsert(state, { verifier, nonce, interaction: uid }, KEPT_SECONDS);
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: `${own}/callback`,
      scope: 'openid profile identity',
      state,
      nonce,
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    });
    ctx.status = 303;
    ctx.set('Location', url.href);
  }

  async function arrive(provider, ctx) {
    const arrived = new URL(ctx.url, own);
    const state = arrived.searchParams.get('state');
    const departed = await departures.find(state);
    const { uid } = await provider.interactionDetails(ctx.req, ctx.res);
    if (departed === undefined || departed.interaction !== uid) ctx.throw(400, 'not of this browser');
    await departures.destroy(state);
    const tokens = await client.authorizationCodeGrant(config, arrived, {
      pkceCodeVerifier: departed.verifier,
      expectedState: state,
      expectedNonce: departed.nonce,
      idTokenExpected: true,
    });
    const { sub } = tokens.claims();
    const told = await client.fetchUserInfo(config, tokens.access_token, sub);
    await people.upsert(sub, { name: told.name, birthdate: told.birthdate, gender: told.gender });
    ctx.respond = false;
    await provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: sub } }, { mergeWithLastSubmission: false });
  }

  return {
    findAccount: async (_, id) => ({ accountId: id, claims: async () => ({ sub: id, ...(await people.find(id)) }) }),
    install(provider) {
      provider.use(async (ctx, next) => {
        if (ctx.method === 'GET' && ctx.path === '/callback') {
          await arrive(provider, ctx);
        } else if (ctx.method === 'GET' && ctx.path.startsWith('/interaction/')) {
          const { uid, prompt } = await provider.interactionDetails(ctx.req, ctx.res);
          await (prompt.name === 'login' ? depart(provider, ctx, uid) : next());
        } else {
          await next();
        }
      });
    },
  };
}
