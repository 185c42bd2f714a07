import { describe, expect, it } from 'vitest'
import { createLogger, readable } from '../../../src/platform/logger.js'

function rig() {
  const lines: string[] = []
  const { logger, setLevel } = createLogger('info', { write: (line) => void lines.push(line) })
  return { logger, setLevel, lines, parsed: () => lines.map((line) => JSON.parse(line) as object) }
}

describe('createLogger', () => {
  it('writes a line of JSON for each entry', () => {
    const { logger, lines, parsed } = rig()
    logger.warn({ hint: 'plug it in' }, 'Receiver lost.')
    expect(lines[0].endsWith('\n')).toBe(true)
    expect(parsed()).toEqual([
      {
        level: 'warn',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        hint: 'plug it in',
        msg: 'Receiver lost.',
      },
    ])
  })

  it('leaves out what is below its level, which can change', () => {
    const { logger, setLevel, lines } = rig()
    logger.debug({}, 'one')
    setLevel('debug')
    logger.debug({}, 'two')
    setLevel('error')
    logger.warn({}, 'three')
    expect(lines).toHaveLength(1)
    expect(lines[0]).toContain('two')
  })

  it('never writes a secret', () => {
    const { logger, lines } = rig()
    logger.info(
      {
        token: 's3cret',
        request: { headers: { authorization: 'Bearer s3cret' } },
        mqtt: { password: 's3cret' },
        tls: { key: 's3cret', certFile: 'cert.pem' },
      },
      'Request.',
    )
    expect(lines[0]).not.toContain('s3cret')
    expect(lines[0]).toContain('cert.pem')
  })
})

describe('readable', () => {
  it('writes a short line for people', () => {
    const written: string[] = []
    const { logger } = createLogger('info', readable({ write: (text) => written.push(text) }))
    logger.info({}, 'The door is open.')
    logger.warn({ port: '/dev/ttyUSB0' }, 'Receiver lost.')
    expect(written[0]).toMatch(/^\d\d:\d\d:\d\d info {2}The door is open\.\n$/)
    expect(written[1]).toMatch(/^\d\d:\d\d:\d\d warn {2}Receiver lost\. \{"port":"\/dev\/ttyUSB0"\}\n$/)
  })

  it('lets nothing steer the terminal', () => {
    const written: string[] = []
    const { logger } = createLogger('info', readable({ write: (text) => written.push(text) }))
    logger.info({ said: '\u001b[2J' }, 'boot: \u001b[2J\nfaked line')
    expect(written[0]).not.toContain('\u001b')
    expect(written[0]).toContain('boot: \\x1b[2J\\x0afaked line')
    expect(written[0].match(/\n/g)).toHaveLength(1)
  })
})
