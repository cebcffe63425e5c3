// The strict validator through everything at once: a signed request (JAR) pushed with a proof, a signed response (JARM),
// proofs with the server's nonces, private_key_jwt; then userinfo, refresh, exchange, and introspection as a signed JWT.
import * as oauth from 'oauth4webapi'
import { hear, importKey, run, say } from './dialogue.mjs'

const plain = { [oauth.allowInsecureRequests]: true } // the sandbox speaks plain http on this machine

await run(async () => {
  const { issuer, client_id, redirect_uri, jwk, wishes, calls } = await hear()
  const here = new URL(issuer)
  const as = await oauth.processDiscoveryResponse(here, await oauth.discoveryRequest(here, plain))
  const me = { client_id, introspection_signed_response_alg: 'ES256' }
  const key = { key: await importKey(jwk), kid: jwk.kid }
  const proof = oauth.PrivateKeyJwt(key)
  const DPoP = oauth.DPoP(me, await oauth.generateKeyPair('ES256'))
  const bound = { ...plain, DPoP }
  let asked = 0 // how often the server wanted a nonce that we did not have yet
  const withNonce = async (request, read) => {
    try {
      return await read(await request())
    } catch (problem) {
      if (!oauth.isDPoPNonceError(problem)) throw problem
      asked += 1
      return read(await request())
    }
  }

  const verifier = oauth.generateRandomCodeVerifier()
  const state = oauth.generateRandomState()
  const nonce = oauth.generateRandomNonce()
  const request = await oauth.issueRequestObject(as, me, {
    ...wishes,
    response_type: 'code',
    response_mode: 'jwt',
    redirect_uri,
    state,
    nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  }, key)
  const pushed = await withNonce(
    () => oauth.pushedAuthorizationRequest(as, me, proof, { request }, bound),
    (answer) => oauth.processPushedAuthorizationResponse(as, me, answer),
  )
  const url = new URL(as.authorization_endpoint)
  url.searchParams.set('client_id', client_id)
  url.searchParams.set('request_uri', pushed.request_uri)
  say({ go: url.href })

  const { arrived } = await hear()
  const names = [...new URL(arrived).searchParams.keys()]
  const answer = await oauth.validateJwtAuthResponse(as, me, new URL(arrived), state, plain)
  const tokens = await withNonce(
    () => oauth.authorizationCodeGrantRequest(as, me, proof, answer, redirect_uri, verifier, bound),
    async (response) => {
      const read = await oauth.processAuthorizationCodeResponse(as, me, response, {
        expectedNonce: nonce,
        requireIdToken: true,
      })
      await oauth.validateApplicationLevelSignature(as, response, plain)
      return read
    },
  )
  const claims = oauth.getValidatedIdTokenClaims(tokens)
  const userinfo = await withNonce(
    () => oauth.userInfoRequest(as, me, tokens.access_token, bound),
    (response) => oauth.processUserInfoResponse(as, me, claims.sub, response),
  )

  const refreshed = await withNonce(
    () => oauth.refreshTokenGrantRequest(as, me, proof, tokens.refresh_token, bound),
    (response) => oauth.processRefreshTokenResponse(as, me, response),
  )
  const exchanged = await withNonce(
    () => oauth.genericTokenEndpointRequest(as, me, proof, 'urn:ietf:params:oauth:grant-type:token-exchange', {
      subject_token: refreshed.access_token,
      subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      audience: calls,
    }, bound),
    (response) => oauth.processGenericTokenEndpointResponse(as, me, response),
  )

  const response = await oauth.introspectionRequest(as, me, proof, refreshed.access_token, plain)
  const kind = response.headers.get('content-type')
  const introspection = await oauth.processIntrospectionResponse(as, me, response)
  await oauth.validateApplicationLevelSignature(as, response, plain)

  const leave = new URL(as.end_session_endpoint)
  leave.searchParams.set('id_token_hint', tokens.id_token)
  leave.searchParams.set('post_logout_redirect_uri', redirect_uri)
  leave.searchParams.set('state', 'signed-out')
  say({
    done: {
      claims, userinfo, introspection, kind, names, asked,
      token_type: tokens.token_type,
      refreshed: refreshed.token_type,
      exchanged: { kind: exchanged.issued_token_type, token_type: exchanged.token_type },
      leave: leave.href,
    },
  })
})
