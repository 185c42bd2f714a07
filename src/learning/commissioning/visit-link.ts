import type { Reason } from '../../domain/reason.js'
import type { VisitEvidence } from './visit-evidence.js'

/** Of the time that was asked for: with less, the mean is hardly of the visit (D). Slow links lose windows to every gap. */
const LEAST_TIME = 0.5
/** Shares of packets that are lost, saturated, of windows with a gain jump: as the survey's verdict (D). */
const MOST_LOST = 0.5
const MOST_SATURATED = 0.2
const MOST_GAIN_JUMPS = 0.3
/** A window takes two seconds to fill, and some packets come late (D). */
const LEAD_IN_SECONDS = 2.5

/** What is wrong with the link over a visit, the deepest cause first. */
export function linkFault({
  evidence,
  seconds,
  minPacketsPerSecond,
}: {
  evidence: VisitEvidence
  seconds: number
  minPacketsPerSecond: number
}): Reason | undefined {
  if (evidence.packets === 0)
    return {
      code: 'visit.silent',
      text: 'No packet arrived.',
      hint: "Is the transmitter powered and on the receiver's channel? Press reset on the receiver.",
    }
  if (evidence.boots.size > 1)
    return {
      code: 'visit.reboot',
      text: 'The receiver started anew during the visit.',
      hint: 'Give the receiver a better cable or a powered hub.',
    }
  if (evidence.layouts.size > 1)
    return {
      code: 'visit.layout',
      text: 'Packets of two kinds arrived: the channel width changed, or there is a second transmitter.',
      hint: 'Fix the channel and its width, and name the transmitter in receiver.transmitters.',
    }
  if (evidence.saturatedRatio > MOST_SATURATED)
    return {
      code: 'visit.saturated',
      text: `The receiver is overdriven: ${percent(evidence.saturatedRatio)} of the packets are saturated.`,
      hint: 'Move transmitter and receiver further apart, or lower the transmit power. What is recorded already must then be recorded anew.',
    }
  if (evidence.packetsPerSecond < minPacketsPerSecond)
    return {
      code: 'visit.rate',
      text: `${evidence.packetsPerSecond.toFixed(1)} packets a second: at least ${minPacketsPerSecond} are needed.`,
      hint: 'Raise the rate of the transmitter (50 to 100 a second), or the baud rate of the receiver.',
    }
  if (evidence.lossRatio > MOST_LOST)
    return {
      code: 'visit.lossy',
      text: `${percent(evidence.lossRatio)} of the packets are lost.`,
      hint: 'Choose a quieter channel, or bring transmitter and receiver closer together.',
    }
  if (evidence.seconds.length < LEAST_TIME * Math.max(1, seconds - LEAD_IN_SECONDS))
    return {
      code: 'visit.gaps',
      text: `Only ${evidence.seconds.length} of ${Math.floor(seconds)} seconds can be read: packets stop and come again.`,
      hint: 'Look at cable, hub and power of both boards; choose a quieter channel.',
    }
  if (evidence.gainJumpShare > MOST_GAIN_JUMPS || evidence.epochCount > 1)
    return {
      code: 'visit.gain',
      text: 'The receiver changed its gain while nothing moved, which looks like a change of the channel.',
      hint: "Lock the receiver's gain, or use firmware that reports it.",
    }
  return undefined
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}
