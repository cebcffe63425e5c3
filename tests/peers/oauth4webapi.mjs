// The strict validator underneath (npm oauth4webapi), step by step, with the signature of the ID token checked too,
// and the access token checked as a resource server would (RFC 9068).
import * as oauth from 'oauth4webapi'
import { decodeJwt } from 'jose'
import { hear, importKey, run, say } from './dialogue.mjs'

const plain = { [oauth.allowInsecureRequests]: true } // the sandbox speaks plain http on this machine

await run(async () => {
  const { issuer, client_id, redirect_uri, jwk, wishes } = await hear()
  const here = new URL(issuer)
  const as = await oauth.processDiscoveryResponse(here, await oauth.discoveryRequest(here, plain))
  const metadata = await oauth.processDiscoveryResponse(
    here,
    await oauth.discoveryRequest(here, { ...plain, algorithm: 'oauth2' }), // RFC 8414
  )
  const me = { client_id }
  const proof = oauth.PrivateKeyJwt({ key: await importKey(jwk), kid: jwk.kid })

  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const nonce = oauth.generateRandomNonce()
  const pushed = await oauth.processPushedAuthorizationResponse(
    as,
    me,
    await oauth.pushedAuthorizationRequest(
      as,
      me,
      proof,
      {
        ...wishes,
        response_type: 'code',
        redirect_uri,
        state,
        nonce,
        code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
      },
      plain,
    ),
  )
  const url = new URL(as.authorization_endpoint)
  url.searchParams.set('client_id', client_id)
  url.searchParams.set('request_uri', pushed.request_uri)
  say({ go: url.href })

  const { arrived } = await hear()
  const answer = oauth.validateAuthResponse(as, me, new URL(arrived), state)
  const response = await oauth.authorizationCodeGrantRequest(as, me, proof, answer, redirect_uri, verifier, plain)
  const tokens = await oauth.processAuthorizationCodeResponse(as, me, response, {
    expectedNonce: nonce,
    requireIdToken: true,
  })
  await oauth.validateApplicationLevelSignature(as, response, plain)
  const claims = oauth.getValidatedIdTokenClaims(tokens)

  const userinfo = await oauth.processUserInfoResponse(
    as,
    me,
    claims.sub,
    await oauth.userInfoRequest(as, me, tokens.access_token, plain),
  )
  const audience = decodeJwt(tokens.access_token).aud
  const call = new Request(as.userinfo_endpoint, { headers: { authorization: `Bearer ${tokens.access_token}` } })
  const access = await oauth.validateJwtAccessToken(as, call, Array.isArray(audience) ? audience[0] : audience, plain)

  const again = await oauth.authorizationCodeGrantRequest(as, me, proof, answer, redirect_uri, verifier, plain)
  say({ done: { claims, userinfo, access, replay: await again.json(), same: as.issuer === metadata.issuer } })
})
