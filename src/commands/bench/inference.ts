import { fileURLToPath } from 'node:url'
import type { Engine } from '../../domain/model.js'
import { messageOf } from '../../platform/errors.js'
import { loadArtefact, type Artefact } from '../../sensing/model/artefact.js'
import { Int8JsEngine } from '../../sensing/model/engine-int8-js.js'
import { dequantized, onnxruntime } from './onnxruntime.js'
import { median, percentile, perSecond } from './rounds.js'

export const DEMO_MODEL = fileURLToPath(new URL('../../../models/demo', import.meta.url))

const ROUNDS = 9
/** A sample is as many runs as last this long: reading the clock takes longer than one run of a small network. */
const LEAST_SAMPLE_MS = 0.02

interface EngineFigures {
  p50Ms: number
  p99Ms: number
}

export interface InferenceFigures {
  inference: Partial<Record<Engine['name'], EngineFigures>> & { ratioToOnnxruntime: number | null }
}

/** The first is the one that the appliance runs. */
function enginesOf(artefact: Artefact): readonly Engine[] {
  return [new Int8JsEngine(artefact, artefact.network)]
}

/**
 * The demo model's int8 network over one window: time of a run by percentile, and the first engine's time as a share
 * of onnxruntime's, median of alternating rounds; null where there is no onnxruntime. The windows are the model's
 * golden vectors; onnxruntime takes them as floats and gives floats (see onnx.ts). In a network too small for the
 * clock a percentile is of means over a few runs. In one as small as the demo model's, 15 products, the share says
 * what a call costs, not what the arithmetic does.
 */
export async function benchInference(
  roundMs: number,
  progress: (line: string) => void,
): Promise<InferenceFigures> {
  const artefact = loadArtefact(DEMO_MODEL)
  const windows = artefact.golden.map(({ input }) => input)
  const logits = new Int8Array(artefact.outputs.length)
  const engines = enginesOf(artefact).map((engine) => ({
    name: engine.name,
    run: inTurn(windows, (window) => engine.run(window, logits)),
  }))
  const figures: Partial<Record<Engine['name'], EngineFigures>> = {}
  for (const { name, run } of engines) figures[name] = percentiles(run, roundMs)
  let ratioToOnnxruntime: number | null = null
  try {
    const run = await onnxruntime(artefact.network)
    const features = windows.map((window) => dequantized(window, artefact.network.input))
    ratioToOnnxruntime = ratio(engines[0].run, inTurn(features, run), roundMs)
  } catch (error) {
    progress(`No comparison: onnxruntime-node does not load (${messageOf(error).split('\n')[0]})`)
  }
  return { inference: { ...figures, ratioToOnnxruntime } }
}

/** Each call runs the next of the windows. */
function inTurn<T>(windows: readonly T[], run: (window: T) => unknown): () => void {
  let at = 0
  return () => {
    run(windows[at])
    at = (at + 1) % windows.length
  }
}

function percentiles(run: () => void, roundMs: number): EngineFigures {
  const runsPerMs = repeated(run, roundMs) / 1000 // warms up too
  const runs = Math.max(1, Math.ceil(LEAST_SAMPLE_MS * runsPerMs))
  const samples: number[] = []
  const startMs = performance.now()
  for (let fromMs = startMs; fromMs - startMs < roundMs * ROUNDS;) {
    for (let i = 0; i < runs; i++) run()
    const toMs = performance.now()
    samples.push((toMs - fromMs) / runs)
    fromMs = toMs
  }
  return { p50Ms: rounded(percentile(samples, 50)), p99Ms: rounded(percentile(samples, 99)) }
}

/** Time of `run` as a share of the time of `other`. */
function ratio(run: () => void, other: () => void, roundMs: number): number {
  const ratios: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const ours = repeated(run, roundMs)
    const theirs = repeated(other, roundMs)
    if (round > 0) ratios.push(theirs / ours) // the first warms up
  }
  return rounded(median(ratios))
}

/** Runs a second. In hundreds between two looks at the clock, which takes longer than a small network. */
function repeated(run: () => void, roundMs: number): number {
  return perSecond(() => {
    for (let i = 0; i < 100; i++) run()
    return 100
  }, roundMs)
}

function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
