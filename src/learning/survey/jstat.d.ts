/** What is used of jStat (https://jstat.github.io): it carries no types. */
declare module 'jstat' {
  const jStat: {
    /** Quantiles. */
    beta: { inv(p: number, alpha: number, beta: number): number }
    chisquare: { inv(p: number, degreesOfFreedom: number): number }
    studentt: { inv(p: number, degreesOfFreedom: number): number }
    /** F distribution. */
    centralF: { cdf(x: number, degrees1: number, degrees2: number): number }
  }
  export default jStat
}
