import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { showConfig } from '../../../src/commands/config.js'

let directory: string
let file: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'ajar-config-'))
  file = path.join(directory, 'ajar.yaml')
})
afterEach(() => rmSync(directory, { recursive: true }))

function show(yaml: string, options: { json?: boolean; check?: boolean } = {}) {
  writeFileSync(file, yaml)
  const lines: string[] = []
  const code = showConfig(file, { json: false, check: false, ...options }, (line) => lines.push(line))
  return { code, lines }
}

describe('showConfig', () => {
  it('prints every key with its value, where that comes from and what it means', () => {
    const { code, lines } = show('api:\n  port: 9000\n')
    expect(code).toBe(0)
    expect(lines).toContain(`api.port: 9000  # ${file}:2. TCP port; 0 = any free one`)
    expect(lines.find((line) => line.startsWith('api.host: "127.0.0.1"  # default. '))).toBeDefined()
    expect(lines).toContain('gpio.relay: (not set)  # default. Absent: no relay')
  })

  it('prints the same for machines', () => {
    const { lines } = show('receiver:\n  transmitters: ["1a:2b:3c:4d:5e:6f"]\n', { json: true })
    const { values } = JSON.parse(lines[0]) as { values: { key: string; value: unknown; origin: string }[] }
    expect(values.find(({ key }) => key === 'receiver.transmitters')).toMatchObject({
      value: ['1a:2b:3c:4d:5e:6f'],
      origin: `${file}:2`,
    })
    expect(values.find(({ key }) => key === 'gpio.leds.open')).toMatchObject({
      value: null,
      origin: 'default',
    })
  })

  it('checks: all mistakes in plain words, and the exit code', () => {
    const yaml = 'api:\n  prot: 9000\nstore:\n  retentionDays: 0\n'
    const { code, lines } = show(yaml, { check: true })
    expect(code).toBe(1)
    expect(lines).toHaveLength(3)
    expect(lines.join('\n')).toContain(`${file}:2:3: unknown key 'api.prot'; did you mean 'port'?`)
    expect(lines.join('\n')).toContain(`${file}:4:3: store.retentionDays: `)
    expect(JSON.parse(show(yaml, { check: true, json: true }).lines[0])).toMatchObject({ ok: false })
    expect(show('api:\n  port: 9000\n', { check: true })).toEqual({ code: 0, lines: [`${file}: valid.`] })
  })

  it('prints nothing of an invalid file but what is wrong with it', () => {
    expect(() => show('nonsense: 1\n')).toThrow(expect.objectContaining({ code: 'config.invalid' }))
  })
})
