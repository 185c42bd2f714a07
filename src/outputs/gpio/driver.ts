/** One line that was made an output. */
export interface OutputLine {
  /** Throws AjarError 'gpio.write'. */
  write(on: boolean): void
}

/** A way to drive lines. Nothing above it knows of chips or kernels. */
export interface GpioDriver {
  readonly name: 'onoff' | 'none'
  /**
   * Makes `line` (BCM number) an output that is off from its first moment. It stays an output when the process
   * ends: a released line may float, and what is driven off stays off. Throws AjarError 'gpio.…'.
   */
  output(line: number, activeLow: boolean): OutputLine
}
