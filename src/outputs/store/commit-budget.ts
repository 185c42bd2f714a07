/**
 * Commits that a day has room for. At 7.8 kB each (connection.ts) they make 26 MB on the first day; telemetry
 * takes 14 MB and the share of the weekly backup 9 MB (measured) of the 50 MB that a card may be asked for.
 */
const COMMITS_A_DAY = 3000
/** As many at once after a quiet time. */
const BURST = 300
const DAY_US = 86_400_000_000

/** A token bucket. What is committed in any case takes from it too, so that what can wait has the less. */
export class CommitBudget {
  private tokens = BURST
  private filledUs: number | undefined

  hasRoom(nowUs: number): boolean {
    this.fill(nowUs)
    return this.tokens >= 1
  }

  spend(nowUs: number): void {
    this.fill(nowUs)
    this.tokens = Math.max(0, this.tokens - 1)
  }

  private fill(nowUs: number): void {
    const elapsedUs = nowUs - (this.filledUs ?? nowUs)
    this.filledUs = nowUs
    this.tokens = Math.min(BURST, this.tokens + (elapsedUs * COMMITS_A_DAY) / DAY_US)
  }
}
