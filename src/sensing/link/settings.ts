/** How the receiver's port is opened and kept open. The defaults named here stand in the configuration schema. */
export interface LinkSettings {
  /**
   * A device path (/dev/ttyUSB0, /dev/serial/by-id/…), `usb:VID:PID` in hexadecimal (`usb:10c4:ea60`), or
   * `auto`: the first known USB bridge. Default `auto`: an appliance has one receiver plugged in.
   */
  port: string
  /** Bits per second, 9600…3000000. Default 921600: what esp-csi's csi_recv sets; 115200 on old firmware. */
  baudRate: number
  /**
   * An open port without a byte for this long counts as lost and is opened again, 500…600000 ms.
   * Default 3000: a receiver boots in under a second and Ajar's own firmware reports its status every second.
   */
  silenceTimeoutMs: number
  /** Shortest wait before the port is opened again, 10…60000 ms. Default 1000 (D). */
  reconnectMinMs: number
  /** Longest wait before the port is opened again, reconnectMinMs…600000 ms. Default 30000 (D). */
  reconnectMaxMs: number
}
