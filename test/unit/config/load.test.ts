import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultConfig, loadConfig } from '../../../src/config/load.js'
import { keysOf } from '../../../src/config/schema-keys.js'
import { AjarError } from '../../../src/platform/errors.js'

let directory: string
let file: string
beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'ajar-config-'))
  file = path.join(directory, 'ajar.yaml')
})
afterEach(() => rmSync(directory, { recursive: true }))

function load(yaml: string, overrides: Record<string, unknown> = {}) {
  writeFileSync(file, yaml)
  return loadConfig(file, overrides)
}

function failure(yaml: string, overrides: Record<string, unknown> = {}): AjarError {
  try {
    load(yaml, overrides)
  } catch (error) {
    if (error instanceof AjarError) return error
    throw error
  }
  throw new Error('The configuration was accepted.')
}

describe('loadConfig', () => {
  it('gives the defaults where there is no file', () => {
    const { config, origins } = loadConfig(undefined)
    expect(config).toEqual(defaultConfig())
    expect([...keysOf(config)].map(({ path }) => origins.get(path))).toEqual(
      Array(origins.size).fill('default'),
    )
    expect(origins.size).toBeGreaterThan(60)
  })

  it('knows where each value comes from: command line over file over defaults', () => {
    const { config, origins } = load('receiver:\n  port: /dev/ttyUSB0\n  baudRate: 115200\n', {
      'receiver.port': '/dev/ttyACM0',
      'api.port': undefined,
    })
    expect(config.receiver).toMatchObject({ port: '/dev/ttyACM0', baudRate: 115_200 })
    expect(origins.get('receiver.port')).toBe('command line')
    expect(origins.get('receiver.baudRate')).toBe(`${file}:3`)
    expect(origins.get('api.port')).toBe('default')
  })

  it('names an unknown key with its line and the nearest known one', () => {
    const { code, message } = failure('door:\n  id: front\nreceiver:\n  bautRate: 9600\n')
    expect(code).toBe('config.invalid')
    expect(message).toBe(`${file}:4:3: unknown key 'receiver.bautRate'; did you mean 'baudRate'?`)
    expect(failure('recever: {}\n').message).toContain(
      `${file}:1:1: unknown key 'recever'; did you mean 'receiver'?`,
    )
  })

  it('names an unknown key in a section that is absent by default', () => {
    const { message } = failure('gpio:\n  relay:\n    line: 17\n    pulsMs: 5\n')
    expect(message).toBe(`${file}:4:5: unknown key 'gpio.relay.pulsMs'; did you mean 'pulseMs'?`)
    expect(failure('api:\n  tls:\n    cert: a\n    keyFile: b\n').message).toContain(
      "did you mean 'certFile'?",
    )
  })

  it('names every bad value, each with its line', () => {
    const { message } = failure('api:\n  port: 70000\nlog:\n  level: loud\n')
    expect(message.split('\n')).toHaveLength(2)
    expect(message).toContain(`${file}:2:3: api.port: `)
    expect(message).toContain(`${file}:4:3: log.level: `)
  })

  it('names a missing value at the line of its section', () => {
    expect(failure('gpio:\n  relay:\n    pulseMs: 5\n').message).toContain(`${file}:2:3: gpio.relay.line: `)
  })

  it('names a bad value from the command line', () => {
    expect(failure('', { 'api.port': -1 }).message).toMatch(/^command line: api\.port: /)
  })

  it.each([
    ['a broken file', 'door: [\n', 'config.yaml'],
    ['a key given twice', 'door:\n  id: a\n  id: b\n', 'config.yaml'],
    ['a list', '- 1\n', 'config.yaml'],
    ['an alias of nothing', 'door: *nothing\n', 'config.yaml'],
    ['a cron expression that cannot be', "schedules:\n  backup: '99 * * * *'\n", 'config.invalid'],
    ['a longest wait below the shortest', 'receiver:\n  reconnectMaxMs: 20\n', 'config.invalid'],
    ['a version of later', 'version: 2\n', 'config.newer'],
    ['a version that is none', 'version: one\n', 'config.invalid'],
    ['an unknown tag', 'door: !x {}\n', 'config.yaml'],
    ['a window shorter than what motion is read from', 'signal:\n  windowMs: 1000\n', 'config.invalid'],
    ['an even outlier filter', 'signal:\n  hampelWindow: 6\n', 'config.invalid'],
    ['an outbox that fills the database', 'store:\n  outboxMaxBytes: 134217728\n', 'config.invalid'],
  ])('refuses %s', (_, yaml, code) => {
    expect(failure(yaml).code).toBe(code)
  })

  it('names a file that is not there', () => {
    expect(() => loadConfig(file)).toThrow(expect.objectContaining({ code: 'config.unreadable' }))
  })

  it('names one of several values', () => {
    const { message } = failure('receiver:\n  transmitters:\n    - 1a:2b:3c:4d:5e:6f\n    - nonsense\n')
    expect(message).toMatch(/:4:7: receiver\.transmitters\.1: a MAC address/)
  })

  it('reads MAC addresses whichever way they are written', () => {
    const { config } = load('receiver:\n  transmitters: ["1A:2B:3C:4D:5E:6F"]\n')
    expect(config.receiver.transmitters).toEqual(['1a:2b:3c:4d:5e:6f'])
  })

  it('is not led astray by keys of Object', () => {
    expect(failure('__proto__:\n  port: 1\n').message).toContain("unknown key '__proto__'")
    expect(failure('constructor: 1\n').message).toContain("unknown key 'constructor'")
  })

  it('takes an empty file for the defaults', () => {
    expect(load('# nothing\n').config).toEqual(defaultConfig())
  })
})
