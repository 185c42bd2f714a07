import { escaped } from './escaped.js'
import { axisPicture, colourOf, distancePicture } from './report-pictures.js'
import { percent } from './sentence.js'
import type { SurveyResult } from './survey.js'

const STYLE = `
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem; }
.verdict { font-weight: 600; text-transform: uppercase; letter-spacing: .05em; }
.sentence { font-size: 1.3rem; }
svg { max-width: 100%; height: auto; } svg text { fill: currentColor; font-size: 12px; }
table { border-collapse: collapse; } th, td { padding: .3rem .7rem; text-align: right; border: 1px solid #8886; }
.marker::before { content: ''; display: inline-block; width: .8em; height: .8em; border-radius: 50%; margin-right: .4em; background: var(--c); }
figure { margin: 2rem 0; } figcaption { margin-top: .5rem; opacity: .8; }`

/**
 * One page that needs nothing else: the sentence, the advice, pictures, and the statistics as JSON.
 * @param document the JSON document of the survey.
 * @param made a date for the footer, where it is known.
 */
export function reportOf(title: string, result: SurveyResult, document: string, made?: string): string {
  const { verdict, sentence, advice, statistics, axis } = result
  const { markers, counts } = statistics.loso.confusion
  const legend = markers
    .map((marker, index) => `<span class="marker" style="--c:${colourOf(index)}">${escaped(marker)}</span>`)
    .join(' ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escaped(`Survey of ${title}: ${verdict}`)}</title>
<style>${STYLE}
</style>
</head>
<body>
<h1>Survey of ${escaped(title)}</h1>
<p class="sentence">${escaped(sentence)}</p>
<p class="verdict">${escaped(verdict)}</p>
<h2>What to do</h2>
<ol>${advice.map((line) => `<li>${escaped(line)}</li>`).join('')}</ol>
<h2>What was seen</h2>
<p>${escaped(seen(result))}</p>
${
  axis.length === 0
    ? ''
    : `<figure>${axisPicture(axis, markers)}<figcaption>${legend}<br>Each visit on the door axis of a model that had not seen its session, one line a session; a cross was read wrong. Markers that can be told stand apart in the same place on every line.</figcaption></figure>`
}
${
  statistics.distances.length === 0
    ? ''
    : `<figure>${distancePicture(statistics.distances)}<figcaption>How far two markers lie apart (full bars) and how far one marker lies from itself in another session (open bars), in standard deviations. A full bar must be the longer one.</figcaption></figure>`
}
${axis.length === 0 ? '' : confusionTable(markers, counts)}
<h2>Statistics</h2>
<script type="application/json" id="survey">
${document.replaceAll('<', '\\u003c')}
</script>
<details><summary>All figures</summary><pre>${escaped(document)}</pre></details>
${made === undefined ? '' : `<footer>Made on ${escaped(made)}.</footer>`}
</body>
</html>
`
}

function seen({ statistics }: SurveyResult): string {
  const { sessions, visits, events, loso, recall, falseEventsPerDay } = statistics
  const parts = [`${visits} visits in ${sessions} sessions.`]
  if (loso.sessions > 0)
    parts.push(
      `With each session left out once, ${loso.sessionsRight} of ${loso.sessions} sessions and ${loso.visitsRight} of ${loso.visits} visits were read right (balanced accuracy ${percent(loso.balancedAccuracy)}; at least ${percent(loso.lower95)} of sessions with 95 % confidence).`,
    )
  if (recall !== null)
    parts.push(
      `${events} events: ${percent(recall)} of door events told right, ${falseEventsPerDay?.toFixed(1)} false a day.`,
    )
  return parts.join(' ')
}

function confusionTable(markers: readonly string[], counts: readonly (readonly number[])[]): string {
  const rows = counts.map((row, index) => {
    const total = row.reduce((sum, value) => sum + value, 0)
    const cells = row.map((value, at) => {
      const colour = at === index ? '0 158 115' : '213 94 0'
      return `<td style="background:rgb(${colour} / ${total === 0 ? 0 : ((0.7 * value) / total).toFixed(2)})">${value}</td>`
    })
    return `<tr><th>${escaped(markers[index])}</th>${cells.join('')}</tr>`
  })
  return `<figure><table><tr><th>was \\ read as</th>${markers.map((marker) => `<th>${escaped(marker)}</th>`).join('')}</tr>${rows.join('')}</table><figcaption>Visits of left-out sessions: what they were, and what they were read as.</figcaption></figure>`
}
