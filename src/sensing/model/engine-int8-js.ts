import type { Engine, Model } from '../../domain/model.js'
import { inputOf, outputsOf, reachOf, rescalingFactors, type Layer, type Network } from './network.js'

/** Adding and taking away 1.5 × 2^23 in float32 rounds to the nearest integer, ties to even. */
const ROUNDER = 12_582_912
/** Beyond any int8 with its zero point, and small enough for ROUNDER. */
const SATURATED = 1024

/** Plain JavaScript execution of the integer network: the reference for every other engine. */
export class Int8JsEngine implements Engine {
  readonly name = 'int8-js'
  private readonly steps: readonly Step[]
  private readonly last: Int8Array

  constructor(
    readonly model: Model,
    network: Network,
  ) {
    this.steps = network.layers.map((layer, index) => ({
      layer,
      inputZeroPoint: inputOf(network, index).zeroPoint,
      factors: rescalingFactors(layer, inputOf(network, index)),
      activations: new Int8Array(outputsOf(layer)),
    }))
    this.last = this.steps[this.steps.length - 1].activations
  }

  run(input: Int8Array, output: Int8Array): void {
    let activations = input
    for (const step of this.steps) {
      slide(step, activations)
      activations = step.activations
    }
    output.set(this.last)
  }

  trace(input: Int8Array): Int8Array[] {
    this.run(input, new Int8Array(this.last.length))
    return this.steps.map((step) => step.activations.slice())
  }

  dispose(): void {
    // Typed arrays only: nothing is held outside the heap.
  }
}

interface Step {
  layer: Layer
  inputZeroPoint: number
  factors: Float32Array
  activations: Int8Array
}

function slide({ layer, inputZeroPoint, factors, activations }: Step, input: Int8Array): void {
  const { positions, stride, channels, outputs, weights, biases } = layer
  const { zeroPoint } = layer.output
  const reach = reachOf(layer)
  for (let p = 0, at = 0, from = 0; p < positions; p++, from += stride * channels) {
    for (let o = 0, w = 0; o < outputs; o++, at++) {
      let sum = biases[o]
      for (let i = 0; i < reach; i++, w++) sum += weights[w] * (input[from + i] - inputZeroPoint)
      activations[at] = saturate(roundHalfToEven(Math.fround(sum * factors[o])) + zeroPoint)
    }
  }
}

/** Rounds a float32; beyond ±1024 it only saturates. */
export function roundHalfToEven(value: number): number {
  if (value > SATURATED) return SATURATED
  if (value < -SATURATED) return -SATURATED
  return Math.fround(Math.fround(value + ROUNDER) - ROUNDER)
}

export function saturate(value: number): number {
  return value > 127 ? 127 : value < -128 ? -128 : value
}
