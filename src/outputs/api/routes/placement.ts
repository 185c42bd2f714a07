import { z } from 'zod'
import { PLACEMENT_STEPS, type PlacementStatus } from '../../../domain/placement.js'
import { known } from '../known.js'
import type { ApiParts } from '../parts.js'
import { Problem } from '../problem.js'
import { reasonSchema } from '../reason-schema.js'
import { route, type Route } from '../route.js'

const stated = z.number().nullable()

/** Null stands where nothing is known. */
const link = {
  packetsPerSecond: stated,
  lossRatio: stated.describe('Of all that were sent, 0..1'),
  saturatedRatio: stated.describe('Of those that arrived, 0..1'),
  rssiDbm: stated,
  gainLocked: z.boolean().nullable().describe('Null where the receiver does not report its gain'),
}

const placementSchema = z.object({
  id: z.number().int().describe('Another one: it was started again'),
  step: z.enum(PLACEMENT_STEPS),
  instruction: z.string().describe('What the person is to do now'),
  secondsLeft: z.number().describe('Of this step, at most'),
  simulated: z.boolean(),
  live: z.object({ ...link, levelDb: stated, motion: z.enum(['still', 'moving', 'unknown']) }),
  result: z
    .object({
      works: z
        .boolean()
        .describe('Nothing speaks against it; whether the door can be told, commissioning measures'),
      text: z.string(),
      reasons: z.array(reasonSchema).readonly().describe('Why not, gravest first'),
      notes: z.array(reasonSchema).readonly().describe('What would be better'),
      figures: z.object({
        ...link,
        quietNoise: stated.describe('Scatter of 1-s means of the log shape in quiet, rms'),
        doorChange: stated.describe('Greatest change of such a mean while the door was swung'),
        doorLevelDb: stated.describe('The same of the level, dB'),
        leftOver: stated.describe('How far from before it is once the door is closed again'),
      }),
    })
    .optional()
    .describe("Once the step is 'done'"),
})

export function placementRoutes({ placement }: ApiParts): Route[] {
  return [
    route({
      method: 'post',
      path: '/api/v1/placement/start',
      summary:
        'Begins, or begins again, to look whether the link can work where it stands: two minutes at most',
      body: z.strictObject({}),
      answer: placementSchema,
      status: 202,
      handle: () => shown(placement.start()),
    }),
    route({
      method: 'get',
      path: '/api/v1/placement',
      summary: 'The placement that runs, or the last one: to be asked once or twice a second',
      answer: placementSchema,
      handle: () => {
        const status = placement.current()
        if (status === undefined)
          throw new Problem(404, 'No placement has been started.', 'POST /api/v1/placement/start starts one.')
        return shown(status)
      },
    }),
  ]
}

function shown({ live, result, ...status }: PlacementStatus): z.input<typeof placementSchema> {
  const { levelDb, motion } = live
  if (result === undefined) return { ...status, live: { ...ofLink(live), levelDb: known(levelDb), motion } }
  const { quietNoise, doorChange, doorLevelDb, leftOver } = result.figures
  const figures = {
    ...ofLink(result.figures),
    quietNoise: known(quietNoise),
    doorChange: known(doorChange),
    doorLevelDb: known(doorLevelDb),
    leftOver: known(leftOver),
  }
  return {
    ...status,
    live: { ...ofLink(live), levelDb: known(levelDb), motion },
    result: { ...result, figures },
  }
}

function ofLink(figures: Omit<PlacementStatus['live'], 'levelDb' | 'motion'>) {
  return {
    packetsPerSecond: known(figures.packetsPerSecond),
    lossRatio: known(figures.lossRatio),
    saturatedRatio: known(figures.saturatedRatio),
    rssiDbm: known(figures.rssiDbm),
    gainLocked: figures.gainLocked ?? null,
  }
}
