import type { Config } from '../../config/schema.js'
import type { JournalContents } from '../../learning/commissioning/journal-reader.js'
import { ReedLabeller } from '../../learning/events/reed-labeller.js'
import type { Household } from '../../learning/simulator/household.js'
import { featureExtractor } from '../../sensing/model/features.js'
import { PlayedHome } from './played-home.js'

/** A reed opens when its door is this far from closed (D): 4 cm at the edge. */
const REED_OPENS_DEG = 2.5
const DAY_US = 86_400e6
/** The appliance resets its receiver at quiet times; here each half of a day is a session. */
const SESSION_US = DAY_US / 2

/** What the journal of a reed at the door of a simulated home would hold after its first days. */
export function journalOf(
  home: Household,
  days: number,
  leastShare: number,
  config: Config,
  place: string,
): JournalContents {
  const journal: JournalContents = {
    ...{ bursts: [], quiet: [], unseen: [], days: [] },
    ...{ layoutId: NaN, windowMs: config.signal.windowMs, simulated: true, torn: 0, skipped: 0, outdated: 0 },
  }
  let isOpen = home.angleDeg(0) > REED_OPENS_DEG
  const labeller = new ReedLabeller(
    featureExtractor('standing'),
    featureExtractor('five-numbers'),
    isOpen,
    {
      burst: (burst) => journal.bursts.push(burst),
      quiet: (row) => journal.quiet.push(row),
      unseen: (edge, { session, day }) => journal.unseen.push({ edge, session, day }),
    },
    labelsAt(0, place),
  )
  const played: PlayedHome = new PlayedHome(home, config, undefined, {
    burst: (burst) => labeller.burst(burst),
    window: (window) => {
      journal.layoutId = window.layoutId
      labeller.window(window)
    },
  })
  const stretches = home.stretches({ leastShare }).filter(({ endUs }) => endUs <= days * DAY_US)
  played.play(stretches, (nowUs) => {
    labeller.labels = labelsAt(nowUs, place)
    const open = home.angleDeg(nowUs) > REED_OPENS_DEG
    if (open === isOpen || Number.isNaN(played.deviceUs)) return
    isOpen = open
    labeller.edge({ atUs: played.deviceUs, open })
  })
  labeller.reset()
  journal.days = Array.from({ length: days }, (_, day) => labelsAt(day * DAY_US, place).day)
  return journal
}

function labelsAt(nowUs: number, place: string) {
  const two = (n: number) => String(n).padStart(2, '0')
  const day = Math.floor(nowUs / DAY_US) + 1
  return { session: `half-day-${two(Math.floor(nowUs / SESSION_US) + 1)}`, day: `day-${two(day)}`, place }
}
