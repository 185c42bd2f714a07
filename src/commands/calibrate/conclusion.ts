import { existsSync } from 'node:fs'
import path from 'node:path'
import { claimOf } from '../../learning/commissioning/claim.js'
import { mergeMarkers } from '../../learning/commissioning/merged-markers.js'
import type { PlanStore } from '../../learning/commissioning/plan-store.js'
import type { VisitPlan } from '../../learning/commissioning/visit-plan.js'
import { loadDataset, type Dataset } from '../../learning/dataset/manifest.js'
import { manifestText } from '../../learning/dataset/manifest-writer.js'
import { reportOf } from '../../learning/survey/report.js'
import { names } from '../../learning/survey/sentence.js'
import type { SurveyResult } from '../../learning/survey/survey.js'
import type { Verdict } from '../../learning/survey/verdict.js'
import { writeFileAtomic } from '../../platform/atomic-file.js'
import { AjarError } from '../../platform/errors.js'
import { surveyOf } from '../survey.js'
import { train, type TrainOptions } from '../train.js'
import type { Guide } from './guide.js'

export interface ConclusionOptions {
  family: TrainOptions['family']
  /** A model whatever the verdict says; it is in the model, and its readings are provisional. */
  force: boolean
  /** Markers that cannot be told apart become one, as the survey offers. */
  merge: boolean
}

interface Io {
  progress(line: string): void
}

const LIVE: readonly Verdict[] = ['usable', 'provisional']

/** What the visits can claim, and the model that may be made of them: verdict, report, training, and the next step. */
export async function conclude(
  plan: VisitPlan,
  store: PlanStore,
  options: ConclusionOptions,
  guide: Guide,
  io: Io,
  signal: AbortSignal,
): Promise<void> {
  const startedMs = performance.now()
  const { dataset, file, surveyed } = await surveyVisits(store, options, io)
  const { verdict, sentence, advice, statistics } = surveyed.result
  const claim = claimOf(plan)
  const report = {
    html: path.join(store.directory, 'report.html'),
    json: path.join(store.directory, 'report.json'),
  }
  const document = { ...(JSON.parse(surveyed.document) as object), claim, refused: refusedOf(plan) }
  const text = JSON.stringify(document, null, 1)
  writeFileAtomic(report.json, `${text}\n`)
  writeFileAtomic(report.html, reportOf(dataset.name, told(surveyed.result, claim.text), text))
  guide.tell(
    { event: 'survey', verdict, sentence, advice, claim },
    sentence,
    `Verdict: ${verdict}. ${claim.text}`,
    ...advice.map((line) => `  - ${line}`),
    `The report is in ${report.html}.`,
  )
  const trained = LIVE.includes(verdict) || options.force
  const model = trained
    ? await trainedModel(plan, { store, dataset: file, verdict }, options, guide, io, signal)
    : undefined
  if (model === undefined) guide.tell({ event: 'no-model', verdict }, ...noModel(verdict, statistics.merge))
  const computedSeconds = Math.round((performance.now() - startedMs) / 100) / 10
  const result = { directory: store.directory, dataset: file, verdict, sentence, sessions: claim.sessions }
  guide.tell(
    {
      ...{ event: 'result', ...result, wantedSessions: claim.wanted, merge: statistics.merge, report },
      ...{ model: model ?? null, computedSeconds },
    },
    ...(model === undefined
      ? []
      : [
          `Computed in ${computedSeconds} s. Next, in the configuration, and restart Ajar:`,
          'model:',
          `  directory: ${model}`,
        ]),
    ...(verdict === 'usable'
      ? []
      : [`Then, best on another day: ajar calibrate --out ${store.directory} --add`]),
  )
}

/** Of the markers as they were visited, or as the survey would have them. */
async function surveyVisits(store: PlanStore, { merge }: ConclusionOptions, io: Io) {
  const dataset = await loadDataset(store.dataset)
  const surveyed = await surveyOf(dataset, {}, io)
  const groups = surveyed.result.statistics.merge
  if (!merge || groups === null) return { dataset, file: store.dataset, surveyed }
  const merged = mergeMarkers(dataset, groups)
  const file = path.join(store.directory, 'DATASET-merged.yaml')
  writeFileAtomic(file, manifestText(relative(merged, store.directory)))
  return { dataset: merged, file, surveyed: await surveyOf(merged, {}, io) }
}

function relative(dataset: Dataset, directory: string): Dataset {
  const visits = dataset.visits.map((visit) => ({ ...visit, file: path.relative(directory, visit.file) }))
  return { ...dataset, visits }
}

/** The directory of the model of these sessions; one that is there already is not made again. */
async function trainedModel(
  plan: VisitPlan,
  { store, dataset, verdict }: { store: PlanStore; dataset: string; verdict: Verdict },
  { family }: ConclusionOptions,
  guide: Guide,
  io: Io,
  signal: AbortSignal,
): Promise<string> {
  const merged = dataset === store.dataset ? '' : '-merged'
  const id = `${plan.name}-${plan.sessions.length}${merged}${family === 'lda' ? '' : `-${family}`}`
  const out = path.join(store.directory, 'models', id)
  if (existsSync(out)) {
    guide.tell(
      { event: 'model', directory: out, made: false },
      `The model of these sessions is there: ${out}`,
    )
    return out
  }
  const lines: string[] = []
  const site = { id: plan.place, verdict }
  await train(
    dataset,
    { out, family, features: 'five-numbers', seed: 1, site, json: true },
    { out: (line) => lines.push(line), progress: (line) => io.progress(line) },
    signal,
  )
  const { evaluation } = JSON.parse(lines[0]) as { evaluation?: { balancedAccuracy: number } }
  const accuracy = evaluation?.balancedAccuracy ?? null
  guide.tell(
    { event: 'model', directory: out, made: true, id, verdict, balancedAccuracy: accuracy },
    `Model ${id}: balanced accuracy by window, each session left out once, ${accuracy === null ? 'not known' : accuracy.toFixed(3)}.` +
      (verdict === 'usable' ? '' : ' Its readings are marked provisional.'),
  )
  return out
}

function told(result: SurveyResult, claim: string): SurveyResult {
  return { ...result, advice: [...result.advice, claim] }
}

/** By reason. */
function refusedOf({ sessions }: VisitPlan): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { code } of sessions.flatMap(({ refused }) => refused)) counts[code] = (counts[code] ?? 0) + 1
  return counts
}

function noModel(verdict: Verdict, merge: string[][] | null): string[] {
  const why = 'No model was made: '
  switch (verdict) {
    case 'collect-more':
      return [
        `${why}what was seen is too little, or too little certain, to rely on. What is recorded stays and counts.`,
      ]
    case 'merge-markers':
      return [
        `${why}some markers look the same here. --merge makes one of them: ${names((merge ?? []).map((group) => group.join(' or ')))}.`,
      ]
    case 'move-transmitter':
      return [
        `${why}it would read the room and not the door. Move the transmitter, then begin anew with another --out.`,
      ]
    case 'fix-mount':
      return [
        `${why}what moves is the mount, or the link is bad. Mend it, then begin anew with another --out.`,
      ]
    default:
      throw new AjarError(
        'calibrate.verdict',
        `A verdict ${verdict} does not forbid a model.`,
        'Report this.',
      )
  }
}
