import { execFile, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Hashes } from '../../src/commands/model/hash.js'

/** As scripts/test prepares them. */
const NODE = path.resolve('.cache/node24-arm64/bin/node')
const EMULATOR = 'qemu-aarch64-static'
const LIBRARIES = '/usr/aarch64-linux-gnu'
const ARM64 = [EMULATOR, '-L', LIBRARIES, NODE]
/** Each keeps a core busy for half a minute. */
const TIMEOUT_MS = 110_000

const absent =
  process.arch !== 'x64'
    ? 'it compares with x64'
    : spawnSync(EMULATOR, ['--version']).status !== 0
      ? `${EMULATOR} is absent`
      : !existsSync(NODE)
        ? 'the arm64 Node is absent'
        : spawnSync(ARM64[0], [...ARM64.slice(1), '--version']).status !== 0
          ? "the arm64 Node's libraries are absent"
          : undefined

async function hashes([file, ...first]: readonly string[], engine: string): Promise<Hashes> {
  const command = [...first, 'dist/cli.js', 'model', 'hash', 'models/demo', '--engine', engine]
  return JSON.parse((await promisify(execFile)(file, command)).stdout) as Hashes
}

const title = `emulated arm64${absent === undefined ? '' : ` (skipped: ${absent}; scripts/test installs it as root)`}`

describe.skipIf(absent !== undefined)(title, () => {
  let expected: Hashes
  const emulated = new Map<string, Promise<Hashes>>()

  beforeAll(async () => {
    expected = await hashes([process.execPath], 'int8-js')
    // All at once, on as many cores as there are.
    for (const engine of ['int8-js', 'int8-simd', 'tfjs-wasm']) emulated.set(engine, hashes(ARM64, engine))
    await Promise.allSettled(emulated.values())
  }, TIMEOUT_MS)

  it.each(['int8-js', 'int8-simd', 'tfjs-wasm'])(
    'computes the bits of x64 at every layer: %s',
    async (engine) => {
      const found = await emulated.get(engine)
      expect(found).toEqual({ ...expected, engine, arch: 'arm64' })
      expect(found?.golden.count).toBe(32)
      expect(found?.realSize.count).toBe(1000)
      expect(found?.realSize.layers).toHaveLength(4)
    },
  )
})
