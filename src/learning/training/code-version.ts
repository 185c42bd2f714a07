import { readFileSync } from 'node:fs'

/** Version of the program that trains, for the model's manifest. */
export function codeVersion(): string {
  const file = new URL('../../../package.json', import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version
}
