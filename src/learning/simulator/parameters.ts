/**
 * Every number of the simulator that is not a site's geometry, each with its source: (paper) published,
 * (measured) on public ESP32 recordings, (D) a design value without a source. Ranges are [least, greatest] of
 * a uniform draw. Frozen before any detector is tuned: change them to match recordings, never to suit a
 * detector.
 */
export const PARAMETERS = {
  // The room
  carrierHz: { value: 2.437e9, source: 'IEEE 802.11, channel 6' },
  subcarrierSpacingHz: { value: 312_500, source: 'IEEE 802.11, 20 MHz' },
  reflectionOrder: { value: 3, source: 'Allen & Berkley, JASA 65(4) 1979: images; the order is (D)' },
  panelReflectionOrder: { value: 1, source: '(D) bounces on either side of the door panel' },
  patchM: { value: 0.06, source: '(D) half a wavelength' },
  panelSubcarrierSpacing: {
    value: 4,
    source: '(D) cubic interpolation between: 1.25 MHz turns a path of 10 m by 15°',
  },
  angleStepDeg: { value: 0.5, source: '(D) free edge moves 8 mm; cubic interpolation between' },
  pathChangeSdM: { value: 0.003, source: '(D) of each bounce, from session to session' },
  tailImages: { value: 6, source: '(D) stand for the reflections of higher order' },
  tailM: { value: [8, 25], source: '(D) beyond the receiver: 27..83 ns, a room reverberates for some 20 ns' },
  tailGain: {
    value: [0.5, 1.3],
    source: '(measured) so that the same marker changes by 0.13 (0.05..0.36) between sessions',
  },

  // The door
  swingSeconds: { value: [0.8, 3], source: '(D)' },
  closedDeg: { value: [0, 0.3], source: '(D) play of the latch' },
  ajarDeg: { value: [20, 35], source: '(D)' },
  openDeg: { value: [80, 90], source: '(D)' },
  closedBelowDeg: { value: 2, source: '(D) where a resting door counts as closed' },
  openFromDeg: { value: 60, source: '(D) where a resting door counts as open' },
  passThroughShare: { value: 0.75, source: '(D) at least 70 % of openings in a home' },
  passThroughHoldSeconds: { value: [0, 0.3], source: '(D)' },
  closedSeconds: { value: [8, 25], source: '(D) of the demonstration' },
  standingSeconds: { value: [8, 20], source: '(D) of the demonstration' },
  ajarShare: { value: 0.4, source: '(D) of the openings that stay' },
  visitGapSeconds: { value: 20, source: '(D) between two visits of a session' },

  // The transmitter and the way through the air
  sendJitterSdUs: { value: 150, source: '(D) waiting for a free channel' },
  intervalPerSendJitterSd: { value: 20, source: '(D) at least: packets are never sent out of order' },
  lossRatio: { value: [0.01, 0.1], source: '(D) drawn for each session' },
  lossBurstPackets: { value: 3, source: 'Gilbert, BSTJ 39(5) 1960: two states; the mean length is (D)' },

  // The receiver
  clockOffsetPpm: { value: [-40, 40], source: '(D) crystals of both ends together' },
  bootUs: { value: [2e6, 90e6], source: '(D) device time at which a session begins' },
  timingJitterSdNs: { value: 20, source: '(D) start of the FFT window: a phase slope' },
  rippleDb: { value: 1, source: '(D) greatest of the fixed ripple of a board' },
  rippleTerms: { value: 3, source: '(D) slow over the band, as filters and antennas make it' },
  shapeNoiseSd: {
    value: [0.0185, 0.029],
    source: '(measured) 0.015..0.04; within it, so that means over 1 s scatter by 0.002..0.0035 (measured)',
  },
  lockedGainSdDb: { value: 0.24, source: '(measured) gain locked' },
  unlockedGainSdDb: { value: 0.75, source: '(measured) 1.1..1.4 dB together with the low state' },
  lowStateShare: { value: [0.09, 0.18], source: '(measured) classic ESP32, gain not locked' },
  lowStateDb: { value: -3, source: '(measured) the same' },
  targetAmplitude: { value: [28, 40], source: '(measured) mean amplitude 20..50 steps of the converter' },
  fullScaleDb: { value: 40, source: '(D) steps of the converter for a channel of 0 dB at gain 0' },
  transmitDbm: { value: 14, source: '(D) 802.11g at 6 Mbit/s, less both antennas' },
  rssiSdDb: { value: 0.5, source: '(D) before it is rounded to 1 dB' },
  noiseFloorDbm: { value: -95, source: '(measured) usual value' },
} as const

/** Recommendation ITU-R P.2040-1, table 3: relative permittivity a·f^b, conductivity c·f^d S/m, f in GHz. */
export const MATERIALS = {
  concrete: { a: 5.31, b: 0, c: 0.0326, d: 0.8095 },
  plasterboard: { a: 2.94, b: 0, c: 0.0116, d: 0.7076 },
  wood: { a: 1.99, b: 0, c: 0.0047, d: 1.0718 },
} as const
