// Sign a person in, learn what they agreed to tell, and issue a sealed record to them. Needs: npm install openid-client
//
//   ISSUER=https://… CLIENT_ID=… KEY=key.pem KEY_ID=… REDIRECT_URI=https://… node partner.mjs record.pdf
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import * as client from 'openid-client'

const { ISSUER, CLIENT_ID, KEY, KEY_ID, REDIRECT_URI } = process.env
const pem = await readFile(KEY, 'ascii')
const der = Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64')
const ES256 = { name: 'ECDSA', namedCurve: 'P-256' }
const key = await crypto.subtle.importKey('pkcs8', der, ES256, false, ['sign']) // registered: proves who we are

// 1. Where everything is, and how we prove ourselves: private_key_jwt, and DPoP with a key of this process.
const config = await client.discovery(new URL(ISSUER), CLIENT_ID, undefined, client.PrivateKeyJwt({ key, kid: KEY_ID }), {
  execute: ISSUER.startsWith('http://localhost') ? [client.allowInsecureRequests] : [], // the sandbox alone
})
const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256')) // takes the server's nonces up

// 2. Push the request: what we want to know, how it was verified, and why something is not told.
const wanted = {
  birthdate: { essential: true },
  gender: null,
  verified_claims: { verification: { trust_framework: null }, claims: { birthdate: { essential: true } } },
  'urn:gba:claims:withheld': null,
}
const pkceCodeVerifier = client.randomPKCECodeVerifier()
const expectedNonce = client.randomNonce()
const expectedState = client.randomState()
const url = await client.buildAuthorizationUrlWithPAR(
  config,
  {
    scope: 'openid',
    redirect_uri: REDIRECT_URI,
    state: expectedState,
    nonce: expectedNonce,
    claims: JSON.stringify({ userinfo: wanted }),
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: 'S256',
    ui_locales: 'en',
  },
  { DPoP },
)

// 3. The browser goes there, and comes back to REDIRECT_URI. A web server would read that request; we read a line.
console.log(url.href)
const lines = createInterface({ input: process.stdin })
const { value: back } = await lines[Symbol.asyncIterator]().next()
lines.close()

// 4. The code becomes tokens. State, issuer, signature, audience, nonce and times are checked here.
const checks = { pkceCodeVerifier, expectedNonce, expectedState, idTokenExpected: true }
const tokens = await client.authorizationCodeGrant(config, new URL(back), checks, {}, { DPoP })
const person = tokens.claims()

// 5. What the person agreed to tell.
const told = await client.fetchUserInfo(config, tokens.access_token, person.sub, { DPoP })

// 6. A record for them, sealed by the gateway. Our own token: no person is needed for that.
const own = (await client.clientCredentialsGrant(config, { scope: 'documents:issue' }, { DPoP })).access_token
const metadata = { subject: person.sub, title: { en: 'Licence' }, kind: 'licence', language: 'en' }
const form = new FormData()
form.set('metadata', new Blob([JSON.stringify(metadata)], { type: 'application/json' }))
form.set('file', new Blob([await readFile(process.argv[2])], { type: 'application/pdf' }), 'record.pdf')
const packed = new Response(form)
const body = new Uint8Array(await packed.arrayBuffer())
const headers = new Headers({ 'content-type': packed.headers.get('content-type'), 'idempotency-key': randomUUID() })
const call = async (method, path, ...more) => {
  const answer = await client.fetchProtectedResource(config, own, new URL(path, ISSUER), method, ...more, { DPoP })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return answer
}
const record = await (await call('POST', '/api/v1/documents', body, headers)).json()

// 7. Sealed at once, or soon: `received` means that the gateway goes on trying. Anybody can verify it, without a token.
let verdict = null
if (record.state === 'sealed') {
  const sealed = await (await call('GET', `/api/v1/documents/${record.id}/content`, undefined, undefined)).arrayBuffer()
  const asked = { method: 'POST', body: sealed, headers: { 'content-type': 'application/pdf' } }
  verdict = (await (await fetch(new URL('/api/v1/verifications', ISSUER), asked)).json()).verdict
}
console.log(JSON.stringify({ person, told, record, verdict }))
