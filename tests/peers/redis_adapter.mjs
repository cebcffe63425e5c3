// State of oidc-provider in Redis: a value a key, an index a secondary key, a set a grant. The client is as small as it
// can be (one connection, requests in a row), which costs the peer less than a library would.
import { connect } from 'node:net';

const SEVERAL = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken', 'DeviceCode', 'BackchannelAuthenticationRequest']);

class Redis {
  constructor(port) {
    this.waiting = [];
    this.received = Buffer.alloc(0);
    this.socket = connect(port, '127.0.0.1').setNoDelay(true);
    this.socket.on('data', (data) => this.#take(data));
    this.socket.on('error', (error) => { throw error; });
  }

  ask(...words) {
    const parts = words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`);
    this.socket.write(`*${words.length}\r\n${parts.join('')}`);
    return new Promise((resolve, reject) => { this.waiting.push({ resolve, reject }); });
  }

  #take(data) {
    this.received = this.received.length ? Buffer.concat([this.received, data]) : data;
    for (;;) {
      const read = parse(this.received, 0);
      if (read === undefined) return;
      this.received = this.received.subarray(read.end);
      const { resolve, reject } = this.waiting.shift();
      if (read.value instanceof Error) reject(read.value);
      else resolve(read.value);
    }
  }
}

// One answer of the protocol (RESP2), or undefined until it is there as a whole.
function parse(bytes, at) {
  const line = bytes.indexOf('\r\n', at);
  if (line < 0) return undefined;
  const text = bytes.toString('utf8', at + 1, line);
  const kind = String.fromCharCode(bytes[at]);
  if (kind === '+') return { value: text, end: line + 2 };
  if (kind === '-') return { value: new Error(text), end: line + 2 };
  if (kind === ':') return { value: Number(text), end: line + 2 };
  const count = Number(text);
  if (count < 0) return { value: null, end: line + 2 };
  if (kind === '$') {
    const end = line + 2 + count;
    return bytes.length < end + 2 ? undefined : { value: bytes.toString('utf8', line + 2, end), end: end + 2 };
  }
  const value = [];
  let end = line + 2;
  for (let left = count; left > 0; left -= 1) {
    const one = parse(bytes, end);
    if (one === undefined) return undefined;
    value.push(one.value);
    end = one.end;
  }
  return { value, end };
}

export function redisAdapter(port) {
  const redis = new Redis(port);

  return class RedisAdapter {
    constructor(model) {
      this.model = model;
    }

    key(id) {
      return `${this.model}:${id}`;
    }

    async upsert(id, payload, expiresIn) {
      const lives = expiresIn === undefined ? [] : ['EX', expiresIn];
      const asked = [redis.ask('SET', this.key(id), JSON.stringify(payload), ...lives)];
      if (payload.grantId && SEVERAL.has(this.model)) {
        asked.push(redis.ask('SADD', `grant:${payload.grantId}`, this.key(id)));
        if (expiresIn !== undefined) asked.push(redis.ask('EXPIRE', `grant:${payload.grantId}`, 28800));
      }
      if (payload.uid) asked.push(redis.ask('SET', `uid:${payload.uid}`, id, ...lives));
      if (payload.userCode) asked.push(redis.ask('SET', `user_code:${payload.userCode}`, id, ...lives));
      await Promise.all(asked);
    }

    async find(id) {
      const text = await redis.ask('GET', this.key(id));
      return text === null ? undefined : JSON.parse(text);
    }

    async findByUid(uid) {
      const id = await redis.ask('GET', `uid:${uid}`);
      return id === null ? undefined : this.find(id);
    }

    async findByUserCode(code) {
      const id = await redis.ask('GET', `user_code:${code}`);
      return id === null ? undefined : this.find(id);
    }

    async consume(id) {
      const payload = await this.find(id);
      payload.consumed = Math.floor(Date.now() / 1000);
      await redis.ask('SET', this.key(id), JSON.stringify(payload), 'KEEPTTL');
    }

    async destroy(id) {
      await redis.ask('DEL', this.key(id));
    }

    async revokeByGrantId(grant) {
      const keys = await redis.ask('SMEMBERS', `grant:${grant}`);
      await redis.ask('DEL', ...keys, `grant:${grant}`);
    }
  };
}
