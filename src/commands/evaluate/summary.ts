import type { MethodScore, Report } from '../../learning/evaluation/report.js'

export interface Evaluated extends Report {
  split: string
  dataset: string
  markers: string[]
  windows: number
  seed: number
  /** Of the networks. */
  backend?: string
  notes: string[]
  /** Of simulated recordings: no figure says anything of a real door. */
  simulated?: true
  warning?: string
}

/** More folds than these are not shown side by side. */
const MOST_COLUMNS = 8

/** Lines for a person. */
export function summary(evaluated: Evaluated): string[] {
  const { dataset, split, folds, windows, markers, notes, warning, simulated } = evaluated
  return [
    `${simulated ? 'SIMULATED: ' : ''}${dataset}, split by ${split}: ${folds.length} folds, ${windows} windows of ${markers.join(', ')}`,
    ...(warning === undefined ? [] : [`  ${warning}`]),
    ...notes.map((note) => `  ${note}`),
    '',
    ...table(evaluated),
  ]
}

/** Markdown: the methods and, where they are few, their folds. */
export function table(evaluated: Evaluated): string[] {
  const { methods, folds } = evaluated
  const lines = aligned([
    ['method', 'balanced accuracy', '95 % interval', 'by visit', 'over five numbers', 'int8 agrees', 'int8 changes', 'sure', 'ECE'], // prettier-ignore
    ...Object.entries(methods).map(([name, score]) => row(name, score)),
  ])
  if (folds.length > MOST_COLUMNS) return lines
  return [
    ...lines,
    '',
    ...aligned([
      ['left out', ...folds.map(({ held }) => held)],
      ['windows', ...folds.map(({ n }) => `${n}`)],
      ...Object.keys(methods).map((name) => [name, ...folds.map(({ scores }) => figure(scores[name]))]),
    ]),
  ]
}

function row(name: string, score: MethodScore): string[] {
  const { lower95, upper95, gainOverFiveNumbers: gain } = score
  return [
    name,
    figure(score.balancedAccuracy),
    lower95 === null ? '–' : `${figure(lower95)} to ${figure(upper95)}`,
    figure(score.balancedAccuracyByVisit),
    gain === null
      ? '–'
      : `${signed(gain.mean)}${gain.lower95 === null ? '' : ` (at least ${signed(gain.lower95)})`}`,
    score.int8Agreement === null ? '–' : `${(100 * score.int8Agreement).toFixed(1)} %`,
    score.int8AccuracyChange === null ? '–' : signed(score.int8AccuracyChange),
    score.coverage === null ? '–' : `${(100 * score.coverage).toFixed(0)} %`,
    figure(score.ece),
  ]
}

/** Columns padded as prettier pads them, so that a document with such a table stays formatted. */
function aligned([head, ...rows]: readonly string[][]): string[] {
  const widths = head.map((_, column) => Math.max(3, ...[head, ...rows].map((cells) => cells[column].length)))
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)]
}

function figure(value: number | null): string {
  return value === null ? '–' : value.toFixed(3)
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(3)}`
}
