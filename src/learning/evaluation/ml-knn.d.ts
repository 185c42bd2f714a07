declare module 'ml-knn' {
  export default class KNN {
    constructor(rows: number[][], labels: number[], options: { k: number })
    predict(rows: number[][]): number[]
  }
}
