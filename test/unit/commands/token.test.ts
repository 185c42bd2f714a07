import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { token } from '../../../src/commands/token.js'
import { SystemClock } from '../../../src/platform/clock.js'
import { defaultConfig } from '../../../src/config/load.js'
import { TokenStore } from '../../../src/outputs/api/token.js'
import { SqliteStore } from '../../../src/outputs/store/sqlite-store.js'

let directory: string
beforeEach(() => void (directory = mkdtempSync(path.join(tmpdir(), 'ajar-token-'))))
afterEach(() => rmSync(directory, { recursive: true }))

async function printed(options: { config?: string; dataDir?: string }): Promise<string[]> {
  const lines: string[] = []
  expect(await token(options, (line) => lines.push(line))).toBe(0)
  return lines
}

describe('ajar token', () => {
  it('prints the token that the API accepts, wherever the data directory is told', async () => {
    const store = new SqliteStore(path.join(directory, 'ajar.db'), defaultConfig().store, new SystemClock())
    const tokens = new TokenStore(store, directory)
    tokens.ensure()
    const config = path.join(directory, 'ajar.yaml')
    writeFileSync(config, `dataDirectory: ${directory}\n`)
    const [text] = await printed({ config })
    expect(tokens.accepts(text)).toBe(true)
    expect(await printed({ dataDir: directory })).toEqual([text])
    store.close()
  })

  it('says that there is none yet', async () => {
    await expect(printed({ dataDir: directory })).rejects.toMatchObject({ code: 'token.absent' })
  })

  it('says what it cannot read', async () => {
    mkdirSync(path.join(directory, 'api-token'))
    await expect(printed({ dataDir: directory })).rejects.toMatchObject({ code: 'token.unreadable' })
  })

  it('prints nothing that is no token', async () => {
    writeFileSync(path.join(directory, 'api-token'), '\n')
    await expect(printed({ dataDir: directory })).rejects.toMatchObject({ code: 'token.damaged' })
  })
})
