import type { Engine, EngineName, Model } from '../../domain/model.js'
import type { Reason } from '../../domain/reason.js'
import { AjarError, messageOf } from '../../platform/errors.js'
import type { Artefact } from './artefact.js'
import { Int8JsEngine } from './engine-int8-js.js'
import { Int8SimdEngine } from './engine-int8-simd.js'
import { TfjsEngine } from './engine-tfjs.js'
import { STOPPED } from './engine-probe.js'
import { verifyGolden } from './golden.js'
import type { Network } from './network.js'

export type EngineFactories = Partial<Record<EngineName, (artefact: Artefact) => Promise<Engine>>>

/** Every engine there is. */
export const ENGINES: Record<EngineName, (model: Model & { network: Network }) => Promise<Engine>> = {
  'int8-simd': async (model) => new Int8SimdEngine(model, model.network),
  'int8-js': async (model) => new Int8JsEngine(model, model.network),
  'tfjs-wasm': (model) => TfjsEngine.create('tfjs-wasm', model, model.network),
  'tfjs-node': (model) => TfjsEngine.create('tfjs-node', model, model.network),
}

/**
 * Quickest first, and last the one that all must agree with. Those of TensorFlow run only when asked for: they take
 * 100 and 400 MB of memory, and int8-js is quick enough where int8-simd is missing (2 ms of every 200, x64).
 */
const ORDER: readonly EngineName[] = ['int8-simd', 'int8-js']

/** Plain JavaScript: it cannot take the process down. */
const NEEDS_NO_PROBE: EngineName = 'int8-js'

/** A model and the engine that executes it, checked on this machine. */
export interface RunningModel {
  artefact: Artefact
  engine: Engine
  /** Why this engine. Code 'engine.fallback' where one that comes before it does not work here. */
  engineReason: Reason
  /** The model of events that lies beside it, in its folder `events`. */
  events?: { artefact: Artefact; engine: Engine }
}

/**
 * Builds the engine that is wanted, or where it fails the next in the order. An engine is probed in another process
 * first, because one that a processor cannot execute ends the process. Throws what int8-js threw: where it fails too,
 * the model is at fault.
 */
export async function chooseEngine(
  artefact: Artefact,
  options: {
    wanted: EngineName | 'auto'
    /** Throws AjarError where the engine does not work. */
    probe: (name: EngineName) => Promise<void>
    engines?: EngineFactories
  },
): Promise<RunningModel> {
  const { wanted, probe, engines = ENGINES } = options
  const order =
    wanted === 'auto'
      ? ORDER.filter((name) => name in engines)
      : [wanted, ...ORDER.slice(ORDER.indexOf(wanted) + 1)]
  const failures: AjarError[] = []
  for (const name of order) {
    try {
      if (name !== NEEDS_NO_PROBE) await probe(name)
      const engine = await buildEngine(artefact, name, engines)
      return { artefact, engine, engineReason: reasonFor(name, wanted, failures) }
    } catch (error) {
      if (error === STOPPED) throw error
      failures.push(asAjarError(error, name))
    }
  }
  throw failures[failures.length - 1]
}

/** The engine, once its golden vectors came out right. Throws AjarError. */
export async function buildEngine(
  artefact: Artefact,
  name: EngineName,
  engines: EngineFactories = ENGINES,
): Promise<Engine> {
  const factory = engines[name]
  if (factory === undefined)
    throw new AjarError(
      'engine.absent',
      `Engine ${name} is not part of this version.`,
      'Choose another engine.',
    )
  let engine: Engine | undefined
  try {
    engine = await factory(artefact)
    verifyGolden(engine, artefact.golden)
    return engine
  } catch (error) {
    engine?.dispose()
    throw asAjarError(error, name)
  }
}

function asAjarError(error: unknown, name: EngineName): AjarError {
  if (error instanceof AjarError) return error
  return new AjarError(
    'engine.broken',
    `Engine ${name} failed: ${messageOf(error)}.`,
    'Choose another engine.',
    {
      cause: error,
    },
  )
}

function reasonFor(name: EngineName, wanted: EngineName | 'auto', failures: readonly AjarError[]): Reason {
  if (failures.length > 0) {
    const [{ code, hint }] = failures
    return {
      code: 'engine.fallback',
      text: `Engine ${name} executes the model. ${failures.map(({ message }) => message).join(' ')}`,
      // Another engine agrees with the golden vectors, so that the model is good.
      hint: code === 'model.golden' ? 'The engine is at fault, not the model: please report it.' : hint,
    }
  }
  return wanted === 'auto'
    ? {
        code: 'engine.auto',
        text: `Engine ${name} executes the model: the first choice that works here.`,
        hint: '',
      }
    : { code: 'engine.configured', text: `Engine ${name} executes the model: it was asked for.`, hint: '' }
}
