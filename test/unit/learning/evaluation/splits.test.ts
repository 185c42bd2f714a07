import { describe, expect, it } from 'vitest'
import { foldsOf, SPLITS } from '../../../../src/learning/evaluation/splits.js'
import { byLevel, columnRows } from './column-rows.js'

const rows = columnRows({ write: byLevel })
const options = { seed: 1 }
const namesOf = (some: readonly { session: string }[]) => [...new Set(some.map(({ session }) => session))]

describe('foldsOf', () => {
  it.each(SPLITS)('%s: no row is on both sides of a fold, none is tested twice', (split) => {
    const { folds, notes } = foldsOf(split, rows, options)
    const tested = folds.flatMap(({ test }) => test)
    expect(new Set(tested).size).toBe(tested.length)
    for (const { train, test } of folds) {
      const known = new Set(train)
      expect(test.some((row) => known.has(row))).toBe(false)
    }
    expect(tested).toHaveLength(split === 'forward' ? rows.length - 24 : rows.length)
    expect(notes).toEqual([])
  })

  it.each(['session', 'day', 'place'] as const)('%s: a unit is left out whole', (split) => {
    for (const { held, train, test } of foldsOf(split, rows, options).folds) {
      expect(test.every((row) => row[split] === held)).toBe(true)
      expect(train.some((row) => row[split] === held)).toBe(false)
    }
  })

  it('forward: each session on all earlier ones, in the order of the manifest or of the days', () => {
    const { folds } = foldsOf('forward', rows, options)
    expect(folds.map(({ held }) => held)).toEqual(['s1', 's2', 's3', 's4', 's5'])
    expect(namesOf(folds[2].train)).toEqual(['s0', 's1', 's2'])
    const backwards = rows.map((row) => ({ ...row, day: `2026-02-0${9 - Number(row.session.slice(1))}` }))
    expect(foldsOf('forward', backwards, options).folds.map(({ held }) => held)).toEqual([
      's4',
      's3',
      's2',
      's1',
      's0',
    ])
  })

  it('place: one on the other, where they are named', () => {
    const { folds } = foldsOf('place', rows, { ...options, trainPlaces: ['hall'], testPlaces: ['attic'] })
    expect(folds).toHaveLength(1)
    expect(folds[0].held).toBe('attic')
    expect(new Set(folds[0].train.map(({ place }) => place))).toEqual(new Set(['hall']))
    expect(folds[0].test).toHaveLength(rows.length / 2)
    expect(() => foldsOf('place', rows, { ...options, trainPlaces: ['moon'] })).toThrow(
      expect.objectContaining({ code: 'usage.place', hint: 'Places: hall, attic.' }),
    )
    expect(() => foldsOf('place', rows, { ...options, trainPlaces: ['hall'], testPlaces: ['hall'] })).toThrow(
      expect.objectContaining({ code: 'usage.place' }),
    )
  })

  it('random: the same rows again for the same seed, others for another', () => {
    const firstOf = (seed: number) => foldsOf('random', rows, { seed }).folds[0].test
    expect(firstOf(1)).toEqual(firstOf(1))
    expect(firstOf(2)).not.toEqual(firstOf(1))
  })

  it('day: says which visit states none', () => {
    const undated = rows.map(({ day: _day, ...row }) => row)
    expect(() => foldsOf('day', undated, options)).toThrow(
      expect.objectContaining({ code: 'evaluate.day', message: 'Visit s0-a states no day.' }),
    )
  })

  it('refuses one session, one place and one marker', () => {
    const one = rows.filter(({ session }) => session === 's0')
    for (const split of ['session', 'forward', 'place'] as const)
      expect(() => foldsOf(split, one, options)).toThrow(expect.objectContaining({ code: 'evaluate.folds' }))
    const alone = rows.filter(({ marker }) => marker === 'a')
    expect(() => foldsOf('session', alone, options)).toThrow(/one marker only \(a\)/)
  })

  it('forward: says which marker is never tested where sessions have one marker each, in a row', () => {
    const nested = rows.filter(({ marker, session }) => (marker === 'a') === session < 's3')
    const { folds, notes } = foldsOf('forward', nested, options)
    expect(folds.map(({ held }) => held)).toEqual(['s4', 's5'])
    expect(notes).toContain('a is never tested: balanced accuracy is that of the others')
  })

  it('leaves out a fold that takes the only session of a marker, and says so', () => {
    const rare = rows.filter(({ marker, session }) => marker === 'a' || session === 's3')
    const { folds, notes } = foldsOf('session', rare, options)
    expect(folds.map(({ held }) => held)).not.toContain('s3')
    expect(notes).toEqual([
      's3 is not tested: without it nothing is left of b to learn from',
      'b is never tested: balanced accuracy is that of the others',
    ])
  })
})
