import type { PlacementControl } from '../../domain/control.js'
import type { LinkHealth } from '../../domain/link.js'
import type { PlacementStatus } from '../../domain/placement.js'
import type { Clock } from '../../domain/time.js'
import type { SignalWindow } from '../../domain/window.js'
import { PlacementAssessor, type PlacementOptions } from './placement.js'

/** Lets a running pipeline's windows be looked at while somebody places the link; else it costs nothing. */
export class PlacementAid implements PlacementControl {
  private assessor: PlacementAssessor | undefined
  private started = 0

  constructor(
    private readonly clock: Clock,
    private readonly options: Omit<PlacementOptions, 'id'>,
  ) {}

  start(): PlacementStatus {
    const nowUs = this.clock.monotonicUs()
    this.assessor = new PlacementAssessor({ ...this.options, id: ++this.started }, nowUs)
    return this.assessor.status(nowUs)
  }

  current(): PlacementStatus | undefined {
    return this.assessor?.status(this.clock.monotonicUs())
  }

  window(window: SignalWindow): void {
    this.assessor?.window(window, this.clock.monotonicUs())
  }

  /** About twice a second. */
  tick(health: LinkHealth, nowUs = this.clock.monotonicUs()): void {
    this.assessor?.tick(health, nowUs)
  }
}
