import { cosine } from './field.js'

/** An integral ∫₀ˣ e^(−jπt²/2) dt, or a factor made of two. Reused. */
export interface Phasor {
  re: number
  im: number
}

/**
 * Fresnel's integral by the rational approximations 7.3.32 and 7.3.33 of Abramowitz & Stegun (1964): off by 0.002
 * at most, which is 0.4 % of a shadow.
 */
function fresnel(x: number, result: Phasor): void {
  const size = Math.abs(x)
  const f = (1 + 0.926 * size) / (2 + 1.792 * size + 3.104 * size * size)
  const g = 1 / (2 + size * (4.142 + size * (3.492 + size * 6.67)))
  const turns = (size * size) / 4
  const sin = cosine(turns + 0.75)
  const cos = cosine(turns)
  const sign = Math.sign(x)
  result.re = sign * (0.5 + f * sin - g * cos)
  result.im = -sign * (0.5 - f * cos - g * sin)
}

const low: Phasor = { re: 0, im: 0 }
const high: Phasor = { re: 0, im: 0 }

/**
 * The share of a free wave that would come through a rectangular opening: by Babinet what an absorbing plate of the
 * same size takes away. Edges in Fresnel's unit √(λ d1 d2 / 2(d1 + d2)), as seen from the straight ray.
 */
export function apertureShare(
  left: number,
  right: number,
  bottom: number,
  top: number,
  result: Phasor,
): void {
  fresnel(left, low)
  fresnel(right, high)
  const acrossRe = high.re - low.re
  const acrossIm = high.im - low.im
  fresnel(bottom, low)
  fresnel(top, high)
  const upRe = high.re - low.re
  const upIm = high.im - low.im
  // j/2 times the product: 1 for a plate without end.
  result.re = -(acrossRe * upIm + acrossIm * upRe) / 2
  result.im = (acrossRe * upRe - acrossIm * upIm) / 2
}
