import type { Body, Presence, Scatterer } from './body.js'
import { minimumJerk } from './door.js'
import { PARAMETERS } from './parameters.js'
import type { Random } from '../random.js'
import type { Route, Spot } from './route.js'

/** Parts of a person: height and share of the radar cross-section; the legs swing (D). */
const WALKING = [
  { z: 1.2, share: 0.36, swing: 0 },
  { z: 0.95, share: 0.24, swing: 0 },
  { z: 0.5, share: 0.14, swing: 1 },
  { z: 0.5, share: 0.14, swing: -1 },
  { z: 1.05, share: 0.12, swing: -0.7 },
] as const
/** The first moves with each breath, the second is the arm that fidgets (D). */
const SITTING = [
  { z: 0.9, share: 0.7 },
  { z: 0.8, share: 0.3 },
] as const

/** Someone who walks along a route, and is not yet or no longer there at an end that leads out. */
export class Walker implements Presence {
  private readonly body: Body
  private readonly lengthM: number

  constructor(
    private readonly route: Route,
    random: Random,
    private readonly comesIn: boolean,
    private readonly goesOut: boolean,
  ) {
    this.body = bodyOf(WALKING, PARAMETERS.personHeightM.value, random)
    this.lengthM = route.lengthM
  }

  get startUs(): number {
    return this.route.startUs
  }

  get endUs(): number {
    return this.route.endUs
  }

  at(timeUs: number): Body {
    const { route, body, lengthM } = this
    route.read(timeUs)
    body.x = route.x
    body.y = route.y
    const swingM =
      PARAMETERS.legSwingM.value * Math.sin((2 * Math.PI * route.goneM) / PARAMETERS.strideM.value)
    for (let i = 0; i < WALKING.length; i++) {
      body.points[i].x = route.x + WALKING[i].swing * swingM * route.headingX
      body.points[i].y = route.y + WALKING[i].swing * swingM * route.headingY
    }
    const fadeM = PARAMETERS.exitFadeM.value
    const inside = Math.min(
      this.comesIn ? route.goneM / fadeM : 1,
      this.goesOut ? (lengthM - route.goneM) / fadeM : 1,
      1,
    )
    body.presence = inside
    return body
  }
}

/** Someone who sits: breathes, and fidgets now and then. */
export class Sitter implements Presence {
  private readonly body: Body
  private readonly breathsPerUs: number
  private readonly breathM: number
  private readonly facing: number
  private readonly fidgets: { startUs: number; endUs: number; fromM: number; toM: number; armM: number }[] =
    []
  private last = 0

  constructor(
    readonly startUs: number,
    readonly endUs: number,
    private readonly spot: Spot,
    random: Random,
  ) {
    this.body = bodyOf(SITTING, PARAMETERS.sittingHeightM.value, random)
    this.body.x = spot[0]
    this.body.y = spot[1]
    this.breathsPerUs = random.between(PARAMETERS.breathsPerS.value) / 1e6
    this.breathM = random.between(PARAMETERS.breathM.value) / 2
    this.facing = 2 * Math.PI * random.share()
    let timeUs = startUs
    let fromM = 0
    for (;;) {
      timeUs += Math.round(random.between(PARAMETERS.fidgetEverySeconds.value) * 1e6)
      const lastsUs = Math.round(random.between(PARAMETERS.fidgetSeconds.value) * 1e6)
      if (timeUs + lastsUs >= endUs) break
      const toM = PARAMETERS.postureSdM.value * random.normal()
      const armM = random.between(PARAMETERS.fidgetM.value)
      this.fidgets.push({ startUs: timeUs, endUs: timeUs + lastsUs, fromM, toM, armM })
      fromM = toM
    }
  }

  at(timeUs: number): Body {
    const { body, spot, fidgets } = this
    while (this.last > 0 && timeUs < fidgets[this.last].startUs) this.last--
    while (this.last + 1 < fidgets.length && timeUs >= fidgets[this.last + 1].startUs) this.last++
    const fidget = fidgets.at(this.last)
    let leanM = 0
    let armM = 0
    if (fidget !== undefined && timeUs >= fidget.startUs) {
      const share = Math.min((timeUs - fidget.startUs) / (fidget.endUs - fidget.startUs), 1)
      leanM = fidget.fromM + (fidget.toM - fidget.fromM) * minimumJerk(share)
      armM = fidget.armM * minimumJerk(1 - Math.abs(2 * share - 1))
    }
    const chestM = this.breathM * Math.sin(2 * Math.PI * this.breathsPerUs * (timeUs - this.startUs))
    const forwardX = Math.cos(this.facing)
    const forwardY = Math.sin(this.facing)
    const [chest, arm] = body.points
    place(chest, spot, (leanM + chestM) * forwardX, (leanM + chestM) * forwardY)
    place(arm, spot, (0.25 + leanM + armM) * forwardX, (0.25 + leanM + armM) * forwardY)
    return body
  }
}

function place(point: Scatterer, [x, y]: Spot, dx: number, dy: number): void {
  point.x = x + dx
  point.y = y + dy
}

function bodyOf(parts: readonly { z: number; share: number }[], topM: number, random: Random): Body {
  const crossSection = random.between(PARAMETERS.personCrossSectionM2.value)
  return {
    points: parts.map(({ z, share }) => ({ x: 0, y: 0, z, size: Math.sqrt(share * crossSection) })),
    x: 0,
    y: 0,
    widthM: random.between(PARAMETERS.personWidthM.value),
    bottomM: 0,
    topM,
    presence: 1,
  }
}
