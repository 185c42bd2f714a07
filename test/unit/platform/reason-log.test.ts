import { expect, it } from 'vitest'
import { createLogger } from '../../../src/platform/logger.js'
import { ReasonLog } from '../../../src/platform/reason-log.js'

const full = { code: 'store.full', text: 'The disk is full.', hint: 'Make room.' }
const slow = { code: 'link.rate-low', text: '3 packets a second.', hint: 'Raise the rate.' }

function bench() {
  const lines: { level: string; msg: string; code: string; hint?: string }[] = []
  const { logger } = createLogger('info', { write: (line) => void lines.push(JSON.parse(line)) })
  return { log: new ReasonLog(logger), lines, said: () => lines.map(({ level, msg }) => `${level} ${msg}`) }
}

it('says each reason once when it appears, with its hint, and once when it is gone', () => {
  const { log, lines, said } = bench()
  for (let s = 0; s < 60; s++) log.note(s < 20 ? [full] : s < 40 ? [full, slow] : [slow], s * 1e6)
  expect(said()).toEqual([
    'warn The disk is full.',
    'warn 3 packets a second.',
    'info No longer: The disk is full.',
  ])
  expect(lines[0]).toMatchObject({ code: 'store.full', hint: 'Make room.' })
})

it('does not follow one that comes and goes, and tells of one that comes back', () => {
  const { log, said } = bench()
  for (let s = 0; s < 60; s++) log.note(s % 5 === 0 ? [slow] : [], s * 1e6)
  expect(said()).toEqual(['warn 3 packets a second.'])
  for (let s = 60; s < 80; s++) log.note([], s * 1e6)
  log.note([slow], 80e6)
  expect(said().slice(1)).toEqual(['info No longer: 3 packets a second.', 'warn 3 packets a second.'])
})
