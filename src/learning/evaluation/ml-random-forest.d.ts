/** The package's own declarations augment themselves, so that TypeScript finds nothing in them. */
declare module 'ml-random-forest' {
  export class RandomForestClassifier {
    constructor(options: {
      nEstimators: number
      /** Share of the features that a tree sees. */
      maxFeatures: number
      replacement: boolean
      useSampleBagging: boolean
      noOOB: boolean
      seed: number
    })
    train(rows: number[][], labels: number[]): void
    predict(rows: number[][]): number[]
  }
}
