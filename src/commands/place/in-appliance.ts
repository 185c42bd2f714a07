import type { PlacementStatus } from '../../domain/placement.js'
import { AjarError } from '../../platform/errors.js'
import type { LocalApi } from '../local-api.js'
import type { PlacementSession } from './placement-session.js'

/** The receiver is the running appliance's: it looks, and is asked how it goes. */
export class PlacementInAppliance implements PlacementSession {
  readonly where: string
  private id = NaN

  constructor(private readonly api: LocalApi) {
    this.where = `The appliance at ${api.url} has the receiver and is asked.`
  }

  async start(): Promise<PlacementStatus> {
    const status = await this.api.post<PlacementStatus>('/api/v1/placement/start', {})
    this.id = status.id
    return status
  }

  /** Throws AjarError 'placement.restarted' where somebody else began again. */
  async status(): Promise<PlacementStatus> {
    const status = await this.api.get<PlacementStatus>('/api/v1/placement')
    if (status.id !== this.id)
      throw new AjarError(
        'placement.restarted',
        'Somebody else started the placement again.',
        'Wait for their result, or start again.',
      )
    return status
  }

  async stop(): Promise<void> {}
}
