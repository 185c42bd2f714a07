import { expect, it, onTestFinished } from 'vitest'
import { SystemClock } from '../../../../src/platform/clock.js'
import { SerialSource } from '../../../../src/sensing/link/serial-port.js'
import { openPty } from '../../../support/pty.js'
import { SourceProbe } from '../../../support/source-probe.js'

const SETTINGS = { baudRate: 921_600, silenceTimeoutMs: 60_000, reconnectMinMs: 20, reconnectMaxMs: 60 }

it('a port that has no modem lines says that it cannot reset its receiver, and stays open', async () => {
  const receiver = await openPty()
  const source = new SerialSource({ port: receiver.device, ...SETTINGS }, new SystemClock())
  onTestFinished(async () => {
    await source.stop()
    await receiver.close()
  })
  await expect(source.reset()).rejects.toMatchObject({ code: 'link.not-open' })
  const probe = new SourceProbe()
  await source.start(probe.on, new AbortController().signal)
  await expect(source.reset()).rejects.toMatchObject({ code: 'link.no-reset' })
  expect(probe.types()).toEqual(['open'])
})
