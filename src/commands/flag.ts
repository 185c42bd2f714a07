import { loadConfig } from '../config/load.js'
import type { Flag } from '../domain/flag.js'
import { LocalApi } from './local-api.js'

export interface FlagOptions {
  config?: string
  dataDir?: string
  httpPort?: number
  json: boolean
}

/** `ajar flag`: says that what is shown now is wrong; the running appliance keeps the last minutes. */
export async function flag(note: string, options: FlagOptions, out: (line: string) => void): Promise<number> {
  const { config } = loadConfig(options.config, {
    'api.port': options.httpPort,
    dataDirectory: options.dataDir,
  })
  const made = await new LocalApi(config).post<Flag>('/api/v1/door/flag', { note })
  if (options.json) out(JSON.stringify(made))
  else {
    const { reading, seconds, file, simulated } = made
    out(
      `${simulated ? 'simulated: ' : ''}The reading "${reading.state}" (${reading.reason}) and the ${seconds} s before it are in ${file}.`,
    )
    out(`\`ajar replay ${file}\` shows why.`)
  }
  return 0
}
