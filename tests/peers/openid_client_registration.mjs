// The same relying party registers itself under an invitation (RFC 7591), acts, errs, and reads what it did wrong.
import * as client from 'openid-client'
import { hear, importKey, run, say } from './dialogue.mjs'

await run(async () => {
  const { issuer, invitation, redirect_uri, jwk } = await hear()
  const { d, ...open } = jwk
  const key = { key: await importKey(jwk), kid: jwk.kid }
  const metadata = {
    client_name: 'A client of its own',
    'client_name#zh-Hant': '自行登記的用戶端',
    'client_name#zh-Hans': '自行注册的客户端',
    'client_name#pt': 'Um cliente por si',
    redirect_uris: [redirect_uri],
    grant_types: ['authorization_code', 'client_credentials'],
    response_types: ['code'],
    token_endpoint_auth_method: 'private_key_jwt',
    dpop_bound_access_tokens: true,
    jwks: { keys: [open] },
  }
  const register = () =>
    client.dynamicClientRegistration(new URL(issuer), metadata, client.PrivateKeyJwt(key), {
      initialAccessToken: invitation,
      execute: [client.allowInsecureRequests], // the sandbox speaks plain http on this machine
    })
  const config = await register()
  const registered = config.clientMetadata()
  const again = await register().then(() => 'accepted', (problem) => problem.cause?.[0]?.parameters?.error ?? problem.code)

  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
  const wrong = { redirect_uri: `${redirect_uri}/wrong`, scope: 'openid', code_challenge_method: 'S256' }
  wrong.code_challenge = await client.calculatePKCECodeChallenge(client.randomPKCECodeVerifier())
  const refused = await client.buildAuthorizationUrlWithPAR(config, wrong, { DPoP }).then(
    () => 'accepted',
    (problem) => problem.error,
  )
  const tokens = await client.clientCredentialsGrant(config, { scope: 'integration:read' }, { DPoP })
  const read = async (method, path) => {
    const url = new URL(path, issuer)
    const headers = new Headers({ 'accept-language': 'en' })
    const answer = await client.fetchProtectedResource(config, tokens.access_token, url, method, null, headers, { DPoP })
    return answer.json()
  }
  const errors = await read('GET', '/api/v1/integration/errors')
  const state = await read('GET', '/api/v1/integration')
  const page = await read('POST', '/api/v1/integration/page')
  say({ done: { registered, again, refused, errors, state, page } })
})
