import { MATERIALS, PARAMETERS } from './parameters.js'
import { PROPAGATION_M_PER_S } from './field.js'

/** A flat plate in air. A metal plate lets nothing through, however thin. */
export type Slab = { material: keyof typeof MATERIALS; thicknessM: number } | { material: 'metal' }

/** Direction of the electric field: 'TE' across the plane of incidence, 'TM' within it. */
export type Polarization = 'TE' | 'TM'

export interface Complex {
  re: number
  im: number
}

export interface SlabResponse {
  reflection: Complex
  /** Relative to the same distance in air: 1 without a slab. */
  transmission: Complex
}

/** Recommendation ITU-R P.2040-1, section 2.2.2: one homogeneous slab, at the carrier. */
export function slabResponse(slab: Slab, cosIncidence: number, polarization: Polarization): SlabResponse {
  if (slab.material === 'metal')
    return { reflection: { re: polarization === 'TE' ? -1 : 1, im: 0 }, transmission: { re: 0, im: 0 } }
  const { a, b, c, d } = MATERIALS[slab.material]
  const gigahertz = PARAMETERS.carrierHz.value / 1e9
  // Equation 9a: the imaginary part of the permittivity is 17.98 σ / f.
  const permittivity = { re: a * gigahertz ** b, im: (-17.98 * c * gigahertz ** d) / gigahertz }
  const inside = root({ re: permittivity.re - (1 - cosIncidence ** 2), im: permittivity.im })
  const outside = scaled(polarization === 'TE' ? ONE : permittivity, cosIncidence)
  const face = quotient(difference(outside, inside), sum(outside, inside))
  const wavesInAir = (2 * Math.PI * slab.thicknessM * PARAMETERS.carrierHz.value) / PROPAGATION_M_PER_S
  const once = delay(scaled(inside, wavesInAir))
  const twice = product(once, once)
  const faceSquared = product(face, face)
  const bounces = difference(ONE, product(faceSquared, twice))
  const through = quotient(product(difference(ONE, faceSquared), once), bounces)
  return {
    reflection: quotient(product(face, difference(ONE, twice)), bounces),
    transmission: product(through, delay({ re: -wavesInAir * cosIncidence, im: 0 })),
  }
}

const ONE: Complex = { re: 1, im: 0 }

export function product(p: Complex, q: Complex): Complex {
  return { re: p.re * q.re - p.im * q.im, im: p.re * q.im + p.im * q.re }
}

export function difference(p: Complex, q: Complex): Complex {
  return { re: p.re - q.re, im: p.im - q.im }
}

function sum(p: Complex, q: Complex): Complex {
  return { re: p.re + q.re, im: p.im + q.im }
}

function scaled(p: Complex, factor: number): Complex {
  return { re: p.re * factor, im: p.im * factor }
}

function quotient(p: Complex, q: Complex): Complex {
  const norm = q.re ** 2 + q.im ** 2
  return { re: (p.re * q.re + p.im * q.im) / norm, im: (p.im * q.re - p.re * q.im) / norm }
}

/** The root in the right half plane: a wave that decays as it goes. */
function root(p: Complex): Complex {
  const size = Math.sqrt(p.re ** 2 + p.im ** 2)
  const re = Math.sqrt((size + p.re) / 2)
  return { re, im: p.im / (2 * re) }
}

/** e^(−jφ) of a complex phase. */
function delay(phase: Complex): Complex {
  const size = Math.exp(phase.im)
  return { re: size * Math.cos(phase.re), im: -size * Math.sin(phase.re) }
}
