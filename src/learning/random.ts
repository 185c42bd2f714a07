/**
 * xoshiro128** 1.1 (Blackman & Vigna, ACM TOMS 47(4), 2021): small, and the same bits on every machine.
 * Streams of different keys are independent for all purposes here.
 */
export class Random {
  private a: number
  private b: number
  private c: number
  private d: number

  /** The keys name the stream: the same keys repeat it. */
  constructor(...keys: readonly (string | number)[]) {
    let hash = 0x811c9dc5
    for (const character of keys.join('/')) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) // FNV-1a
    const seed = () => {
      hash = (hash + 0x9e3779b9) | 0 // SplitMix with the finalizer of MurmurHash3
      let z = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
      z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35)
      return z ^ (z >>> 16)
    }
    this.a = seed()
    this.b = seed()
    this.c = seed()
    this.d = seed() | 1 // the state must not be all zero
  }

  /** 32 random bits, unsigned. */
  bits(): number {
    const product = Math.imul(this.b, 5)
    const result = Math.imul((product << 7) | (product >>> 25), 9) >>> 0
    const shifted = this.b << 9
    this.c ^= this.a
    this.d ^= this.b
    this.b ^= this.c
    this.a ^= this.d
    this.c ^= shifted
    this.d = (this.d << 11) | (this.d >>> 21)
    return result
  }

  /** In [0, 1). */
  share(): number {
    return this.bits() / 2 ** 32
  }

  /** In [least, greatest). */
  between([least, greatest]: readonly [number, number]): number {
    return least + (greatest - least) * this.share()
  }

  /**
   * Mean 0, standard deviation 1: the sum of twelve 16-bit uniform numbers. Reaches ±6 and needs no
   * logarithm, whose last bit differs between engines.
   */
  normal(): number {
    // bits() six times over, written out: the noise of a packet takes a hundred of these.
    let { a, b, c, d } = this
    let sum = 0
    for (let i = 0; i < 6; i++) {
      const product = Math.imul(b, 5)
      const bits = Math.imul((product << 7) | (product >>> 25), 9)
      const shifted = b << 9
      c ^= a
      d ^= b
      b ^= c
      a ^= d
      c ^= shifted
      d = (d << 11) | (d >>> 21)
      sum += (bits & 0xffff) + (bits >>> 16)
    }
    this.a = a
    this.b = b
    this.c = c
    this.d = d
    return (sum + 6) / 65536 - 6
  }

  /** Puts the items in random order, in place (Fisher and Yates). */
  shuffle<T extends unknown[] | Int32Array>(items: T): T {
    for (let i = items.length - 1; i > 0; i--) {
      const j = Math.floor(this.share() * (i + 1))
      ;[items[i], items[j]] = [items[j], items[i]]
    }
    return items
  }
}
