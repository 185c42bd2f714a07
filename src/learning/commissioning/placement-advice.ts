import type { Reason } from '../../domain/reason.js'

/** What is said to the person with the transmitter in hand: each with one thing to try (method: commissioning). */

const FAR_SIDE = 'put the transmitter on the far side of the doorway, so that the door stands between'

const percent = (share: number): string => `${Math.round(100 * share)} %`

export const NO_PACKETS: Reason = {
  code: 'placement.no-packets',
  text: 'No packets arrive.',
  hint: "Is the transmitter powered and on the receiver's channel? `ajar doctor` looks closer.",
}

export const saturated = (share: number): Reason => ({
  code: 'placement.saturated',
  text: `The receiver is overdriven: ${percent(share)} of the packets are saturated.`,
  hint: 'Move transmitter and receiver further apart, or lower the transmit power.',
})

export const rateLow = (perSecond: number, least: number): Reason => ({
  code: 'placement.rate-low',
  text: `${perSecond.toFixed(1)} packets a second; at least ${least} are needed.`,
  hint: 'Raise the rate of the transmitter (50 to 100 a second), or the baud rate of the receiver.',
})

export const lossHigh = (ratio: number): Reason => ({
  code: 'placement.loss-high',
  text: `${percent(ratio)} of the packets are lost on the air.`,
  hint: 'Choose a quieter channel, or bring transmitter and receiver closer.',
})

export const tooWeak = (rssiDbm: number): Reason => ({
  code: 'placement.too-weak',
  text: `The signal is weak: ${rssiDbm.toFixed(0)} dBm.`,
  hint: 'Bring transmitter and receiver closer, or away from metal that hides one from the other.',
})

export const tooStrong = (rssiDbm: number): Reason => ({
  code: 'placement.too-strong',
  text: `The signal is very strong: ${rssiDbm.toFixed(0)} dBm. The direct path drowns what the door does.`,
  hint: 'Move transmitter and receiver further apart, or lower the transmit power.',
})

export const NOT_QUIET: Reason = {
  code: 'placement.not-quiet',
  text: 'The room did not become quiet: something moves all the time.',
  hint: 'Is a fan, a curtain, a pet or a person near the link? Stop it or move the link away from it, and start again.',
}

export const noisy = (noise: number, most: number): Reason => ({
  code: 'placement.noisy',
  text: `The channel is not steady while nothing moves: it scatters by ${percentOf(noise)}; ${percentOf(most)} is the most.`,
  hint: 'Fix transmitter and receiver rigidly, away from fans and machines; a stronger signal is steadier, too.',
})

export const NO_MOVEMENT: Reason = {
  code: 'placement.no-movement',
  text: 'No movement was seen.',
  hint: `If nobody swung the door, start again. If somebody did, the link does not see it: ${FAR_SIDE}; stick a metal strip on a hollow door.`,
}

export const STILL_MOVING: Reason = {
  code: 'placement.still-moving',
  text: 'It did not become quiet again after the door was swung.',
  hint: 'Start again: swing the door twice, close it, and leave the doorway.',
}

export const doorWeak = (times: number, least: number): Reason => ({
  code: 'placement.door-weak',
  text: `The door hardly shows: it changes the channel ${times.toFixed(1)} times as much as quiet does; ${least} times are needed.`,
  hint: `Move the transmitter: ${FAR_SIDE}. On a hollow door a metal strip helps.`,
})

export const notBack = (share: number): Reason => ({
  code: 'placement.not-back',
  text: `The channel did not come back when the door was closed: ${percent(share)} of the change stayed.`,
  hint: 'Is the door closed as before? Then an end of the link has moved: fix both rigidly. 2 cm move the channel more than the door does.',
})

export const linkLost = (known: Reason | undefined): Reason => ({
  code: 'placement.link-lost',
  text: `The link was interrupted: ${known?.text ?? 'no windows could be made.'}`,
  hint: known?.hint ?? 'Check cable and transmitter, and start again.',
})

export const rateModest = (perSecond: number, better: number): Reason => ({
  code: 'placement.rate-modest',
  text: `${perSecond.toFixed(0)} packets a second are enough; ${better} show a swing better.`,
  hint: 'Raise the rate of the transmitter if that can be done.',
})

export const GAIN_NOT_LOCKED: Reason = {
  code: 'placement.gain-not-locked',
  text: "The receiver's gain is not locked: the level jumps without cause.",
  hint: 'A receiver that can lock its gain (ESP32-S3, C3, C6 with firmware that does) is steadier.',
}

function percentOf(shape: number): string {
  return `${(100 * shape).toFixed(1)} %`
}
