import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { defaultConfig } from '../../../../src/config/load.js'
import type { Reed, ReedWiring } from '../../../../src/domain/reed.js'
import { Commissioning } from '../../../../src/learning/commissioning/commissioning.js'
import { readKept } from '../../../../src/learning/commissioning/kept-state.js'
import { TrainingProcess } from '../../../../src/learning/commissioning/training-process.js'
import { createLogger } from '../../../../src/platform/logger.js'
import { SetClock, SetReed } from '../../../support/reed-household.js'

const { logger } = createLogger('error', { write: () => undefined })

/** Commissioning over a reed, a clock and a store that the test holds; `again` is what a restart makes of them. */
function bench() {
  const dataDirectory = mkdtempSync(path.join(tmpdir(), 'ajar-commissioning-'))
  onTestFinished(() => rmSync(dataDirectory, { recursive: true, force: true }))
  const kept = new Map<string, string>()
  const store = {
    get: (key: string) => kept.get(key),
    set: (key: string, json: string) => {
      if (kept.has('full')) throw new Error('the disk is full')
      kept.set(key, json)
    },
  }
  const clock = new SetClock()
  const state = {
    open: false,
    reeds: [] as (ReedWiring & { reed: SetReed })[],
    changed: 0,
    live: [] as string[],
  }
  const openReed = (wiring: ReedWiring): Reed => {
    const reed = new SetReed(state.open !== wiring.inverted)
    state.reeds.push({ ...wiring, reed })
    return reed
  }
  const again = (command: readonly string[] = ['true']): Commissioning => {
    const commissioning = new Commissioning({
      ...{ doorId: 'front', dataDirectory, settings: defaultConfig().commissioning, windowMs: 2000 },
      ...{ simulated: false, store, clock, logger, openReed, takenPins: [17] },
      training: new TrainingProcess(command, logger),
      changed: () => void state.changed++,
      goLive: (directory) => void state.live.push(directory),
    })
    onTestFinished(() => commissioning.close())
    commissioning.resume()
    return commissioning
  }
  const model = (id: string, verdict: string): void => {
    const directory = path.join(dataDirectory, 'models', id)
    mkdirSync(directory, { recursive: true })
    const certificate = {
      model: id,
      verdict,
      sentence: `It is ${verdict}.`,
      advice: ['Do this.'],
      text: 'T.',
    }
    writeFileSync(path.join(directory, 'certificate.json'), JSON.stringify(certificate))
    writeFileSync(path.join(dataDirectory, 'models', 'current.new'), `${id}\n`)
    rmSync(path.join(dataDirectory, 'models', 'current'), { force: true })
    writeFileSync(path.join(dataDirectory, 'models', 'current'), `${id}\n`)
  }
  const tick = (commissioning: Commissioning, seconds: number): void => {
    clock.us += seconds * 1e6
    commissioning.tick()
  }
  return { again, store, kept, state, clock, model, tick }
}

const codes = (commissioning: Commissioning) => commissioning.reasons().map(({ code }) => code)
const START = { reedPin: 4, inverted: false }

describe('commissioning', () => {
  it('begins where the reed agrees that the door is closed, and goes on after a power cut', () => {
    const { again, state } = bench()
    const first = again()
    expect(first.withoutModel).toBe('no-model')
    expect(first.start(START)).toMatchObject({ phase: 'learning', reed: { pin: 4, door: 'closed' } })
    expect(first.withoutModel).toBe('learning')
    expect(codes(first)).toEqual(['commissioning.learning'])
    expect(state.changed).toBe(1)
    const second = again()
    expect(second.status()).toMatchObject({ phase: 'learning', reed: { pin: 4, inverted: false } })
    expect(second.stop()).toMatchObject({ phase: 'idle' })
    expect(again().status().reed).toBeUndefined()
  })

  it('refuses a reed that says open, and stays as it was', () => {
    const { again, state, store } = bench()
    const commissioning = again()
    state.open = true
    expect(() => commissioning.start(START)).toThrow(/wrong way round/)
    expect(readKept(store).reed).toBeUndefined()
    expect(commissioning.start({ reedPin: 4, inverted: true })).toMatchObject({ phase: 'learning' })
    expect(() => commissioning.start({ reedPin: 5, inverted: false })).toThrow()
    expect(commissioning.status().reed).toMatchObject({ pin: 4, inverted: true })
    expect(() => again().start({ inverted: false })).toThrow(/Which line/)
    expect(() => again().start({ reedPin: 17, inverted: true })).toThrow(/drives/)
  })

  it('is not begun where that would not survive', () => {
    const { again, kept } = bench()
    const commissioning = again()
    kept.set('full', '')
    expect(() => commissioning.start(START)).toThrow('the disk is full')
    expect(commissioning.status()).toMatchObject({ phase: 'idle' })
  })

  it('counts openings across restarts, and begins anew with a reed that was turned round', () => {
    const { again, state, tick } = bench()
    const first = again()
    first.start(START)
    state.reeds.at(-1)!.reed.move(true, 1e6)
    tick(first, 61)
    expect(first.status().counts.openings).toBe(1)
    expect(again().status().counts.openings).toBe(1)
    state.open = true
    first.start({ reedPin: 4, inverted: true })
    expect(first.status().counts.openings).toBe(0)
  })

  it('goes live with a model that may decide, and asks for the reed back', () => {
    const { again, state, model, tick } = bench()
    const commissioning = again()
    commissioning.start(START)
    tick(commissioning, 3)
    expect(state.live).toEqual([])
    model('m-1', 'provisional')
    tick(commissioning, 3)
    expect(state.live.map((directory) => path.basename(directory))).toEqual(['m-1'])
    commissioning.setLive(true)
    expect(commissioning.status()).toMatchObject({ phase: 'live', verdict: { model: 'm-1', text: 'T.' } })
    expect(codes(commissioning)).toEqual(['commissioning.reed-back'])
    tick(commissioning, 3)
    expect(state.live).toHaveLength(1)
    commissioning.stop()
    expect(codes(commissioning)).toEqual([])
  })

  it('keeps motion only where the verdict forbids a state, and says the sentence; more may help', () => {
    const { again, state, model, tick } = bench()
    const commissioning = again()
    commissioning.start(START)
    model('m-1', 'collect-more')
    tick(commissioning, 3)
    expect(commissioning.withoutModel).toBe('learning')
    model('m-2', 'move-transmitter')
    tick(commissioning, 3)
    expect(state.live).toEqual([])
    expect(commissioning.withoutModel).toBe('site-not-usable')
    expect(commissioning.reasons()).toContainEqual({
      code: 'commissioning.move-transmitter',
      text: 'It is move-transmitter.',
      hint: 'Do this.',
    })
    expect(again().withoutModel).toBe('site-not-usable')
  })

  it('says what a training that failed said, and tries no more until there is something new', async () => {
    const { again, store } = bench()
    const say = 'echo some progress >&2; echo "ajar: Too little to learn from yet." >&2; exit 1'
    const commissioning = again(['sh', '-c', say])
    commissioning.start(START)
    await commissioning.train()
    expect(commissioning.status().training.failed).toBeUndefined()
    const kept = readKept(store)
    kept.counts.bursts = 3
    store.set('commissioning', JSON.stringify(kept))
    const next = again(['sh', '-c', say])
    await next.train()
    expect(next.status().training).toMatchObject({ running: false })
    expect(next.status().training.failed?.text).toContain('Too little to learn from yet.')
    expect(codes(next)).toContain('commissioning.training')
  })
})
