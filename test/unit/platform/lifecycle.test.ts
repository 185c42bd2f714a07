import { describe, expect, it } from 'vitest'
import { Lifecycle, type Part } from '../../../src/platform/lifecycle.js'

function rig(names: readonly string[], changes: Record<string, Partial<Part>> = {}) {
  const steps: string[] = []
  const errors: string[] = []
  const note = (_: object, message: string): void => void errors.push(message)
  const parts = names.map((name): Part => {
    return {
      name,
      start: async () => void steps.push(`+${name}`),
      stop: async () => void steps.push(`-${name}`),
      stopTimeoutMs: 50,
      ...changes[name],
    }
  })
  const silent = (): void => undefined
  return {
    steps,
    errors,
    lifecycle: new Lifecycle(parts, { debug: silent, info: silent, warn: silent, error: note }),
  }
}

const never = (): Promise<void> => new Promise(() => undefined)

describe('Lifecycle', () => {
  it('starts in order and stops in reverse', async () => {
    const { lifecycle, steps } = rig(['store', 'api', 'source'])
    await lifecycle.start(new AbortController().signal)
    await lifecycle.stop()
    expect(steps).toEqual(['+store', '+api', '+source', '-source', '-api', '-store'])
  })

  it('stops what had started when a part cannot start, and throws why', async () => {
    const start = async (): Promise<void> => {
      throw new Error('port taken')
    }
    const { lifecycle, steps } = rig(['store', 'gpio', 'api', 'source'], { api: { start } })
    await expect(lifecycle.start(new AbortController().signal)).rejects.toThrow('port taken')
    expect(steps).toEqual(['+store', '+gpio', '-gpio', '-store'])
  })

  it('leaves a part that does not stop in time, says so, and stops the others', async () => {
    const { lifecycle, steps, errors } = rig(['store', 'api', 'source'], { api: { stop: never } })
    await lifecycle.start(new AbortController().signal)
    const before = performance.now()
    await lifecycle.stop()
    expect(performance.now() - before).toBeLessThan(1000)
    expect(steps.slice(3)).toEqual(['-source', '-store'])
    expect(errors).toEqual(['Stopping failed: api did not stop within 50 ms'])
  })

  it('stops the others when one throws', async () => {
    const stop = (): Promise<void> => {
      throw new Error('broken')
    }
    const { lifecycle, steps, errors } = rig(['store', 'api'], { api: { stop } })
    await lifecycle.start(new AbortController().signal)
    await lifecycle.stop()
    expect(steps).toContain('-store')
    expect(errors).toEqual(['Stopping failed: broken'])
  })

  it('keeps its order when asked to stop twice at once', async () => {
    const steps: string[] = []
    const stop = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      steps.push('-source')
    }
    const { lifecycle } = rig(['store', 'source'], {
      source: { stop },
      store: { stop: async () => void steps.push('-store') },
    })
    await lifecycle.start(new AbortController().signal)
    await Promise.all([lifecycle.stop(), lifecycle.stop()])
    expect(steps).toEqual(['-source', '-store'])
  })

  it('starts nothing more once it is aborted', async () => {
    const abort = new AbortController()
    const { lifecycle, steps } = rig(['store', 'api'], { store: { start: async () => abort.abort() } })
    await lifecycle.start(abort.signal)
    expect(steps).toEqual([])
  })
})
