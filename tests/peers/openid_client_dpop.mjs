// The same certified relying party, with every request and token bound to a key of its own (DPoP, RFC 9449).
import * as client from 'openid-client'
import { hear, importKey, run, say } from './dialogue.mjs'

await run(async () => {
  const { issuer, client_id, redirect_uri, jwk, wishes } = await hear()
  const key = { key: await importKey(jwk), kid: jwk.kid }
  const config = await client.discovery(new URL(issuer), client_id, undefined, client.PrivateKeyJwt(key), {
    execute: [client.allowInsecureRequests], // the sandbox speaks plain http on this machine
  })
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))
  const thief = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))

  const verifier = client.randomPKCECodeVerifier()
  const nonce = client.randomNonce()
  const wanted = {
    ...wishes,
    redirect_uri,
    nonce,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  const url = await client.buildAuthorizationUrlWithPAR(config, wanted, { DPoP })
  say({ go: url.href })

  const { arrived } = await hear()
  const checks = { pkceCodeVerifier: verifier, expectedNonce: nonce, idTokenExpected: true }
  const redeem = (handle) => client.authorizationCodeGrant(config, new URL(arrived), checks, {}, handle)
  const refused = (promise) => promise.then(() => 'accepted', (problem) => problem.error ?? problem.code)
  const stolen = await refused(redeem({ DPoP: thief }))
  const tokens = await redeem({ DPoP })
  const claims = tokens.claims()
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP })
  const without = await refused(client.fetchUserInfo(config, tokens.access_token, claims.sub))
  const another = await refused(client.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP: thief }))
  const introspection = await client.tokenIntrospection(config, tokens.access_token)
  say({ done: { claims, userinfo, introspection, token_type: tokens.token_type, stolen, without, another } })
})
