import { readFileSync } from 'node:fs'
import { describe, expect, expectTypeOf, it } from 'vitest'
import { defaultConfig } from '../../../src/config/load.js'
import { keysOf } from '../../../src/config/schema-keys.js'
import type { Config } from '../../../src/config/schema.js'
import type { ApiSettings } from '../../../src/outputs/api/settings.js'
import type { GpioSettings } from '../../../src/outputs/gpio/settings.js'
import type { StoreSettings } from '../../../src/outputs/store/settings.js'
import type { DecisionSettings } from '../../../src/sensing/decision/settings.js'
import type { RecorderSettings } from '../../../src/sensing/link/recorder-settings.js'
import type { LinkSettings } from '../../../src/sensing/link/settings.js'
import type { DecoderOptions } from '../../../src/sensing/packet/decoder.js'
import type { SignalSettings } from '../../../src/sensing/signal/settings.js'

/** The schema makes what the parts are tuned by, no more and no less. */
it('has the keys of the settings, checked by the compiler', () => {
  type Same<A, B> = [keyof A] extends [keyof B] ? ([keyof B] extends [keyof A] ? true : never) : never
  expectTypeOf<Config['receiver']>().toExtend<LinkSettings & DecoderOptions>()
  expectTypeOf<Config['signal']>().toExtend<SignalSettings>()
  expectTypeOf<Config['decision']>().toExtend<DecisionSettings>()
  expectTypeOf<Config['store']>().toExtend<StoreSettings>()
  expectTypeOf<Config['gpio']>().toExtend<GpioSettings>()
  expectTypeOf<Config['api']>().toExtend<ApiSettings>()
  expectTypeOf<Config['recordings']>().toExtend<RecorderSettings>()
  expectTypeOf<Same<Config['signal'], SignalSettings>>().toEqualTypeOf<true>()
  expectTypeOf<Same<Config['decision'], DecisionSettings>>().toEqualTypeOf<true>()
  expectTypeOf<Same<Config['store'], StoreSettings>>().toEqualTypeOf<true>()
  expectTypeOf<Same<Config['recordings'], RecorderSettings>>().toEqualTypeOf<true>()
  expectTypeOf<Same<Config['gpio'], GpioSettings>>().toEqualTypeOf<true>()
  expectTypeOf<Same<Config['api'], ApiSettings>>().toEqualTypeOf<true>()
})

it('helps with every key', () => {
  const keys = [...keysOf(defaultConfig())]
  expect(keys.filter(({ help }) => help === '').map(({ path }) => path)).toEqual([])
  expect(keys.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['version', 'gpio.leds.ajar', 'gpio.relay']),
  )
})

const SETTINGS = {
  receiver: 'src/sensing/link/settings.ts',
  signal: 'src/sensing/signal/settings.ts',
  decision: 'src/sensing/decision/settings.ts',
  store: 'src/outputs/store/settings.ts',
  recordings: 'src/sensing/link/recorder-settings.ts',
  api: 'src/outputs/api/settings.ts',
} as const

/** 'Default 0.8' and 'default 128 MiB' in the comment of each key. */
function documentedDefaults(file: string): [string, number][] {
  const found: [string, number][] = []
  const comments = readFileSync(file, 'utf8').matchAll(/\/\*\*((?:(?!\*\/).)*)\*\/\s*(\w+)\??: number/gs)
  for (const [, comment, key] of comments) {
    const value = /default[: ]+(\d[\d.e-]*\d|\d)( MiB)?/i.exec(comment.replace(/\s*\*\s*/g, ' '))
    if (value !== null) found.push([key, Number(value[1]) * (value[2] === undefined ? 1 : 2 ** 20)])
  }
  return found
}

describe.each(Object.entries(SETTINGS))('the defaults of %s', (section, file) => {
  it.each(documentedDefaults(file))('are as their comments say: %s = %d', (key, value) => {
    const values = defaultConfig()[section as keyof typeof SETTINGS] as unknown as Record<string, unknown>
    expect(values[key]).toBe(value)
  })
})
