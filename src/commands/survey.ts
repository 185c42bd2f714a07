import { statSync } from 'node:fs'
import path from 'node:path'
import { defaultConfig } from '../config/load.js'
import { readFeatureRows, type FeatureRows } from '../learning/dataset/feature-rows.js'
import { loadDataset, type Dataset } from '../learning/dataset/manifest.js'
import { reportOf } from '../learning/survey/report.js'
import { survey, type SurveyResult } from '../learning/survey/survey.js'
import { qualityNumbers, visitNumbers, visitsOf } from '../learning/survey/visits.js'
import { writeFileAtomic } from '../platform/atomic-file.js'
import { SystemClock } from '../platform/clock.js'
import { AjarError, messageOf } from '../platform/errors.js'
import { summary } from './survey/summary.js'

export interface SurveyCommandOptions {
  json: boolean
  /** An HTML file to write. */
  report?: string
  ignoreSessionCount?: boolean
}

interface Io {
  /** Results: stdout. */
  out(line: string): void
  /** Progress: stderr. */
  progress(line: string): void
}

/** Windows of a visit that are kept: its mean needs no more, and a visit may last for hours (D). */
const MOST_WINDOWS = 2000
/** Digits of the figures that are told. */
const DIGITS = 6

/** `ajar survey`: data set → visits → what the position can claim. */
export async function surveyDataset(
  manifestPath: string,
  options: SurveyCommandOptions,
  io: Io,
): Promise<number> {
  const report = options.report === undefined ? undefined : writable(options.report)
  const dataset = await loadDataset(manifestPath)
  const read = await readVisits(dataset, io)
  const result = told(survey(visitsOf(read.rows), [], options), read)
  const document = JSON.stringify(documentOf(result, dataset, read), shortNumbers)
  if (report !== undefined) {
    writeFileAtomic(report, reportOf(dataset.name, result, document, today()))
    io.progress(`The report is in ${report}.`)
  }
  for (const line of options.json ? [document] : summary(result)) io.out(line)
  return 0
}

/** Slow recordings are judged too: a survey is no live reading. */
async function readVisits(dataset: Dataset, io: Io): Promise<FeatureRows> {
  const { signal, receiver } = defaultConfig()
  let done = 0
  return readFeatureRows(
    dataset,
    {
      signal: { ...signal, minPacketsPerSecond: 0 },
      features: visitNumbers,
      judge: qualityNumbers,
      notStated: 'keep',
      mostRows: MOST_WINDOWS,
      transmitters: receiver.transmitters,
      tablePacketsPerSecond: receiver.tablePacketsPerSecond,
    },
    (visit, { packets, windows }) =>
      io.progress(
        `${++done}/${dataset.visits.length} ${visit.visit}: ${packets} packets, ${windows} windows`,
      ),
  )
}

/** What the recordings themselves add to the advice. */
function told(result: SurveyResult, { withoutWindows, simulated }: FeatureRows): SurveyResult {
  const advice = [...result.advice]
  if (withoutWindows.length > 0)
    advice.push(
      `Too short or too broken to be read, and left out: ${withoutWindows.join(', ')}. A visit needs more than two seconds.`,
    )
  if (simulated) advice.push('Some recordings are simulated: this says nothing of a real door.')
  return { ...result, advice }
}

function documentOf(result: SurveyResult, dataset: Dataset, read: FeatureRows) {
  const { verdict, sentence, advice, statistics } = result
  const { packets, discarded, withoutWindows, simulated } = read
  const reading = { dataset: dataset.name, packets, discarded, withoutWindows, simulated }
  return { verdict, sentence, advice, statistics, read: reading }
}

function shortNumbers(_: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value
}

/** Throws AjarError 'usage.report' before minutes of reading where the file cannot be written. */
function writable(report: string): string {
  const file = path.resolve(report)
  const refuse = (why: string, cause?: unknown) =>
    new AjarError(
      'usage.report',
      `The report ${file} cannot be written: ${why}.`,
      'Name a file in a folder that exists.',
      {
        cause,
      },
    )
  let directory
  try {
    directory = statSync(path.dirname(file)).isDirectory()
  } catch (cause) {
    throw refuse(messageOf(cause), cause)
  }
  if (!directory) throw refuse('its folder is a file')
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw refuse('it is a folder')
  return file
}

/** Undefined where the clock has not been set. */
function today(): string | undefined {
  const { wallMs, wallTrusted } = new SystemClock().now()
  return wallTrusted ? new Date(wallMs).toISOString().slice(0, 10) : undefined
}
