import { createRequire } from 'node:module'

/** The native backend is not among the dependencies: scripts/install-tfjs-node.sh installs it. */
export function tfjsNodeInstalled(): boolean {
  try {
    createRequire(import.meta.url).resolve('@tensorflow/tfjs-node')
    return true
  } catch {
    return false
  }
}
