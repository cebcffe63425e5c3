// The certified relying party as a kiosk: it shows a code, waits, and is given tokens bound to its key (RFC 8628, 9449).
import * as client from 'openid-client'
import { hear, importKey, run, say } from './dialogue.mjs'

await run(async () => {
  const { issuer, client_id, jwk, wishes } = await hear()
  const key = { key: await importKey(jwk), kid: jwk.kid }
  const metadata = { userinfo_signed_response_alg: 'ES256' }
  const config = await client.discovery(new URL(issuer), client_id, metadata, client.PrivateKeyJwt(key), {
    execute: [client.allowInsecureRequests, client.enableNonRepudiationChecks], // signatures are checked as well
  })
  const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))

  const asked = await client.initiateDeviceAuthorization(config, wishes)
  say({ shows: asked })

  const tokens = await client.pollDeviceAuthorizationGrant(config, asked, undefined, { DPoP })
  const claims = tokens.claims()
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, claims.sub, { DPoP })
  const again = await client
    .pollDeviceAuthorizationGrant(config, { ...asked, interval: 1 }, undefined, { DPoP })
    .then(() => 'accepted', (problem) => problem.error ?? problem.code)
  say({ done: { claims, userinfo, token_type: tokens.token_type, again } })
})
