import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Database from 'better-sqlite3'
import ts from 'typescript'
import { expect, test } from 'vitest'
import { SqliteStore } from '../../../../src/outputs/store/sqlite-store.js'
import { ManualClock, readingAt, SETTINGS, temporaryDirectory } from './store-bench.js'

const KILLS = 20
const ROOT = path.resolve('.')

/** Commits for ever and says each id once commit has returned. */
const COMMITTER = `
import { SqliteStore } from './src/outputs/store/sqlite-store.js'
const [file, settings, reading] = process.argv.slice(2)
const now = { bootId: 'b', monotonicUs: 0, wallMs: 0, wallTrusted: false }
const store = new SqliteStore(file, JSON.parse(settings), { monotonicUs: () => 0, now: () => now })
process.send('open')
for (;;) {
  const id = store.commit(JSON.parse(reading))
  await new Promise((resolve) => process.send(id, resolve))
}
`

/** The store as JavaScript in a folder of its own, to be run by a process that may be killed. */
function compiledStore(): string {
  const directory = temporaryDirectory()
  for (const folder of ['src/outputs/store', 'src/platform']) {
    mkdirSync(path.join(directory, folder), { recursive: true })
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.ts'))) {
      const { outputText } = ts.transpileModule(readFileSync(path.join(folder, name), 'utf8'), {
        compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 },
      })
      writeFileSync(path.join(directory, folder, name.replace(/ts$/, 'js')), outputText)
    }
  }
  symlinkSync(path.join(ROOT, 'node_modules'), path.join(directory, 'node_modules'))
  writeFileSync(path.join(directory, 'package.json'), '{"type":"module"}')
  writeFileSync(path.join(directory, 'committer.js'), COMMITTER)
  return path.join(directory, 'committer.js')
}

/** Ids that were acknowledged before the process was killed, `afterMs` after its store was open. */
async function commitUntilKilled(program: string, file: string, afterMs: number): Promise<number[]> {
  const reading = readingAt(new ManualClock().now())
  const child = spawn(process.execPath, [program, file, JSON.stringify(SETTINGS), JSON.stringify(reading)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ids: number[] = []
  child.on('message', (message) => {
    if (message === 'open') setTimeout(() => child.kill('SIGKILL'), afterMs)
    else ids.push(message as number)
  })
  await new Promise((resolve) => child.on('close', resolve))
  return ids
}

test(`no acknowledged reading is lost in ${KILLS} kills in the midst of commits`, async () => {
  const program = compiledStore()
  const file = path.join(temporaryDirectory(), 'ajar.db')
  const acknowledged: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const ids = await commitUntilKilled(program, file, 5 + ((kill * 37) % 90))
    acknowledged.push(...ids)
    const database = new Database(file)
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok')
    database.close()
  }
  const store = new SqliteStore(file, SETTINGS, new ManualClock())
  const kept = new Set(store.events({ doorId: 'front', limit: 1_000_000 }).map(({ id }) => id))
  expect(store.health().reason).toBeUndefined()
  store.close()
  expect(acknowledged.length).toBeGreaterThan(KILLS)
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
  expect(acknowledged.filter((id) => !kept.has(id))).toEqual([])
})
