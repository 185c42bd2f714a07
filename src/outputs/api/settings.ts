/** Settings of the HTTP API; defaults stand in config/schema.ts. */
export interface ApiSettings {
  /** Address to listen on: default 127.0.0.1, so that nothing outside the machine is served unless asked for. */
  host: string
  /** Default 8080; 0 = any free port. */
  port: number
  /** Other machines may read GET /api/v1/door without a token: default false. */
  publicStatus: boolean
  /** Host names served besides IP addresses, localhost, the host name and host name.local: default none. */
  allowedHosts: readonly string[]
  /** Longest request body, bytes: default 65536. */
  bodyLimitBytes: number
  /** Requests a minute from one address; loopback is exempt: default 120. */
  requestsPerMinute: number
  /** Most event streams at once: default 32. */
  maxStreams: number
  /** PEM files: with them the API speaks TLS. */
  tls?: { certFile: string; keyFile: string }
}
