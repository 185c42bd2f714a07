import type { MarkerDistance } from './distances.js'
import { escaped } from './escaped.js'
import { groupBy } from './group-by.js'
import type { AxisVisit } from './survey.js'

/** Okabe and Ito's colours (Color Universal Design, 2008), which people who confuse red and green can tell. */
const COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#b0a000', '#888888']
const WIDTH = 760
const LABELS = 150
const PLOT = WIDTH - LABELS - 20
const LINE = 20
const RADIUS = 5
/** A page with more of them is no picture any more (D). */
const MOST_LINES = 80

export function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length]
}

/** One line for each session, visits coloured by marker. */
export function axisPicture(visits: readonly AxisVisit[], markers: readonly string[]): string {
  const sessions = [...groupBy(visits, ({ session }) => session)].slice(0, MOST_LINES)
  const values = visits.map(({ axis }) => axis)
  const least = Math.min(...values)
  const span = Math.max(...values) - least || 1
  const x = (value: number) => (LABELS + RADIUS + ((value - least) / span) * (PLOT - 2 * RADIUS)).toFixed(1)
  const lines = sessions.map(([session, own], index) => {
    const y = index * LINE + LINE
    const marks = own.map((visit) => mark(visit, x(visit.axis), y, colourOf(markers.indexOf(visit.marker))))
    return `<line x1="${LABELS}" x2="${LABELS + PLOT}" y1="${y}" y2="${y}" stroke="#8886"/>${label(session, y)}${marks.join('')}`
  })
  const left = groupBy(visits, ({ session }) => session).size - sessions.length
  const rest = left > 0 ? label(`and ${left} more sessions`, (sessions.length + 1) * LINE) : ''
  return picture(
    (sessions.length + (left > 0 ? 2 : 1)) * LINE,
    'Visits on the door axis',
    lines.join('') + rest,
  )
}

/** Square roots of the squared distances; one below 0, which only chance gives, is drawn as 0. */
export function distancePicture(distances: readonly MarkerDistance[]): string {
  const some = distances.slice(0, MOST_LINES)
  const length = (squared: number | null) => Math.sqrt(Math.max(0, squared ?? 0))
  const longest =
    Math.max(...some.flatMap(({ between, withinMarker }) => [length(between), length(withinMarker)])) || 1
  const width = (squared: number | null) => ((length(squared) / longest) * PLOT).toFixed(1)
  const bars = some.map(({ a, b, between, withinMarker, ratio }, index) => {
    const y = index * 2 * LINE
    const told = `${a} and ${b}: ${length(between).toFixed(2)} against ${length(withinMarker).toFixed(2)}, ratio ${ratio?.toFixed(2) ?? 'unknown'}`
    return (
      `<g><title>${escaped(told)}</title>${label(`${a} – ${b}`, y + LINE)}` +
      `<rect x="${LABELS}" y="${y + 6}" width="${width(between)}" height="12" fill="${COLOURS[0]}"/>` +
      `<rect x="${LABELS}" y="${y + 20}" width="${width(withinMarker)}" height="12" fill="none" stroke="${COLOURS[1]}"/></g>`
    )
  })
  return picture(some.length * 2 * LINE, 'Distances between markers and between sessions', bars.join(''))
}

function mark({ visit, marker, called }: AxisVisit, x: string, y: number, colour: string): string {
  const title = `<title>${escaped(`${visit}: ${marker}, read as ${called}`)}</title>`
  return called === marker
    ? `<circle cx="${x}" cy="${y}" r="${RADIUS}" fill="${colour}">${title}</circle>`
    : `<path d="M${Number(x) - RADIUS} ${y - RADIUS}l${2 * RADIUS} ${2 * RADIUS}m0 ${-2 * RADIUS}l${-2 * RADIUS} ${2 * RADIUS}" stroke="${colour}" stroke-width="2.5" fill="none">${title}</path>`
}

function label(text: string, y: number): string {
  const short = text.length > 22 ? `${text.slice(0, 21)}…` : text
  return `<text x="0" y="${y + 4}">${escaped(short)}</text>`
}

function picture(height: number, name: string, body: string): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" role="img" aria-label="${escaped(name)}">${body}</svg>`
}
