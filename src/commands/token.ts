import { readFileSync } from 'node:fs'
import path from 'node:path'
import { loadConfig } from '../config/load.js'
import { AjarError, messageOf } from '../platform/errors.js'

/** `ajar token`: shows the token of the HTTP API to whoever may read its file. Throws AjarError 'token.…'. */
export async function token(
  options: { config?: string; dataDir?: string },
  out: (line: string) => void,
): Promise<number> {
  const { config } = loadConfig(options.config, { dataDirectory: options.dataDir })
  out(apiToken(config.dataDirectory))
  return 0
}

/** The token of the appliance that keeps its data there. Throws AjarError 'token.…'. */
export function apiToken(dataDirectory: string): string {
  const file = path.join(dataDirectory, 'api-token')
  const text = readToken(file)
  if (!/^[\w-]{32,}$/.test(text))
    throw new AjarError(
      'token.damaged',
      `${file} holds no token.`,
      'Delete the file and restart Ajar: it makes a new one.',
    )
  return text
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim()
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT'
    throw new AjarError(
      absent ? 'token.absent' : 'token.unreadable',
      absent ? `There is no token yet: ${file} is missing.` : `The token cannot be read: ${messageOf(error)}`,
      absent
        ? 'It is made at the first start of `ajar run`. If Ajar runs already, give its --config or --data-dir.'
        : 'Read it as the user that runs Ajar, or with sudo.',
      { cause: error },
    )
  }
}
