import { AjarError } from '../../platform/errors.js'
import { featureForm } from '../../sensing/model/features.js'
import type { FeatureRow } from '../dataset/visit-reader.js'
import { trainEvents, validateEvents } from '../events/event-training.js'
import { labelAt } from '../events/labelled-burst.js'
import { survey } from '../survey/survey.js'
import type { ArtefactFiles } from '../training/artefact-files.js'
import { codeVersion } from '../training/code-version.js'
import { fitLda } from '../training/lda.js'
import {
  trainModel,
  validate,
  type TrainedModel,
  type TrainingInput,
  type Validation,
} from '../training/train.js'
import { certificateText, CERTIFICATE_FILE, CERTIFICATE_TEXT_FILE, type Certificate } from './certificate.js'
import type { JournalContents } from './journal-reader.js'
import { scoredEvents } from './reed-events.js'

export interface ReedTrainingOptions {
  /** Of the model. */
  id: string
  door: string
  /** Absent where no clock was set. */
  made?: string
  nowMs(): number
  progress(line: string): void
  signal?: AbortSignal
}

export interface ReedTrained {
  certificate: Certificate
  /** Of the model's directory: the standing model, the model of events in `events/`, the certificate. */
  files: ArtefactFiles
}

/** Fewer openings and closings than this make no model (D). */
const FEWEST_EVENTS = 6
/** What the journal keeps of a quiet window; its first five are the five numbers. */
const KEPT = 'standing'
const FEW = 'five-numbers'
const STATES = { open: 'open', closed: 'closed' } as const

/**
 * A journal → the two models of its door, validated by what was left out, and what they may claim. Throws AjarError
 * 'commissioning.too-few' where there is too little to begin with, and 'train.…'.
 */
export async function trainFromReed(
  journal: JournalContents,
  options: ReedTrainingOptions,
): Promise<ReedTrained> {
  const { id, door, made, nowMs, progress, signal } = options
  const startedMs = nowMs()
  const { bursts, quiet, unseen, days, layoutId, windowMs, simulated } = journal
  refuseTooFew(journal)
  const about = {
    id,
    made,
    simulated,
    layoutId,
    windowMs,
    dataset: `reed of ${door}`,
    codeVersion: codeVersion(),
  }
  progress(`${bursts.length} motions and ${quiet.length} quiet windows of ${days.length} days.`)
  const events = await validateEvents(bursts, signal, (done, of) =>
    progress(`Motions left out: ${done} of ${of}.`),
  )
  const held = events?.bursts ?? []
  const scored = scoredEvents(held, unseen)
  const judged = scored.length === 0 ? undefined : survey([], scored, { observedDays: days.length })
  const eventModel = await trainEvents(bursts, about, events)
  progress('The model of events is made.')
  const verdict = judged?.verdict ?? 'collect-more'
  const standing = await trainStanding(quiet, { ...about, site: { id: door, verdict } }, signal)
  progress('The model of the standing channel is made.')
  const certificate: Certificate = {
    version: 1,
    model: id,
    door,
    verdict,
    sentence: judged?.sentence ?? 'Nothing can be said yet: there is one day and one session only.',
    advice: judged?.advice ?? ['Leave the reed switch in its place for some days more.'],
    text: '',
    simulated,
    since: days[0],
    until: days[days.length - 1],
    days: days.length,
    sessions: new Set([...bursts, ...quiet].map(({ session }) => session)).size,
    events: judged?.statistics.eventFigures ?? null,
    unseen: unseen.length,
    unjudged: bursts.length - held.length,
    standing: {
      features: standing.manifest.features.name,
      balancedAccuracy: standing.manifest.trained.evaluation?.balancedAccuracy ?? null,
    },
    journal: {
      bursts: bursts.length,
      quiet: quiet.length,
      torn: journal.torn,
      skipped: journal.skipped,
      outdated: journal.outdated,
    },
    computedMs: Math.round(nowMs() - startedMs),
  }
  certificate.text = certificateText(certificate)
  return { certificate, files: filesOf(standing, eventModel, certificate) }
}

function refuseTooFew({ bursts, quiet, days }: JournalContents): void {
  const ends = bursts.map((labelled) => labelAt(labelled, labelled.burst.endUs))
  const count = (name: string): number => ends.filter((label) => label === name).length
  const [opened, closed] = [count('opened'), count('closed')]
  const markers = new Set(quiet.map(({ marker }) => marker))
  if (opened + closed >= FEWEST_EVENTS && Math.min(opened, closed) >= 2 && markers.size === 2) return
  throw new AjarError(
    'commissioning.too-few',
    `Too little to learn from yet: ${opened} openings and ${closed} closings on ${days.length} days.`,
    'Leave the reed switch in its place; Ajar tries again each night.',
  )
}

type About = Omit<TrainingInput, 'rows' | 'family' | 'fit' | 'features' | 'judge' | 'states'>

/** LDA on whichever features read more of the left-out sessions; where int8 loses too much, on the others. */
async function trainStanding(
  quiet: readonly FeatureRow[],
  about: About,
  signal: AbortSignal | undefined,
): Promise<TrainedModel> {
  const size = featureForm(FEW).size
  const few = quiet.map((row) => ({ ...row, features: row.features.subarray(0, size) }))
  const inputs = [
    { features: FEW, rows: few },
    { features: KEPT, rows: quiet },
  ] as const
  const tried: { input: TrainingInput; validation: Validation | undefined }[] = []
  for (const one of inputs) {
    const fit: TrainingInput['fit'] = async (rows) => fitLda(rows)
    const input: TrainingInput = { ...about, ...one, judge: FEW, family: 'lda', fit, states: STATES, signal }
    tried.push({ input, validation: await validate(input) })
  }
  const accuracy = ({ validation }: (typeof tried)[number]) => validation?.evaluation.balancedAccuracy ?? 0
  tried.sort((a, b) => accuracy(b) - accuracy(a))
  try {
    return await trainModel(tried[0].input, tried[0].validation)
  } catch (error) {
    if (!(error instanceof AjarError) || error.code !== 'train.quantization') throw error
    return trainModel(tried[1].input, tried[1].validation)
  }
}

function filesOf(standing: TrainedModel, events: TrainedModel, certificate: Certificate): ArtefactFiles {
  return new Map([
    ...standing.files,
    ...[...events.files].map(([name, content]) => [`events/${name}`, content] as const),
    [CERTIFICATE_FILE, Buffer.from(`${JSON.stringify(certificate, null, 1)}\n`)],
    [CERTIFICATE_TEXT_FILE, Buffer.from(`${certificate.text}\n`)],
  ])
}
