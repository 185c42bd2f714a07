import { z } from 'zod'

/** domain/reason.ts, as it is shown. */
export const reasonSchema = z.object({
  code: z.string().describe('Stable, for machines'),
  text: z.string(),
  hint: z.string().describe('One thing to do'),
})
