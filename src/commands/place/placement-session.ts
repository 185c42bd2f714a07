import type { PlacementStatus } from '../../domain/placement.js'

/** Where a placement runs: in the appliance, or here. */
export interface PlacementSession {
  /** Said to the person at the beginning. */
  readonly where: string
  start(): Promise<PlacementStatus>
  status(): Promise<PlacementStatus>
  stop(): Promise<void>
}
