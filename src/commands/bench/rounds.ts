/** How often a second `body` does what it counts, over `roundMs`. */
export function perSecond(body: () => number, roundMs: number): number {
  const startMs = performance.now()
  let count = 0
  let elapsedMs = 0
  while (elapsedMs < roundMs) {
    count += body()
    elapsedMs = performance.now() - startMs
  }
  return (count / elapsedMs) * 1000
}

export function median(values: readonly number[]): number {
  return percentile(values, 50)
}

export function percentile(values: readonly number[], percent: number): number {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))]
}

/** Each call runs the next of the items. */
export function inTurn<T>(items: readonly T[], run: (item: T) => unknown): () => void {
  let at = 0
  return () => {
    run(items[at])
    at = (at + 1) % items.length
  }
}

/** The time of each call over `forMs`; at least one. Reading the clock takes some 0.00005 ms of it. */
export function callsMs(call: () => void, forMs: number): number[] {
  const times: number[] = []
  const startMs = performance.now()
  for (let fromMs = startMs; times.length === 0 || fromMs - startMs < forMs;) {
    call()
    const toMs = performance.now()
    times.push(toMs - fromMs)
    fromMs = toMs
  }
  return times
}

export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
