import { existsSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import type { Certificate } from '../../../../src/learning/commissioning/certificate.js'
import { ReedModels } from '../../../../src/learning/commissioning/current-model.js'

function models() {
  const directory = mkdtempSync(path.join(tmpdir(), 'ajar-models-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const made = (model: string, verdict: string, ageS = 0): Certificate => {
    const certificate = { version: 1, model, verdict } as Certificate
    mkdirSync(path.join(directory, model))
    const file = path.join(directory, model, 'certificate.json')
    writeFileSync(file, JSON.stringify(certificate))
    utimesSync(file, Date.now() / 1000 - ageS, Date.now() / 1000 - ageS)
    return certificate
  }
  return { models: new ReedModels(directory), directory, made }
}

it('the newest model becomes current, unless the one before may claim more', () => {
  const { models: all, directory, made } = models()
  expect(all.current()).toBeUndefined()
  expect(all.stamp()).toBeUndefined()
  expect(all.promote(made('m-1', 'collect-more'))).toBe(true)
  expect(all.live()).toBeUndefined()
  const stamp = all.stamp()
  expect(all.promote(made('m-2', 'usable'))).toBe(true)
  expect(all.stamp()).not.toBe(stamp)
  expect(all.promote(made('m-3', 'move-transmitter'))).toBe(false)
  expect(all.live()).toBe(path.join(directory, 'm-2'))
  expect(all.promote(made('m-4', 'provisional'))).toBe(false)
  expect(all.promote(made('m-5', 'usable'))).toBe(true)
  expect(all.live()).toBe(path.join(directory, 'm-5'))
})

it('names no model twice', () => {
  const { models: all, made } = models()
  expect(all.freeId('front', '2026-06-01')).toBe('front-2026-06-01')
  made('front-2026-06-01', 'usable')
  made('front-2026-06-01-2', 'usable')
  expect(all.freeId('front', '2026-06-01')).toBe('front-2026-06-01-3')
})

it('keeps the current model and some of the latest; what it did not make it leaves alone', () => {
  const { models: all, directory, made } = models()
  all.promote(made('m-0', 'usable', 1000))
  for (let i = 1; i <= 7; i++) made(`m-${i}`, 'collect-more', 1000 - i)
  mkdirSync(path.join(directory, 'by-hand'))
  mkdirSync(path.join(directory, '.m-8.4711.tmp'))
  all.prune()
  const left = ['by-hand', ...Array.from({ length: 8 }, (_, i) => `m-${i}`)].filter((name) =>
    existsSync(path.join(directory, name)),
  )
  expect(existsSync(path.join(directory, '.m-8.4711.tmp'))).toBe(false)
  expect(left).toEqual(['by-hand', 'm-0', 'm-3', 'm-4', 'm-5', 'm-6', 'm-7'])
})

it('a pointer to nothing, or out of the folder, is none', () => {
  const { models: all, directory } = models()
  for (const text of ['gone\n', '../../etc\n', '']) {
    writeFileSync(path.join(directory, 'current'), text)
    expect(all.current()).toBeUndefined()
  }
})
