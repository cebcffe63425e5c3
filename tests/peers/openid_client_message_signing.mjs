// The certified relying party with everything signed: its request (JAR, pushed), our response (JARM), tokens by DPoP.
import * as client from 'openid-client'
import { hear, importKey, run, say } from './dialogue.mjs'

await run(async () => {
  const { issuer, client_id, redirect_uri, jwk, wishes } = await hear()
  const key = { key: await importKey(jwk), kid: jwk.kid }
  const config = await client.discovery(new URL(issuer), client_id, undefined, client.PrivateKeyJwt(key), {
    execute: [client.allowInsecureRequests, client.useJwtResponseMode], // the sandbox speaks plain http here
  })
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))

  const verifier = client.randomPKCECodeVerifier()
  const nonce = client.randomNonce()
  const state = client.randomState()
  const wanted = {
    ...wishes,
    redirect_uri,
    nonce,
    state,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }
  const signed = await client.buildAuthorizationUrlWithJAR(config, wanted, key)
  const url = await client.buildAuthorizationUrlWithPAR(config, signed.searchParams, { DPoP })
  say({ go: url.href })

  const { arrived } = await hear()
  const checks = {
    pkceCodeVerifier: verifier,
    expectedNonce: nonce,
    expectedState: state,
    idTokenExpected: true,
  }
  const tokens = await client.authorizationCodeGrant(config, new URL(arrived), checks, {}, { DPoP })
  const claims = tokens.claims()
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP })
  const names = [...new URL(arrived).searchParams.keys()]
  say({ done: { claims, userinfo, names, pushed: [...signed.searchParams.keys()], token_type: tokens.token_type } })
})
