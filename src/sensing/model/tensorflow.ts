import type { EventEmitter } from 'node:events'
import { createRequire } from 'node:module'
import path from 'node:path'
import util from 'node:util'
import type * as TensorFlowModule from '@tensorflow/tfjs'
import { AjarError, messageOf } from '../../platform/errors.js'

export type TensorFlow = typeof TensorFlowModule.default

export const TENSORFLOW_BACKENDS = ['tfjs-node', 'tfjs-wasm'] as const
export type TensorFlowBackend = (typeof TENSORFLOW_BACKENDS)[number]

const loaders: Record<TensorFlowBackend, { name: string; hint: string; load: () => Promise<TensorFlow> }> = {
  'tfjs-node': {
    name: 'tensorflow',
    hint: 'Install it with scripts/install-tfjs-node.sh, or choose another engine.',
    load: loadNode,
  },
  'tfjs-wasm': {
    name: 'wasm',
    hint: 'Install the optional dependencies (npm ci without --omit=optional), or choose another engine.',
    load: loadWasm,
  },
}

const loading = new Map<TensorFlowBackend, Promise<TensorFlow>>()

/**
 * TensorFlow.js with this backend ready; loaded once a process, and only when asked: it costs hundreds of megabytes.
 * Throws AjarError 'engine.absent' where it is not installed, 'engine.broken' where it does not load.
 */
export function loadTensorFlow(backend: TensorFlowBackend): Promise<TensorFlow> {
  let found = loading.get(backend)
  if (found === undefined) {
    found = load(backend)
    loading.set(backend, found)
  }
  return found
}

/** TensorFlow.js has one backend for the whole process. A loaded one is in use at once, without waiting. */
export function useBackend(tf: TensorFlow, backend: TensorFlowBackend): void {
  const { name } = loaders[backend]
  if (tf.getBackend() !== name) void tf.setBackend(name)
}

async function load(backend: TensorFlowBackend): Promise<TensorFlow> {
  const { name, hint, load } = loaders[backend]
  try {
    return await withoutErrorHandlers(async () => {
      const tf = await load()
      if (!(await tf.setBackend(name))) throw new Error(`its backend '${name}' did not start`)
      return tf
    })
  } catch (cause) {
    const absent = ['ERR_MODULE_NOT_FOUND', 'MODULE_NOT_FOUND'].includes(
      (cause as NodeJS.ErrnoException).code ?? '',
    )
    const [firstLine] = messageOf(cause).split('\n')
    throw absent
      ? new AjarError('engine.absent', `Engine ${backend} is not installed.`, hint, { cause })
      : new AjarError('engine.broken', `Engine ${backend} cannot be loaded: ${firstLine}`, hint, { cause })
  }
}

async function loadNode(): Promise<TensorFlow> {
  // It still calls what Node 23 took away.
  const old = util as { isNullOrUndefined?: (value: unknown) => boolean }
  old.isNullOrUndefined ??= (value) => value === null || value === undefined
  // Of the native library's messages only warnings and errors: they go to stderr, past the log.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1'
  // Without oneDNN a small network runs in two thirds of the time, and sums do not depend on the processor's kind.
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '0'
  // Not in package.json (scripts/install-tfjs-node.sh says why), so its types are those of what it extends.
  const name: string = '@tensorflow/tfjs-node'
  const { default: tf } = (await import(name)) as { default: TensorFlow }
  return tf
}

async function loadWasm(): Promise<TensorFlow> {
  const { default: tf } = await import('@tensorflow/tfjs')
  const { default: wasm } = await import('@tensorflow/tfjs-backend-wasm')
  const main = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')
  // The modules beside the code: without it they would be looked for at a public server.
  wasm.setWasmPaths(`${path.dirname(main)}${path.sep}`)
  return tf
}

/**
 * The WebAssembly backend's start-up code installs handlers that throw what nobody caught once more, which hides
 * where it came from. How a process ends is not an engine's business: what was installed is taken away again.
 */
async function withoutErrorHandlers<T>(load: () => Promise<T>): Promise<T> {
  const events = ['uncaughtException', 'unhandledRejection']
  const emitter = process as EventEmitter
  const before = new Set(events.flatMap((event) => emitter.listeners(event)))
  try {
    return await load()
  } finally {
    for (const event of events)
      for (const listener of emitter.listeners(event))
        if (!before.has(listener)) emitter.off(event, listener as () => void)
  }
}
