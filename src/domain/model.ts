import type { State } from './reading.js'

/** What one output of a model stands for: the marker it was trained on and the state that it means. */
export interface Output {
  marker: string
  /** 'unknown' where the marker is mapped to no state. */
  state: State
}

/** What a model says of one window. Reused. */
export interface Scores {
  outputs: readonly Output[]
  /** One for each output, sum 1. */
  probabilities: Float32Array
  /** Distance from the training data, 1 = its 99th percentile; above 1 is out of distribution. */
  outOfDistribution: number
}

/** A manifest with its weights, verified. */
export interface Model {
  readonly id: string
  readonly layoutId: number
  readonly outputs: readonly Output[]
  readonly inputShape: readonly number[]
  readonly site?: { id: string; verdict: string }
}

export const ENGINE_NAMES = ['int8-simd', 'int8-js', 'tfjs-wasm', 'tfjs-node'] as const
export type EngineName = (typeof ENGINE_NAMES)[number]

/** Executes a model's integer layers; all engines give the same bits. */
export interface Engine {
  readonly name: EngineName
  readonly model: Model
  /** Quantized in and out; synchronous. */
  run(input: Int8Array, output: Int8Array): void
  /** Every layer's activations, for golden vectors. */
  trace(input: Int8Array): Int8Array[]
  dispose(): void
}
