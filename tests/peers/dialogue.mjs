// Speaks with the test that started us: one JSON value a line, what is asked on stdin, what is answered on stdout.
import { createInterface } from 'node:readline/promises'

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

export const hear = async () => {
  const { value, done } = await lines.next()
  if (done) throw new Error('nobody speaks any more')
  return JSON.parse(value)
}

export const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

// A private JWK as a key of WebCrypto, for its own algorithm.
export const importKey = (jwk) => {
  const algorithm = {
    ES256: { name: 'ECDSA', namedCurve: 'P-256' },
    PS256: { name: 'RSA-PSS', hash: 'SHA-256' },
    EdDSA: { name: 'Ed25519' },
  }[jwk.alg]
  return crypto.subtle.importKey('jwk', jwk, algorithm, false, ['sign'])
}

export const run = async (play) => {
  try {
    await play()
    process.exit(0)
  } catch (problem) {
    const causes = []
    for (let fault = problem; fault; fault = fault.cause) causes.push(fault.code ?? fault.message ?? String(fault))
    say({ failed: problem.message, code: problem.code, error: problem.error, causes })
    process.exit(1)
  }
}
