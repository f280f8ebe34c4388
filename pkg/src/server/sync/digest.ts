/**
 * SHA-256, cut to 96 bits: tells whether an entry of a view is the one a device was given. Synchronous, because a view
 * has tens of thousands of entries: WebCrypto takes five times as long for texts of this size, in awaiting alone.
 */

/** The first bits of the fractional parts of `root` of the first primes: where the constants of SHA-2 come from. */
function constants(count: number, root: (n: number) => number): Int32Array {
  const found = new Int32Array(count)
  for (let n = 2, i = 0; i < count; n++) if (isPrime(n)) found[i++] = (root(n) % 1) * 2 ** 32
  return found
}

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor++) if (n % divisor === 0) return false
  return true
}

const K = constants(64, Math.cbrt)
const START = constants(8, Math.sqrt)
const words = new Int32Array(64)
const encoder = new TextEncoder()
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** 16 characters (base64url) that stand for the text. */
export function digest(text: string): string {
  const [a = 0, b = 0, c = 0] = sha256(text)
  let out = ''
  // Three words are 96 bits: sixteen groups of six, each within one word or across two.
  for (let bit = 0; bit < 96; bit += 6) {
    const index = bit >>> 5
    const high = (index === 0 ? a : index === 1 ? b : c) >>> 0
    const low = (index === 0 ? b : index === 1 ? c : 0) >>> 0
    const shift = 26 - (bit & 31)
    const six = shift >= 0 ? high >>> shift : (high << -shift) | (low >>> (32 + shift))
    out += ALPHABET.charAt(six & 63)
  }
  return out
}

/** The eight words of SHA-256 (FIPS 180-4). */
export function sha256(text: string): Int32Array {
  const message = padded(text)
  const sum = START.slice()
  for (let at = 0; at < message.byteLength; at += 64) block(message, at, sum)
  return sum
}

function padded(text: string): DataView {
  const bytes = encoder.encode(text)
  const whole = new Uint8Array((((bytes.length + 8) >> 6) + 1) << 6)
  whole.set(bytes)
  whole[bytes.length] = 0x80
  const view = new DataView(whole.buffer)
  view.setUint32(whole.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(whole.length - 4, bytes.length << 3)
  return view
}

function block(message: DataView, at: number, sum: Int32Array): void {
  const w = words
  for (let i = 0; i < 16; i++) w[i] = message.getInt32(at + i * 4)
  for (let i = 16; i < 64; i++) {
    const x = w[i - 15] as number
    const y = w[i - 2] as number
    const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3)
    const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10)
    w[i] = (w[i - 16] as number) + s0 + (w[i - 7] as number) + s1
  }
  let a = sum[0] as number
  let b = sum[1] as number
  let c = sum[2] as number
  let d = sum[3] as number
  let e = sum[4] as number
  let f = sum[5] as number
  let g = sum[6] as number
  let h = sum[7] as number
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + (K[i] as number) + (w[i] as number)) | 0
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + t1) | 0
    d = c
    c = b
    b = a
    a = (t1 + t2) | 0
  }
  const parts = [a, b, c, d, e, f, g, h]
  for (let i = 0; i < 8; i++) sum[i] = (sum[i] as number) + (parts[i] as number)
}
