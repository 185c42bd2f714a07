import { describe, expect, it } from 'vitest'
import {
  checkVisit,
  isHopeless,
  type CheckedVisit,
  type CheckInput,
} from '../../../../src/learning/commissioning/visit-check.js'
import type { VisitEvidence } from '../../../../src/learning/commissioning/visit-evidence.js'
import { visitOrder } from '../../../../src/learning/commissioning/visit-plan.js'
import { Random } from '../../../../src/learning/random.js'
import { signalSettings } from '../../../support/packets.js'
import { angleOf, stands, walks, watched, type Scene } from './simulated-session.js'

const SEEDS = Array.from({ length: 20 }, (_, seed) => 100 + seed)
/** Somebody there, and wrong labels: of these. */
const FEW = SEEDS.slice(0, 10)
const SECONDS = 60
const MARKERS = ['closed', 'ajar', 'open'] as const
type Marker = (typeof MARKERS)[number]

function check(
  marker: Marker,
  evidence: VisitEvidence,
  accepted: readonly CheckedVisit[] = [],
  rest: Partial<CheckInput> = {},
) {
  const { minPacketsPerSecond } = signalSettings
  const asked = { seconds: SECONDS, minPacketsPerSecond, accepted, elsewhere: [], ...rest }
  return checkVisit({ marker, state: marker, evidence, ...asked })
}

const codeOf = (verdict: ReturnType<typeof check>) => (verdict.accepted ? 'accepted' : verdict.reason.code)

/** Each marker twice, in random order. */
function cleanSession(scene: Pick<Scene, 'site' | 'seed' | 'gain'>): CheckedVisit[] {
  const random = new Random('session', scene.site, scene.seed)
  return visitOrder(MARKERS, 2, random).map((marker, index) => {
    const angleDeg = angleOf(marker as Marker, random)
    return { visit: `v${index}`, marker, evidence: watched({ ...scene, angleDeg, index }) }
  })
}

const sessions = new Map<string, CheckedVisit[]>()
function session(site: string, seed: number): CheckedVisit[] {
  const key = `${site}/${seed}`
  const made = sessions.get(key) ?? cleanSession({ site, seed })
  sessions.set(key, made)
  return made
}

describe('a clean session', () => {
  it.each(['metal-doorway', 'solid-wood-doorway', 'hollow-doorway'])(
    `is taken without one refusal in ${SEEDS.length} simulated ones: %s`,
    (site) => {
      const refused: string[] = []
      for (const seed of SEEDS) {
        const accepted: CheckedVisit[] = []
        for (const visit of session(site, seed)) {
          const verdict = check(visit.marker as Marker, visit.evidence, accepted)
          const what = verdict.accepted ? verdict.reopen.join() : verdict.reason.code
          if (what !== '') refused.push(`${seed} ${visit.marker} ${what}`)
          accepted.push(visit)
        }
      }
      expect(refused).toEqual([])
    },
    120_000,
  )
})

describe('a closed visit with somebody there', () => {
  const spots = {
    'in the doorway': [0.3, 2],
    'before the door': [0.7, 2.2],
    'in the room': [1.5, 2],
  } as const
  it.each(['metal-doorway', 'solid-wood-doorway', 'hollow-doorway'])(
    'who stands still and breathes is caught: %s',
    (site) => {
      for (const [where, spot] of Object.entries(spots)) {
        let [alone, beside] = [0, 0]
        for (const seed of FEW) {
          const evidence = watched({
            ...{ site, seed, angleDeg: 0.1, index: 6, packetsPerSecond: 100, person: stands(spot) },
          })
          // The first visit of a session has nothing to be compared with; later ones do.
          if (codeOf(check('closed', evidence)) !== 'accepted') alone++
          if (codeOf(check('closed', evidence, session(site, seed))) !== 'accepted') beside++
        }
        // Behind closed metal hardly anything is seen of anybody, and hardly anything is spoilt.
        const hidden = site === 'metal-doorway'
        expect(alone, `${where}, alone`).toBeGreaterThanOrEqual((hidden ? 0.7 : 0.8) * FEW.length)
        expect(beside, `${where}, beside others`).toBeGreaterThanOrEqual((hidden ? 0.8 : 0.95) * FEW.length)
      }
    },
    240_000,
  )

  it('who walks about is caught, and early', () => {
    const evidence = watched({ site: 'metal-doorway', seed: 1, angleDeg: 0.1, person: walks })
    expect(codeOf(check('closed', evidence))).toBe('visit.moved')
    const begun = watched({ site: 'metal-doorway', seed: 1, angleDeg: 0.1, person: walks, seconds: 15 })
    expect(isHopeless(begun, SECONDS, signalSettings.hopMs)).toBe(true)
    const quiet = session('metal-doorway', 100)[0].evidence
    expect(isHopeless(quiet, SECONDS, signalSettings.hopMs)).toBe(false)
  })
})

