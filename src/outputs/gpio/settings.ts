import type { State } from '../../domain/reading.js'

/**
 * LED, relay and the driver below them. A complete object: defaults stand in config/schema.ts alone and are
 * named here; all are design values. Lines are BCM numbers (GPIO17 = 17), 0..53.
 */
export interface GpioSettings {
  /** `auto`: onoff where a known chip is found, else none; `onoff`: its absence is a fault. Default `auto`. */
  driver: 'auto' | 'onoff' | 'none'
  /**
   * Labels of the chip that carries the lines. Default pinctrl-bcm2835, pinctrl-bcm2711, pinctrl-rp1; on an
   * emulated board also its own (PL061: "9030000.pl061").
   */
  chipLabels: readonly string[]
  leds: LedSettings
  /** Absent: no relay. */
  relay?: RelaySettings
}

export interface LedSettings {
  /** Lights steadily while the door is closed. Default none. */
  closed?: number
  /** Lights steadily while the door is ajar. Default none. */
  ajar?: number
  /** Lights steadily while the door is open. Default none. */
  open?: number
  /**
   * One LED for everything: steady = state known, slow blink = unknown, fast blink = motion or the door moves,
   * double blink = fault. Default none.
   */
  status?: number
  /** The LEDs light at low level. Default false. */
  activeLow: boolean
}

export interface RelaySettings {
  line: number
  /** The relay board energises at low level. Default false. */
  activeLow: boolean
  /** States that energise the relay; never `unknown`. Default [open]. */
  onStates: readonly Exclude<State, 'unknown'>[]
  /** 0: energised as long as the state lasts; else one pulse of this length when it begins, ms, 0..60000. Default 0. */
  pulseMs: number
  /** Least time between two switchings, ms, 0..600000; the fail state does not wait. Default 1000. */
  minHoldMs: number
  /** Most times the relay is energised within any minute, 1..60. Default 10. */
  maxPerMinute: number
  /**
   * How long a relay that the state energised stays so after it became unknown, ms, 0..60000. Where `closed`
   * is among `onStates` it never stays. Default 0.
   */
  holdMs: number
  /** Act on readings of a site without a full verdict. Default false. */
  allowProvisional: boolean
  /** Act on the simulator's readings. Default false. */
  allowSimulated: boolean
}
