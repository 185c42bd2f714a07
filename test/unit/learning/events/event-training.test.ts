import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Scores } from '../../../../src/domain/model.js'
import { learnAxis } from '../../../../src/learning/events/door-axis.js'
import { trainEvents, validateEvents } from '../../../../src/learning/events/event-training.js'
import { writeArtefact } from '../../../../src/learning/training/artefact-files.js'
import type { TrainedModel } from '../../../../src/learning/training/train.js'
import { loadArtefact } from '../../../../src/sensing/model/artefact.js'
import { BurstModelStage } from '../../../../src/sensing/model/burst-stage.js'
import { Int8JsEngine } from '../../../../src/sensing/model/engine-int8-js.js'
import { verifyGolden } from '../../../../src/sensing/model/golden.js'
import { ModelStage } from '../../../../src/sensing/model/stage.js'
import { burstOf, labelledBursts, SWING } from './bursts.js'

const ABOUT = {
  id: 'events',
  dataset: 'synthetic',
  simulated: true,
  codeVersion: 'test',
  layoutId: 0,
  windowMs: 2000,
}
const bursts = labelledBursts(6, 5)

describe('the model of a door’s events', () => {
  let trained: TrainedModel
  let directory: string

  beforeAll(async () => {
    trained = await trainEvents(bursts, ABOUT, await validateEvents(bursts))
    directory = path.join(mkdtempSync(path.join(tmpdir(), 'ajar-')), 'events')
    writeArtefact(directory, trained.files)
  }, 60_000)

  it('learns an axis on which an opening is 1 and a closing −1, and people are near 0', () => {
    const { axis } = learnAxis(bursts)
    const along = (values: ArrayLike<number>) => axis.reduce((sum, weight, i) => sum + weight * values[i], 0)
    expect(along(SWING)).toBeCloseTo(1, 1)
    expect(along(Array.from(SWING, (value) => -value))).toBeCloseTo(-1, 1)
    const person = Array.from({ length: SWING.length }, (_, i) => 0.1 * Math.sin(0.9 * i))
    expect(Math.abs(along(person))).toBeLessThan(0.1)
  })

  it('tells events of sessions that it has not seen', async () => {
    const validation = await validateEvents(bursts)
    const wrong = validation!.bursts.filter(({ label, told }) => label !== told)
    expect(validation!.bursts.length).toBe(bursts.length)
    expect(wrong.length).toBeLessThanOrEqual(2)
  })

  it('is nothing where there is one session and one day: nothing can be left out', async () => {
    const alike = bursts.map((burst) => ({ ...burst, session: 's', day: 'd' }))
    expect(await validateEvents(alike)).toBeUndefined()
  })

  it('refuses bursts in which the door never moved', () => {
    expect(() => learnAxis(bursts.filter(({ edges }) => edges.length === 0))).toThrow(
      /one marker|nothing to tell/,
    )
  })

  it('runs in int8 from its artefact and says what each burst is', () => {
    const artefact = loadArtefact(directory)
    const engine = new Int8JsEngine(artefact, artefact.network)
    expect(() => verifyGolden(engine, artefact.golden)).not.toThrow()
    const stage = new BurstModelStage(artefact, engine)
    const told = (z: (s: number) => number) => {
      let best = ''
      stage.push(burstOf({ seconds: 8, z }), ({ outputs, probabilities }: Scores) => {
        best = outputs[probabilities.indexOf(Math.max(...probabilities))].marker
      })
      return best
    }
    expect(told(() => 0)).toBe('same')
    expect(told((s) => (s > 3 ? 1 : 0))).toBe('opened')
    expect(told((s) => (s > 3 ? -1 : 0))).toBe('closed')
    expect(told((s) => (s > 2 && s < 4 ? 1 : 0))).toBe('passed')
  })

  it('is no model of windows, and says so', () => {
    const artefact = loadArtefact(directory)
    expect(() => new ModelStage(artefact, new Int8JsEngine(artefact, artefact.network))).toThrow(
      /reads the events of a door, not windows/,
    )
  })

  it('refuses bursts of another layout', () => {
    const artefact = loadArtefact(directory)
    const stage = new BurstModelStage(artefact, new Int8JsEngine(artefact, artefact.network))
    const strange = { ...burstOf({ seconds: 8, z: () => 0 }), layoutId: 9 }
    expect(() => stage.push(strange, () => undefined)).toThrow(/layout 0; the receiver sends layout 9/)
  })
})
