import type { CommissioningStatus } from '../../domain/commissioning.js'

/** What to expect after a start. */
export function whatHappensNext(status: CommissioningStatus): string[] {
  const { reed } = status
  return [
    `The reed switch on GPIO${reed?.pin ?? '?'} says that the door is closed, as it should.`,
    'From now on Ajar labels by it what the radio sees. Use the door as always; you may leave.',
    'Motion is live; the state is unknown (learning) until a model may decide. Power cuts do no harm.',
    'It trains each night by itself, goes live once it may, and then asks for the reed back:',
    'that takes three days and 60 openings and closings as a rule. `ajar commission --status` shows how far it is.',
  ]
}

export function statusLines(status: CommissioningStatus): string[] {
  const { phase, reed, sinceMs, counts, journal, training, verdict, reasons } = status
  const since = sinceMs === undefined ? '' : ` since ${new Date(sinceMs).toISOString().slice(0, 10)}`
  const dropped = journal.droppedDays + journal.droppedRecords
  return [
    `Phase: ${phase}${since}`,
    reed === undefined
      ? 'Reed switch: none is watched'
      : `Reed switch: GPIO${reed.pin}${reed.inverted ? ', inverted' : ''}; it says ${reed.door}`,
    `Seen: ${counts.openings} openings, ${counts.bursts} motions, ${counts.quiet} quiet windows, ${counts.unseen} changes unseen by the radio; ${counts.days} days, ${counts.sessions} sessions`,
    `Journal: ${(journal.bytes / 1e6).toFixed(1)} MB${dropped === 0 ? '' : `; ${journal.droppedDays} days and ${journal.droppedRecords} records were dropped`}`,
    `Training: ${training.running ? 'under way' : `next by cron ${training.next}`}`,
    ...(verdict === undefined ? [] : [`Verdict (${verdict.model}): ${verdict.verdict}`, verdict.text]),
    ...reasons.flatMap(({ text, hint }) => (hint === '' ? [text] : [text, `  → ${hint}`])),
  ]
}
