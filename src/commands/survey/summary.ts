import type { SurveyResult } from '../../learning/survey/survey.js'

/** Lines for a person: the sentence first. */
export function summary({ verdict, sentence, advice, statistics }: SurveyResult): string[] {
  const { sessions, visits, design, loso, distances, r2Marker, r2Session, permutationP } = statistics
  return [
    sentence,
    `Verdict: ${verdict}`,
    ...advice.map((line) => `  - ${line}`),
    `${visits} visits in ${sessions} sessions (${DESIGNS[design ?? 'none']})`,
    `  sessions left out: ${loso.sessionsRight} of ${loso.sessions} right in every visit, at least ${share(loso.lower95)} (95 %); ` +
      `balanced accuracy ${share(loso.balancedAccuracy)}`,
    `  variance explained: marker ${share(r2Marker)}, session ${share(r2Session)}; arbitrary markers would do as well with p = ${permutationP?.toPrecision(2) ?? 'unknown'}`,
    ...distances.map(
      ({ a, b, between, withinMarker, ratio, lower95 }) =>
        `  ${a} – ${b}: ${number(between)} apart, itself in another session ${number(withinMarker)}; ratio ${number(ratio)}, at least ${number(lower95)}`,
    ),
  ]
}

const DESIGNS = {
  crossed: 'each session visits every marker',
  nested: 'each session has one marker: class nested in session',
  mixed: 'not every session visits every marker',
  none: 'no standing visits',
}

function share(value: number | null): string {
  return value === null ? 'unknown' : `${(100 * value).toFixed(1)} %`
}

function number(value: number | null): string {
  return value === null ? 'unknown' : value.toFixed(2)
}
