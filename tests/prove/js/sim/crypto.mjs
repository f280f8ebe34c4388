// The platform's cryptography on one thread and with seeded chance: WebCrypto answers from a pool of threads, in an order
// that no seed repeats. The algorithms are the real ones, of `node:crypto`.

import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'

const TAG = 16

const subtle = {
  async importKey(_format, raw) {
    return { raw: Buffer.from(raw) }
  },
  async deriveKey({ salt, info }, root, { length }) {
    return { raw: Buffer.from(hkdfSync('sha256', root.raw, salt, info, length / 8)) }
  },
  async sign(_name, { raw }, data) {
    return bufferOf(createHmac('sha256', raw).update(data).digest())
  },
  async verify(_name, { raw }, mac, data) {
    const own = createHmac('sha256', raw).update(data).digest()
    return own.length === mac.length && timingSafeEqual(own, mac)
  },
  async digest(_name, data) {
    return bufferOf(createHash('sha256').update(data).digest())
  },
  async encrypt({ iv, additionalData }, { raw }, data) {
    const cipher = createCipheriv('aes-256-gcm', raw, iv).setAAD(additionalData)
    return bufferOf(Buffer.concat([cipher.update(data), cipher.final(), cipher.getAuthTag()]))
  },
  async decrypt({ iv, additionalData }, { raw }, data) {
    const bytes = Buffer.from(data)
    const decipher = createDecipheriv('aes-256-gcm', raw, iv).setAAD(additionalData)
    decipher.setAuthTag(bytes.subarray(-TAG))
    return bufferOf(Buffer.concat([decipher.update(bytes.subarray(0, -TAG)), decipher.final()]))
  },
}

function bufferOf(bytes) {
  return new Uint8Array(bytes).buffer
}

/** From now on random bytes come from this chance. Replaces the global object, so only for a process of its own. */
export function useCrypto(chance) {
  const getRandomValues = (array) => {
    array.set(chance.bytes(array.length))
    return array
  }
  Object.defineProperty(globalThis, 'crypto', {
    value: { subtle, getRandomValues },
    configurable: true,
    writable: true,
  })
}
