import type { Reed, ReedWiring } from '../../domain/reed.js'
import { AjarError } from '../../platform/errors.js'

/**
 * Whether a reed agrees with a door that is closed. Throws AjarError 'commissioning.reed-absent' where its line cannot
 * be read, 'commissioning.reed-open' where it says open.
 */
export function probeReed(reed: Reed, { pin, inverted }: ReedWiring): void {
  reed.start(() => undefined)
  const open = reed.open()
  const reasons = reed.reasons()
  reed.stop()
  if (open === undefined) {
    const { text, hint } = reasons.at(0) ?? {
      text: `The reed switch on GPIO${pin} cannot be read.`,
      hint: 'Check the wiring.',
    }
    throw new AjarError('commissioning.reed-absent', text, hint)
  }
  if (open)
    throw new AjarError(
      'commissioning.reed-open',
      `The reed on GPIO${pin} says open while you say the door is closed: it is fitted the wrong way round, or the magnet is too far.`,
      `Close the door and bring the magnet within reach; if it is, ${inverted ? 'leave out --inverted' : 'use --inverted'}. The line needs a pull-up: GPIO2 to 8 have one from power-on.`,
    )
}
