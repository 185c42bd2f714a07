import { mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Guide } from '../../../../src/commands/calibrate/guide.js'
import { SimulatedVisits } from '../../../../src/commands/calibrate/simulated-visits.js'
import type { TakeRequest } from '../../../../src/commands/calibrate/visit-taker.js'
import { VisitRounds } from '../../../../src/commands/calibrate/visits.js'
import { PlanStore } from '../../../../src/learning/commissioning/plan-store.js'
import type { VisitEvidence } from '../../../../src/learning/commissioning/visit-evidence.js'
import { withSession, type VisitPlan } from '../../../../src/learning/commissioning/visit-plan.js'
import { loadDataset } from '../../../../src/learning/dataset/manifest.js'
import { signalSettings } from '../../../support/packets.js'
import { stands, walks, watched, type Scene } from '../../learning/commissioning/simulated-session.js'

const settings = { signal: signalSettings, transmitters: [], tablePacketsPerSecond: 3 }
const SITE = { site: 'solid-wood-doorway', seed: 4 }
const SECONDS = 30

type Trouble = (request: TakeRequest) => Partial<Scene> | { state: TakeRequest['state'] } | undefined

/** The simulated site with somebody in it, or with the door elsewhere than was asked, at some takes. */
class TroubledVisits extends SimulatedVisits {
  constructor(private readonly trouble: Trouble) {
    super(SITE, settings)
  }

  override async take(request: TakeRequest, signal: AbortSignal): Promise<VisitEvidence> {
    const trouble = this.trouble(request)
    if (trouble !== undefined && 'state' in trouble) {
      const { state } = trouble
      return super.take({ ...request, marker: state, state }, signal)
    }
    const kept = await super.take(request, signal)
    if (trouble === undefined) return kept
    const scene = { ...SITE, angleDeg: 0.1, index: request.take, seconds: SECONDS, packetsPerSecond: 100 }
    return watched({ ...scene, ...trouble })
  }
}

async function rounds(trouble: Trouble, yes = true) {
  const directory = mkdtempSync(path.join(tmpdir(), 'ajar-calibrate-'))
  const store = new PlanStore(directory)
  const empty: VisitPlan = {
    ...{ version: 1, name: 'hall', place: 'hall', visitsPerMarker: 2, secondsPerVisit: SECONDS },
    ...{
      markers: ['closed', 'open'],
      states: { closed: 'closed', open: 'open' },
      simulated: SITE,
      sessions: [],
    },
  }
  const plan = withSession(empty, { startedMs: 0, receiverReset: true })
  const steps: { event: string; [key: string]: unknown }[] = []
  const io = { out: (line: string) => void steps.push(JSON.parse(line)), progress: () => undefined }
  const input = Readable.from(Array<string>(20).fill('\n')) as NodeJS.ReadStream
  const guide = new Guide({ json: true, yes }, io, input)
  const taker = new TroubledVisits(trouble)
  const { signal } = new AbortController()
  const failed = await new VisitRounds({ plan, store, taker, guide, settings, signal })
    .run()
    .catch((error) => error)
  guide.close()
  const of = (event: string) => steps.filter((step) => step.event === event)
  return { of, failed, store, plan, kept: readdirSync(path.join(directory, 'visits')).sort() }
}

describe('rounds of visits', () => {
  it('take again what somebody spoilt, and keep nothing of it', async () => {
    const { of, failed, store, plan, kept } = await rounds(({ take }) =>
      take === 1 ? { person: walks } : take === 4 ? { person: stands([-0.4, 2]) } : undefined,
    )
    expect(failed).toBeUndefined()
    expect(of('refused').map(({ code, take }) => [take, code])).toEqual([
      ['session-1-take-1', 'visit.moved'],
      ['session-1-take-4', expect.stringMatching(/^visit\.(occupied|elsewhere|moved)$/)],
    ])
    expect(of('refused')[0]).toMatchObject({ text: expect.stringMatching(/moved/), hint: expect.any(String) })
    expect(kept).toEqual([2, 3, 5, 6].map((take) => `session-1-take-${take}.ajar`))
    const dataset = await loadDataset(store.dataset)
    expect(dataset.states).toEqual({ closed: 'closed', open: 'open' })
    expect(dataset.visits.map(({ marker }) => marker).sort()).toEqual(['closed', 'closed', 'open', 'open'])
    expect(plan.sessions[0].refused.map(({ code }) => code)).toHaveLength(2)
    expect(store.load()).toEqual(plan)
  })

  it('tell a wrong label before the next visit', async () => {
    let wrong = ''
    const { of, failed } = await rounds(({ take, marker }) => {
      if (take !== 3) return undefined
      wrong = marker
      return { state: marker === 'closed' ? 'open' : 'closed' }
    })
    expect(failed).toBeUndefined()
    expect(of('refused')).toHaveLength(1)
    expect(of('refused')[0]).toMatchObject({
      ...{ take: 'session-1-take-3', marker: wrong, code: 'visit.mislabelled' },
      text: expect.stringContaining(`not like the ${wrong} of before`),
    })
  })

  it('say what else to do after three refusals, and end there only where nobody is asked', async () => {
    const walking: Trouble = ({ take }) => (take <= 3 ? { person: walks } : undefined)
    const alone = await rounds(walking)
    expect(alone.failed).toMatchObject({
      code: 'calibrate.refused',
      hint: expect.stringContaining('nobody is at home'),
    })
    expect(alone.kept).toEqual([])
    const asked = await rounds(walking, false)
    expect(asked.failed).toBeUndefined()
    expect(asked.of('stuck')).toHaveLength(1)
    expect(asked.kept).toHaveLength(4)
  })
})
