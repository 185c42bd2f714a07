import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { writeFileAtomic } from '../../platform/atomic-file.js'
import { AjarError, messageOf } from '../../platform/errors.js'
import { manifestText } from '../dataset/manifest-writer.js'
import { STANDING_STATES } from './marker-states.js'
import type { VisitPlan } from './visit-plan.js'

const text = z.string().min(1)
const planSchema: z.ZodType<VisitPlan> = z.strictObject({
  version: z.literal(1),
  name: text,
  place: text,
  markers: z.array(text).min(2),
  states: z.record(z.string(), z.enum(STANDING_STATES)),
  visitsPerMarker: z.int().min(1),
  secondsPerVisit: z.int().min(1),
  simulated: z.strictObject({ site: text, seed: z.int() }).optional(),
  sessions: z.array(
    z.strictObject({
      name: text,
      startedMs: z.number(),
      receiverReset: z.boolean(),
      visits: z.array(z.strictObject({ marker: text, visit: text.optional() })),
      takes: z.int().min(0),
      refused: z.array(z.strictObject({ marker: text, code: text, text })),
    }),
  ),
})

const PLAN = 'plan.json'
const VISITS = 'visits'

/** The folder of a calibration: plan.json is the truth, DATASET.yaml what others read, visits/ the recordings. */
export class PlanStore {
  constructor(readonly directory: string) {}

  /** Undefined where nothing was begun. Throws AjarError 'calibrate.plan' for a plan that cannot be read. */
  load(): VisitPlan | undefined {
    const file = path.join(this.directory, PLAN)
    let read: string
    try {
      read = readFileSync(file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw damaged(file, messageOf(error), error)
    }
    try {
      return planSchema.parse(JSON.parse(read))
    } catch (error) {
      const what = error instanceof z.ZodError ? error.issues[0].message : messageOf(error)
      throw damaged(file, what, error)
    }
  }

  /** Plan first: a power cut between the two leaves a data set that is one visit behind, and the next start mends it. */
  save(plan: VisitPlan): void {
    try {
      mkdirSync(path.join(this.directory, VISITS), { recursive: true, mode: 0o750 })
      writeFileAtomic(path.join(this.directory, PLAN), `${JSON.stringify(plan, null, 1)}\n`)
      const visits = this.visitsOf(plan)
      if (visits.length === 0) rmSync(this.dataset, { force: true })
      else
        writeFileAtomic(
          this.dataset,
          manifestText({ name: plan.name, ...dated(plan), states: plan.states, visits }),
        )
    } catch (error) {
      throw new AjarError(
        'calibrate.write',
        `${this.directory} cannot be written: ${messageOf(error)}`,
        'Name a folder with room that this user may write, with --out.',
        { cause: error },
      )
    }
  }

  /** Recordings that the plan does not know: torn by a power cut, or refused. */
  tidy(plan: VisitPlan): string[] {
    const folder = path.join(this.directory, VISITS)
    const known = new Set(this.visitsOf(plan).map(({ file }) => path.basename(file)))
    const strange = readdirSync(folder).filter((name) => !known.has(name))
    for (const name of strange) rmSync(path.join(folder, name), { force: true })
    return strange
  }

  get dataset(): string {
    return path.join(this.directory, 'DATASET.yaml')
  }

  /** Where the recording of a take belongs. */
  file(take: string): string {
    return path.join(this.directory, VISITS, `${take}.ajar`)
  }

  /** Accepted ones; files relative to the folder. */
  private visitsOf({ sessions, place }: VisitPlan) {
    return sessions.flatMap(({ name: session, visits }) =>
      visits.flatMap(({ marker, visit }) =>
        visit === undefined ? [] : [{ file: `${VISITS}/${visit}.ajar`, marker, session, place, visit }],
      ),
    )
  }
}

/** Of the first session. */
function dated({ sessions }: VisitPlan): { date?: string } {
  const first = sessions[0]?.startedMs
  return first === undefined || first === 0 ? {} : { date: new Date(first).toISOString().slice(0, 10) }
}

function damaged(file: string, what: string, cause: unknown): AjarError {
  return new AjarError(
    'calibrate.plan',
    `${file} cannot be read: ${what}`,
    'Put the file back from a copy, or begin anew with another --out; DATASET.yaml and the recordings can be used as they are.',
    { cause },
  )
}
