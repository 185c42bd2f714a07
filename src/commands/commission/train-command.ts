import { fileURLToPath } from 'node:url'
import type { Config } from '../../config/schema.js'

const CLI = fileURLToPath(new URL('../../cli.js', import.meta.url))

/** Program and arguments of the nightly training: this program, with the same configuration and data. */
export function trainCommand(
  { dataDirectory }: Pick<Config, 'dataDirectory'>,
  configFile?: string,
): string[] {
  const config = configFile === undefined ? [] : ['--config', configFile]
  return [process.execPath, CLI, 'commission', '--train-now', ...config, '--data-dir', dataDirectory]
}
