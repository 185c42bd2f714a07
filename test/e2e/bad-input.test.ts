import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openManifest, sealManifest } from '../../src/sensing/model/artefact-manifest.js'
import { ajar, Appliance, temporaryDirectory, until } from '../support/appliance-process.js'
import { expectAllCounted, linkOf, logLines, reasonOf } from '../support/link-health.js'
import { openPty } from '../support/pty.js'
import { streamFrames, TRANSMITTER, type StreamOptions } from '../support/stream.js'

/** Made for layout 1; what the tests stream has layout 2 where nothing else is said. */
const DEMO_MODEL = path.resolve('models/demo')
const OTHER_TRANSMITTER = '02:00:00:00:00:99'

/** An appliance that hears a receiver; both end with the test, which the appliance must live to see. */
async function hearing(
  args: readonly string[],
  stream: StreamOptions = {},
  config = '',
): Promise<{ appliance: Appliance }> {
  const pty = await openPty()
  const file = path.join(temporaryDirectory(), 'ajar.yaml')
  writeFileSync(file, config)
  const appliance = await Appliance.start(['--config', file, '--port', pty.device, ...args])
  const feed = streamFrames(pty, stream)
  onTestFinished(async () => {
    await feed.stop()
    await sleep(200)
    expectAllCounted(await linkOf(appliance))
    expect(await appliance.json('/healthz')).toMatchObject({ alive: true })
    const code = await appliance.stop()
    await pty.close()
    expect(code, appliance.output().slice(-1000)).toBe(0)
  })
  return { appliance }
}

/** The reason stands in the log once, with its hint. */
function expectLoggedOnce(appliance: Appliance, code: string): void {
  const lines = logLines(appliance, code)
  expect(lines, appliance.output().slice(-2000)).toHaveLength(1)
  expect(lines[0]).toMatchObject({ level: 'warn', hint: expect.stringMatching(/\w/) as string })
}

describe('packets that cannot be used', () => {
  it.each([
    { what: 'another chip layout than the model was made for', code: 'link.layout', discarded: 'layout' },
    { what: 'a receiver that is overdriven', code: 'link.saturated', discarded: 'saturated' },
    { what: 'transmitters of other doors only', code: 'link.foreign', discarded: 'foreign' },
  ])('$what: $code, in the API and once in the log', async ({ code, discarded }) => {
    const iq = Int8Array.from({ length: 128 }, (_, i) => (i % 3 === 0 ? -127 : 127))
    const saturate = discarded === 'saturated' ? { iq } : {}
    const { appliance } = await hearing(
      discarded === 'layout' ? ['--model', DEMO_MODEL] : [],
      { change: () => saturate },
      discarded === 'foreign' ? `receiver: { transmitters: ['${OTHER_TRANSMITTER}'] }` : '',
    )
    await reasonOf(appliance, code, 6000)
    await until(() => logLines(appliance, code).length > 0, 2000)
    const door = await appliance.reads(({ reason }) => reason === 'link-stale', 6000)
    expect(door).toMatchObject({ state: 'unknown', confidence: 0 })
    expectLoggedOnce(appliance, code)
    const { link } = await reasonOf(appliance, code, 1000) // it is still there
    expect(link).toMatchObject({ connected: true, lastPacketAgeMs: null, counters: { used: 0 } })
    expect(link.counters.discarded[discarded]).toBeGreaterThan(100)
  })

  it('the reason goes and sensing begins once packets are right', async () => {
    let wanted = false
    const { appliance } = await hearing(
      [],
      { change: () => (wanted ? { mac: Uint8Array.of(2, 0, 0, 0, 0, 0x99) } : {}) },
      `receiver: { transmitters: ['${OTHER_TRANSMITTER}'] }`,
    )
    await reasonOf(appliance, 'link.foreign', 6000)
    wanted = true
    await appliance.reads(({ motion }) => motion === 'still', 8000)
    await until(async () => (await linkOf(appliance)).reasons.length === 0, 12_000)
  })

  it('uses the transmitter that the configuration names', async () => {
    const { appliance } = await hearing([], {}, `receiver: { transmitters: ['${TRANSMITTER}'] }`)
    await appliance.reads(({ motion }) => motion === 'still', 8000)
    expect((await linkOf(appliance)).counters.discarded.foreign).toBeUndefined()
  })
})

describe('a model that does not fit', () => {
  it.each(['weights.bin', 'golden.bin', 'manifest.json'])(
    'one flipped byte in %s: motion is sensed, the state is unknown, the log says why',
    async (file) => {
      const model = path.join(temporaryDirectory(), 'model')
      cpSync(DEMO_MODEL, model, { recursive: true })
      const content = readFileSync(path.join(model, file))
      content[content.length >> 1] ^= 0x04
      writeFileSync(path.join(model, file), content)
      const { appliance } = await hearing(['--model', model])
      const { id, reason } = await appliance.json<{ id: string; reason: { code: string; hint: string } }>(
        '/api/v1/model',
      )
      expect(id).toBe('')
      expect(reason.code).toMatch(/^model\.(damaged|manifest)$/)
      expect(reason.hint).not.toBe('')
      expectLoggedOnce(appliance, reason.code)
      const door = await appliance.reads(({ motion }) => motion === 'still', 8000)
      expect(door).toMatchObject({ state: 'unknown', reason: 'no-model', model: '' })
      const verified = await ajar(['model', 'verify', model])
      expect(verified.code).toBe(1)
      expect(`${verified.stdout}${verified.stderr}`).toContain(model)
    },
  )

  it('a model for another layout: every packet is refused, the reason names both layouts', async () => {
    const model = path.join(temporaryDirectory(), 'model')
    cpSync(DEMO_MODEL, model, { recursive: true })
    const manifest = path.join(model, 'manifest.json')
    const { digest: _, ...content } = openManifest(readFileSync(manifest, 'utf8'), manifest)
    writeFileSync(manifest, sealManifest({ ...content, layoutId: 11 }))
    const { appliance } = await hearing(['--model', model])
    const { reason } = await reasonOf(appliance, 'link.layout', 6000)
    expect(reason.text).toContain('2')
    expect(reason.text).toContain('11')
    expect((await appliance.door()).state).toBe('unknown')
  })
})
