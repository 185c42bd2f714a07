/** One line that was made an output. */
export interface OutputLine {
  /** Throws AjarError 'gpio.write'. */
  write(on: boolean): void
}

/** One line that was made an input. */
export interface InputLine {
  /** Whether it is high. Throws AjarError 'gpio.read'. */
  read(): boolean
  /** Calls back when the line may have moved; returns the way to stop, undefined where it raises no interrupts. */
  watch(moved: () => void): (() => void) | undefined
  release(): void
}

/** A way to drive lines. Nothing above it knows of chips or kernels. */
export interface GpioDriver {
  readonly name: 'onoff' | 'none'
  /**
   * Makes `line` (BCM number) an output that is off from its first moment. It stays an output when the process
   * ends: a released line may float, and what is driven off stays off. Throws AjarError 'gpio.…'.
   */
  output(line: number, activeLow: boolean): OutputLine
  /** Makes `line` an input; its pull-up is the board's affair. Throws AjarError 'gpio.…'. */
  input(line: number): InputLine
}
