import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../lib/run.mjs'

/**
 * Repairs of wasm-bindgen's glue. Each must match exactly once (`where` says which functions may be absent, because
 * the crate does not need them), so an update of wasm-bindgen cannot make one vanish silently.
 */
const patches = [
  {
    why: '`instanceof` fails for a module that comes from another realm (edge-runtime, vm)',
    where: 'function initSync(',
    find: 'if (!(module instanceof WebAssembly.Module)) {',
    replace: "if (Object.prototype.toString.call(module) !== '[object WebAssembly.Module]') {",
  },
  {
    why: 'a URL beside the script breaks bundlers and CommonJS; entries bring the module themselves',
    where: 'async function __wbg_init(',
    find: "module_or_path = new URL('NAME_bg.wasm', import.meta.url);",
    replace: "throw new TypeError('no wasm module was given');",
  },
  {
    why: 'walking a long string character by character is up to 40 times slower than encodeInto',
    where: 'function passStringToWasm0(',
    find: 'for (; offset < len; offset++) {',
    replace: 'if (len <= 48) for (; offset < len; offset++) {',
  },
  {
    why: 'every host there is has encodeInto',
    where: 'const cachedTextEncoder',
    find: `if (!('encodeInto' in cachedTextEncoder)) {
    cachedTextEncoder.encodeInto = function (arg, view) {
        const buf = cachedTextEncoder.encode(arg);
        view.set(buf);
        return {
            read: arg.length,
            written: buf.length
        };
    };
}
`,
    replace: '',
  },
  {
    why: 'the module always exports what grows a text',
    where: 'function passStringToWasm0(',
    find: `    if (realloc === undefined) {
        const buf = cachedTextEncoder.encode(arg);
        const ptr = malloc(buf.length, 1) >>> 0;
        getUint8ArrayMemory0().subarray(ptr, ptr + buf.length).set(buf);
        WASM_VECTOR_LEN = buf.length;
        return ptr;
    }
`,
    replace: '',
  },
  {
    why: 'entries give an object, as wasm-bindgen asks for now',
    where: 'function initSync(',
    find: `    if (module !== undefined) {
        if (Object.getPrototypeOf(module) === Object.prototype) {
            ({module} = module)
        } else {
            console.warn('using deprecated parameters for \`initSync()\`; pass a single object instead')
        }
    }
`,
    replace: '    ({ module } = module)\n',
  },
]

export function patchGlue(folder, name) {
  const file = join(folder, `${name}.js`)
  let text = readFileSync(file, 'utf8')
  for (const { why, where, find: pattern, replace } of patches) {
    if (!text.includes(where)) continue
    const find = pattern.replace('NAME', name)
    const count = text.split(find).length - 1
    if (count !== 1) {
      throw new Failure(
        `a patch of the glue matches ${count} times instead of once: \`${find}\``,
        `it is there because ${why}; adapt pkg/scripts/build/patch-glue.mjs`,
      )
    }
    text = text.replace(find, replace)
  }
  writeFileSync(file, text)
}
