import { slabResponse, type Polarization, type Slab } from './materials.js'
import { PARAMETERS } from './parameters.js'
import type { Phasor } from './fresnel.js'
import type { Doorway, Point, Site } from './sites.js'

const STEPS = 64
const EDGE_M = PARAMETERS.softEdgeM.value

/** Reflection or transmission of a slab by the cosine of incidence, looked up: people move with every packet. */
export class SlabTable {
  private readonly re = new Float64Array(STEPS + 1)
  private readonly im = new Float64Array(STEPS + 1)

  constructor(slab: Slab, polarization: Polarization, what: 'reflection' | 'transmission') {
    for (let i = 0; i <= STEPS; i++) {
      const { re, im } = slabResponse(slab, Math.max(i / STEPS, 1e-3), polarization)[what]
      this.re[i] = re
      this.im[i] = im
    }
  }

  read(cos: number, result: Phasor): void {
    const position = Math.min(cos, 1) * STEPS
    const i = Math.min(Math.floor(position), STEPS - 1)
    const share = position - i
    result.re = this.re[i] + share * (this.re[i + 1] - this.re[i])
    result.im = this.im[i] + share * (this.im[i + 1] - this.im[i])
  }
}

/**
 * What a straight ray meets on its way between the rooms: the wall, or the doorway and the panel at its angle. Edges
 * are soft over a part of the Fresnel zone instead of diffracting: good enough for the weak waves off a person.
 */
export class Passage {
  private readonly wall: SlabTable
  private readonly panel: SlabTable
  private readonly door: Doorway
  private panelX = 0
  private panelY = 0
  private readonly through: Phasor = { re: 1, im: 0 }

  constructor({ wall, door }: Site) {
    this.wall = new SlabTable(wall, 'TE', 'transmission')
    this.panel = new SlabTable(door.panel, 'TE', 'transmission')
    this.door = door
    this.turn(0)
  }

  /** Sets the door's angle. */
  turn(angleDeg: number): void {
    const angle = (angleDeg * Math.PI) / 180
    this.panelX = this.door.swing * Math.sin(angle)
    this.panelY = this.door.along * Math.cos(angle)
  }

  /** How much of the wall's plane at this place is doorway, 0..1. */
  doorwayShare(y: number, z: number): number {
    const along = (y - this.door.hingeYM) * this.door.along
    return soft(along) * soft(this.door.widthM - along) * soft(this.door.heightM - z)
  }

  /** Multiplies `wave` by what a ray between these points meets. */
  cross(from: Point, x: number, y: number, z: number, wave: Phasor): void {
    const dx = x - from[0]
    const dy = y - from[1]
    const dz = z - from[2]
    const lengthM = Math.sqrt(dx * dx + dy * dy + dz * dz)
    if (from[0] * x < 0) {
      const share = -from[0] / dx
      const open = this.doorwayShare(from[1] + share * dy, from[2] + share * dz)
      if (open < 1) {
        this.wall.read(Math.abs(dx) / lengthM, this.through)
        weaken(wave, this.through, 1 - open)
      }
    }
    // The panel stands between the wall and its free edge: most ways within a room are clear of it.
    const reachM = this.panelX * this.door.widthM
    const lowX = Math.min(from[0], x)
    const highX = Math.max(from[0], x)
    if (lowX <= Math.max(reachM, 0) + EDGE_M && highX >= Math.min(reachM, 0) - EDGE_M)
      this.crossPanel(from, dx, dy, dz, lengthM, wave)
  }

  private crossPanel(from: Point, dx: number, dy: number, dz: number, lengthM: number, wave: Phasor): void {
    const { panelX, panelY, door } = this
    // from + share·(dx, dy) = hinge + along·(panelX, panelY)
    const across = dx * panelY - dy * panelX
    if (Math.abs(across) < 1e-9) return
    const toHingeX = -from[0]
    const toHingeY = door.hingeYM - from[1]
    const share = (toHingeX * panelY - toHingeY * panelX) / across
    if (share <= 0) return
    const along = (toHingeX * dy - toHingeY * dx) / across
    if (along < -EDGE_M || along > door.widthM + EDGE_M) return
    const covered =
      soft(along) *
      soft(door.widthM - along) *
      soft(door.heightM - (from[2] + share * dz)) *
      soft((1 - share) * lengthM)
    if (covered === 0) return
    this.panel.read(Math.abs(across) / lengthM, this.through)
    weaken(wave, this.through, covered)
  }
}

/** Times 1 − share + share · through. */
function weaken(wave: Phasor, through: Phasor, share: number): void {
  const re = 1 + share * (through.re - 1)
  const im = share * through.im
  const product = wave.re * re - wave.im * im
  wave.im = wave.re * im + wave.im * re
  wave.re = product
}

/** From 0 outside an edge to 1 inside. */
function soft(insideM: number): number {
  const share = 0.5 + insideM / EDGE_M
  return share <= 0 ? 0 : share >= 1 ? 1 : share
}
