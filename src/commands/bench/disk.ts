import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { EngineName } from '../../domain/model.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** What an engine imports; the int8 engines are part of the program. */
const PACKAGES: Record<EngineName, readonly string[]> = {
  'int8-simd': [],
  'int8-js': [],
  'tfjs-wasm': ['@tensorflow/tfjs', '@tensorflow/tfjs-backend-wasm'],
  'tfjs-node': ['@tensorflow/tfjs-node'],
}

interface PackageJson {
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

/** Files of the packages that an engine needs and an installation without optional dependencies does not have, MB. */
export function diskMb(name: EngineName): number {
  const base = new Set<string>()
  for (const dependency of Object.keys(packageJson(ROOT).dependencies ?? {})) collect(dependency, ROOT, base)
  const needed = new Set<string>()
  for (const dependency of PACKAGES[name]) collect(dependency, ROOT, needed)
  const seen = new Set<string>()
  let bytes = 0
  for (const directory of needed) if (!base.has(directory)) bytes += bytesIn(directory, seen)
  return Math.round(bytes / 1e5) / 10
}

/** Adds the directory of a package and those of all that it depends on, as Node finds them from `from`. */
function collect(name: string, from: string, into: Set<string>): void {
  const directory = find(name, from)
  if (directory === undefined || into.has(directory)) return
  into.add(directory)
  const { dependencies, optionalDependencies } = packageJson(directory)
  for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies }))
    collect(dependency, directory, into)
}

/** Undefined where it is not installed, as an optional one may be. */
function find(name: string, from: string): string | undefined {
  const directory = path.join(from, 'node_modules', name)
  if (existsSync(path.join(directory, 'package.json'))) return directory
  const above = path.dirname(from)
  return above === from ? undefined : find(name, above)
}

function packageJson(directory: string): PackageJson {
  return JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8')) as PackageJson
}

/** Links are followed, libtensorflow lies behind one; what has been seen counts once. */
function bytesIn(file: string, seen: Set<string>): number {
  const stat = statSync(file)
  const id = `${stat.dev}:${stat.ino}`
  if (seen.has(id)) return 0
  seen.add(id)
  if (!stat.isDirectory()) return stat.size
  return readdirSync(file).reduce((sum, name) => sum + bytesIn(path.join(file, name), seen), 0)
}
