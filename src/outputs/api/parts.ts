import type { CommissioningControl } from '../../domain/commissioning.js'
import type {
  ApplianceView,
  FlagControl,
  LogLevelControl,
  PlacementControl,
  RecordingControl,
} from '../../domain/control.js'
import type { Indicator } from '../../domain/indicator.js'
import type { Store } from '../../domain/store.js'
import type { Clock } from '../../domain/time.js'
import type { Logger } from '../../platform/logger.js'
import type { ApiSettings } from './settings.js'
import type { TokenStore } from './token.js'

/** What the API shows and commands. */
export interface ApiParts {
  settings: ApiSettings
  view: ApplianceView
  store: Store
  indicator: Indicator
  logLevel: LogLevelControl
  recordings: RecordingControl
  commissioning: CommissioningControl
  flags: FlagControl
  placement: PlacementControl
  tokens: TokenStore
  clock: Clock
  logger: Logger
}
