import { expect } from 'vitest'
import type { Appliance } from './appliance-process.js'
import { until } from './appliance-process.js'

interface Reason {
  code: string
  text: string
  hint: string
}

/** What GET /api/v1/link says. */
export interface LinkStatus {
  connected: boolean
  reasons: Reason[]
  counters: { received: number; used: number; other: number; discarded: Record<string, number> }
  store: { ok: boolean; dropped: { events: number; telemetry: number }; reason?: Reason }
}

export const linkOf = (appliance: Appliance): Promise<LinkStatus> =>
  appliance.json<LinkStatus>('/api/v1/link')

/** Waits until the API gives the reason, with something to do about it; resolves with it. */
export async function reasonOf(
  appliance: Appliance,
  code: string,
  timeoutMs: number,
): Promise<{ reason: Reason; link: LinkStatus }> {
  let link: LinkStatus | undefined
  const found = (): Reason | undefined => link?.reasons.find((reason) => reason.code === code)
  await until(async () => {
    link = await linkOf(appliance)
    return found() !== undefined
  }, timeoutMs).catch(() => {
    throw new Error(
      `no ${code} within ${timeoutMs} ms: ${JSON.stringify(link)}\n${appliance.output().slice(-2000)}`,
    )
  })
  const reason = found()
  if (reason === undefined || link === undefined) throw new Error('unreachable')
  expect(reason.hint, `${code} says what to do`).not.toBe('')
  return { reason, link }
}

/** received = used + sum of discarded. */
export function expectAllCounted({ counters }: LinkStatus): void {
  const discarded = Object.values(counters.discarded).reduce((sum, n) => sum + n, 0)
  expect(counters.received, JSON.stringify(counters)).toBe(counters.used + discarded)
}

/** Lines of the log that carry the code of a reason: it appeared, or it is gone. */
export function logLines(
  appliance: Appliance,
  code: string,
): { level: string; msg: string; hint?: string }[] {
  return appliance
    .output()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { code?: string; level: string; msg: string; hint?: string })
    .filter((line) => line.code === code)
}
