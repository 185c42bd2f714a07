import jStat from 'jstat'

const ALPHA = 0.05

/** One-sided 95 % bounds of a share of which `right` of `count` were seen (Clopper & Pearson, Biometrika 26, 1934). */
export function shareLower95(right: number, count: number): number {
  return right <= 0 ? 0 : jStat.beta.inv(ALPHA, right, count - right + 1)
}

export function shareUpper95(right: number, count: number): number {
  return right >= count ? 1 : jStat.beta.inv(1 - ALPHA, right + 1, count - right)
}

/** Two-sided 95 % interval of a rate: `count` events over `exposure` (Garwood, Biometrika 28, 1936). */
export function rateInterval95(count: number, exposure: number): [number, number] {
  const lower = count === 0 ? 0 : jStat.chisquare.inv(ALPHA / 2, 2 * count) / 2
  return [lower / exposure, jStat.chisquare.inv(1 - ALPHA / 2, 2 * count + 2) / 2 / exposure]
}

/** Student's t that is exceeded with 5 %. */
export function student95(degreesOfFreedom: number): number {
  return jStat.studentt.inv(1 - ALPHA, degreesOfFreedom)
}

/** Probability of an F at least this large. */
export function fTail(f: number, degrees1: number, degrees2: number): number {
  return 1 - jStat.centralF.cdf(f, degrees1, degrees2)
}