describe('a mislabelled visit', () => {
  const pairs = MARKERS.flatMap((said) => MARKERS.filter((was) => was !== said).map((was) => [said, was]))
  it.each(['metal-doorway', 'solid-wood-doorway'])(
    'is caught where markers can be told: %s',
    (site) => {
      let [caught, tellable] = [0, 0]
      for (const seed of FEW)
        for (const [said, was] of pairs) {
          const angleDeg = angleOf(was as Marker, new Random('wrong', seed, said, was))
          const evidence = watched({ site, seed, angleDeg, index: 6 })
          const code = codeOf(check(said as Marker, evidence, session(site, seed)))
          tellable++
          if (code !== 'accepted') caught++
        }
      expect(caught).toBeGreaterThanOrEqual((site === 'metal-doorway' ? 0.95 : 0.6) * tellable)
    },
    240_000,
  )

  it('that was the first of its marker is found by the second, and opened again', () => {
    const site = 'metal-doorway'
    for (const seed of FEW.slice(0, 5)) {
      const clean = session(site, seed)
      const of = (marker: Marker) => clean.filter((visit) => visit.marker === marker)
      const wrong = { ...of('open')[0], visit: 'wrong', marker: 'closed' }
      const accepted = [wrong, of('open')[1], of('ajar')[0]]
      const verdict = check('closed', of('closed')[0].evidence, accepted)
      // Unlike the closed of before: once more, and the two that agree are believed.
      expect(codeOf(verdict)).toBe('visit.elsewhere')
      const second = check('closed', of('closed')[1].evidence, accepted, {
        elsewhere: [of('closed')[0].evidence],
      })
      expect(second).toEqual({ accepted: true, reopen: ['wrong'] })
      // An ajar door has no stop that it comes back to: the two differ, and the other marker says which is wrong.
      const late = { ...of('closed')[0], visit: 'wrong', marker: 'ajar' }
      expect(check('ajar', of('ajar')[0].evidence, [late, of('closed')[1]])).toEqual({
        accepted: true,
        reopen: ['wrong'],
      })
    }
  })
})

describe('a visit that looks mislabelled twice, after the person was told to look', () => {
  it('is believed: an ajar door may stand anywhere', () => {
    const [first, second] = session('metal-doorway', 100).filter(({ marker }) => marker === 'closed')
    const accepted = session('metal-doorway', 100)
    expect(codeOf(check('ajar', first.evidence, accepted))).toBe('visit.mislabelled')
    const verdict = check('ajar', second.evidence, accepted, { elsewhere: [first.evidence] })
    expect(verdict).toEqual({ accepted: true, reopen: [] })
  })
})

describe('a disturbed visit', () => {
  it('in which the door is moved, or creeps, is refused', () => {
    const swing = (startUs: number) => ({
      restDeg: 0,
      swings: [{ startUs: startUs + 40e6, durationUs: 2e6, toDeg: 30 }],
    })
    const evidence = watched({ site: 'metal-doorway', seed: 4, angleDeg: 0, script: swing })
    expect(codeOf(check('closed', evidence))).toBe('visit.changed')
  })

  it('of a bad link is refused, and says what is bad', () => {
    const scene = { site: 'metal-doorway', seed: 4, angleDeg: 0.1 }
    expect(codeOf(check('closed', watched({ ...scene, packetsPerSecond: 5 })))).toBe('visit.rate')
    expect(codeOf(check('closed', watched({ ...scene, seconds: 20 })))).toBe('visit.gaps')
    expect(codeOf(check('closed', watched({ ...scene, seconds: 0 })))).toBe('visit.silent')
    expect(codeOf(check('closed', watched({ ...scene, rebootAfterSeconds: 30 })))).toBe('visit.reboot')
    // A receiver that reports its gain: then a step of the level is the room, or a board's power.
    expect(codeOf(check('closed', watched({ ...scene, louderAfterSeconds: 30 })))).toBe('visit.changed')
    const jumping = watched(scene)
    jumping.gainJumps = jumping.windows
    expect(codeOf(check('closed', jumping))).toBe('visit.gain')
    expect(codeOf(check('closed', watched({ ...scene, lostShare: 0.6 })))).toBe('visit.lossy')
    for (const packetsPerSecond of [15, 20, 50, 100])
      expect(codeOf(check('closed', watched({ ...scene, packetsPerSecond }))), `${packetsPerSecond}/s`).toBe(
        'accepted',
      )
  })
})
