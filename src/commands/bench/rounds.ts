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
