import { loadConfig } from '../config/load.js'
import { keysOf } from '../config/schema-keys.js'
import { AjarError } from '../platform/errors.js'

/**
 * `ajar config`: every key with its effective value, where that comes from and what it means. With `check`
 * only whether the file is valid; the exit code is 1 where it is not. There are no secrets in a configuration.
 */
export function showConfig(
  file: string | undefined,
  options: { json: boolean; check: boolean },
  out: (line: string) => void,
): number {
  if (options.check) return check(file, options.json, out)
  const { config, origins } = loadConfig(file)
  const values = [...keysOf(config)].map(({ path, value = null, help }) => ({
    key: path,
    value,
    origin: origins.get(path),
    help,
  }))
  if (options.json) out(JSON.stringify({ values }))
  else
    for (const { key, value, origin, help } of values)
      out(`${key}: ${value === null ? '(not set)' : JSON.stringify(value)}  # ${origin}. ${help}`)
  return 0
}

function check(file: string | undefined, json: boolean, out: (line: string) => void): number {
  try {
    loadConfig(file)
  } catch (error) {
    if (!(error instanceof AjarError)) throw error
    const mistakes = error.message.split('\n')
    if (json) out(JSON.stringify({ ok: false, mistakes, hint: error.hint }))
    else for (const line of [...mistakes, `→ ${error.hint}`]) out(line)
    return 1
  }
  out(json ? JSON.stringify({ ok: true }) : `${file ?? 'The defaults'}: valid.`)
  return 0
}
