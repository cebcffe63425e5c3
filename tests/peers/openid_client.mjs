// A certified relying party (npm openid-client) signs somebody in: discovery, pushed request, PKCE, private_key_jwt.
import * as client from 'openid-client'
import { hear, importKey, run, say } from './dialogue.mjs'

await run(async () => {
  const { issuer, client_id, redirect_uri, jwk, wishes } = await hear()
  const key = { key: await importKey(jwk), kid: jwk.kid }
  const config = await client.discovery(new URL(issuer), client_id, undefined, client.PrivateKeyJwt(key), {
    execute: [client.allowInsecureRequests], // the sandbox speaks plain http on this machine
  })

  const verifier = client.randomPKCECodeVerifier()
  const state = client.randomState()
  const nonce = client.randomNonce()
  const url = await client.buildAuthorizationUrlWithPAR(config, {
    ...wishes,
    redirect_uri,
    state,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  })
  say({ go: url.href })

  const { arrived } = await hear()
  const tokens = await client.authorizationCodeGrant(config, new URL(arrived), {
    pkceCodeVerifier: verifier,
    expectedState: state,
    expectedNonce: nonce,
    idTokenExpected: true,
  })
  const claims = tokens.claims()
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub)
  const introspection = await client.tokenIntrospection(config, tokens.access_token)
  await client.tokenRevocation(config, tokens.access_token)
  const afterwards = await client.tokenIntrospection(config, tokens.access_token)
  say({ done: { claims, userinfo, introspection, afterwards, token_type: tokens.token_type } })
})
