import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Scores } from '../../../src/domain/model.js'
import { buildDemoModel } from '../../../src/commands/build-demo-model.js'
import { defaultConfig } from '../../../src/config/load.js'
import { simulateVisits } from '../../../src/learning/simulator/visits.js'
import { loadArtefact } from '../../../src/sensing/model/artefact.js'
import { Int8JsEngine } from '../../../src/sensing/model/engine-int8-js.js'
import { verifyGolden } from '../../../src/sensing/model/golden.js'
import { ModelStage } from '../../../src/sensing/model/stage.js'
import { PacketDecoder } from '../../../src/sensing/packet/decoder.js'
import { layoutById } from '../../../src/sensing/packet/layouts.js'
import { SignalStage } from '../../../src/sensing/signal/stage.js'

const DEMO = path.resolve('models/demo')

describe('models/demo', () => {
  it('is what the simulator and this code give, byte for byte', async () => {
    const rebuilt = path.join(mkdtempSync(path.join(tmpdir(), 'ajar-demo-')), 'demo')
    await buildDemoModel(rebuilt, () => {})
    expect(readdirSync(rebuilt).sort()).toEqual(readdirSync(DEMO).sort())
    for (const name of readdirSync(DEMO))
      expect(
        readFileSync(path.join(rebuilt, name)).equals(readFileSync(path.join(DEMO, name))),
        `${name}: run scripts/build-demo-model.mjs`,
      ).toBe(true)
  }, 60_000)

  it('verifies, tells three states apart and says everywhere that it is simulated', () => {
    const artefact = loadArtefact(DEMO)
    verifyGolden(new Int8JsEngine(artefact, artefact.network), artefact.golden)
    expect(artefact.outputs.map(({ state }) => state)).toEqual(['ajar', 'closed', 'open'])
    const { simulated, trained } = artefact.manifest
    expect(simulated).toBe(true)
    expect(trained.dataset).toMatch(/^simulated /)
    expect(trained.evaluation).toMatchObject({ leftOut: 'session' })
    expect(trained.evaluation?.balancedAccuracy).toBeGreaterThan(0.9)
    expect(readFileSync(path.join(DEMO, 'card.md'), 'utf8')).toMatch(/^# Model demo \(simulated\)$/m)
  })

  it('tells doors of boards and sessions apart that it was not trained on', () => {
    const artefact = loadArtefact(DEMO)
    const stage = new ModelStage(artefact, new Int8JsEngine(artefact, artefact.network))
    const { signal, decision } = defaultConfig()
    let windows = 0
    let right = 0
    let outside = 0
    const plan = { site: 'metal-doorway', sessions: 2, visitsPerMarker: 1, secondsPerVisit: 4 }
    for (const seed of [1, 2, 42])
      for (const visit of simulateVisits({ ...plan, seed, markers: ['closed', 'ajar', 'open'] })) {
        const decoder = new PacketDecoder({ transmitters: [], tablePacketsPerSecond: 1 })
        const signals = new SignalStage({ link: 'l', settings: signal, layoutOf: layoutById })
        const scored = ({ outputs, probabilities, outOfDistribution }: Scores) => {
          windows += 1
          if (outputs[probabilities.indexOf(Math.max(...probabilities))].state === visit.marker) right += 1
          if (outOfDistribution > decision.outOfDistributionLimit) outside += 1
        }
        for (const bytes of visit.chunks())
          decoder.push({ bytes, hostTimeUs: 0 }, (packet) => {
            if (packet.kind !== 'packet') return
            signals.push(packet, (window) => {
              if (!('kind' in window)) stage.push(window, scored)
            })
          })
      }
    expect(windows).toBeGreaterThan(150)
    expect(right / windows).toBeGreaterThan(0.95)
    expect(outside / windows).toBeLessThan(0.05)
  })
})
