#!/usr/bin/env node
// Compiles the SIMD kernel to the file named, by default to that beside its source. What comes out is committed, so
// that installing Ajar takes no compiler; where wabt is not installed, nothing is to be done.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const SOURCE = fileURLToPath(new URL('../src/sensing/model/int8-simd.wat', import.meta.url))
const [target = SOURCE.replace(/\.wat$/, '.wasm')] = process.argv.slice(2)

let loadWabt
try {
  ;({ default: loadWabt } = await import('wabt'))
} catch (cause) {
  if (cause.code !== 'ERR_MODULE_NOT_FOUND') throw cause
  process.exit()
}
const wabt = await loadWabt()
const kernel = wabt.parseWat(SOURCE, readFileSync(SOURCE), { simd: true })
kernel.validate()
const code = Buffer.from(kernel.toBinary({}).buffer)
kernel.destroy()
// A file that would not change keeps its time: the build goes by it.
if (!existsSync(target) || !readFileSync(target).equals(code)) writeFileSync(target, code)
