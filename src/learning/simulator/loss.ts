import { PARAMETERS } from './parameters.js'
import type { Random } from '../random.js'

/** Gilbert's channel: packets get lost in bursts of geometric length. */
export class BurstLoss {
  private losing = false
  private readonly begin: number
  private readonly end = 1 / PARAMETERS.lossBurstPackets.value

  constructor(
    private readonly random: Random,
    lossRatio: number,
  ) {
    this.begin = (this.end * lossRatio) / (1 - lossRatio) // so that lossRatio of the time is spent losing
  }

  /** Of the next packet. */
  lost(): boolean {
    this.losing = this.losing ? this.random.share() >= this.end : this.random.share() < this.begin
    return this.losing
  }
}
