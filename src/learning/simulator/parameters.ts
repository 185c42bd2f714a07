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

  // People
  walkMPerS: { value: [0.8, 1.5], source: '(D) usual speed within doors' },
  walkMPerS2: { value: 1.2, source: '(D) from rest to that and back, on each straight way' },
  strideM: { value: 1.3, source: '(D) two steps' },
  legSwingM: { value: 0.25, source: '(D) of feet and hands, before and behind' },
  personCrossSectionM2: {
    value: [1.5, 4],
    source:
      '(measured) walking moves log amplitude by about 0.1 rms, captures/motion; some four times that of a body in free space, for the ways by it that are not followed',
  },
  personWidthM: { value: [0.38, 0.5], source: '(D) of the strip that throws the shadow' },
  personHeightM: { value: 1.72, source: '(D)' },
  sittingHeightM: { value: 1.25, source: '(D)' },
  bodyTailImages: { value: 3, source: '(D) of the tail, at either end, as strong together as all' },
  softEdgeM: { value: 0.25, source: '(D) edges of doorway and panel for waves off a person: a Fresnel zone' },
  nearestM: { value: 0.3, source: '(D) nobody comes nearer to an antenna, nor is any wave stronger' },
  breathsPerS: { value: [0.2, 0.3], source: '(D) at rest' },
  breathM: { value: [0.004, 0.01], source: '(D) way of the chest' },
  fidgetEverySeconds: { value: [40, 400], source: '(D)' },
  fidgetSeconds: { value: [0.8, 2.5], source: '(D)' },
  fidgetM: { value: [0.05, 0.25], source: '(D) way of an arm' },
  postureSdM: { value: 0.02, source: '(D) how else someone sits after a fidget' },
  exitFadeM: { value: 1, source: '(D) way over which someone who comes in by another door appears' },
  wallClearanceM: { value: 0.5, source: '(D) of where people go' },
  antennaClearanceM: { value: 0.6, source: '(D) of where people stand' },

  // What they do in a day
  wakeHour: { value: [6.3, 7.7], source: '(D)' },
  bedHour: { value: [22, 23.7], source: '(D)' },
  doorUses: { value: [20, 60], source: '(D) a day, looked for; fewer where the door stands open' },
  dayPassThroughShare: { value: 0.8, source: '(D) of the openings of a household; at least 70 %' },
  passThroughPauseSeconds: { value: [0, 0.6], source: '(D) from being through to closing' },
  reachSeconds: { value: [0.2, 0.8], source: '(D) from standing at the door to its first motion' },
  stayOpenMinutes: { value: [1, 180], source: '(D) log-uniform: a door that is left open or ajar' },
  turnBackShare: { value: 0.3, source: '(D) of those who open and stay on their side' },
  personOnly: { value: [15, 40], source: '(D) walks a day that do not touch the door' },
  waypoints: { value: [1, 5], source: '(D) of such a walk' },
  lingerSeconds: { value: [0, 8], source: '(D) at each' },
  companyShare: { value: 0.12, source: '(D) of door uses: someone else walks about meanwhile' },
  sitShare: { value: 0.35, source: '(D) of walks that end in a seat of the room' },
  sitMinutes: { value: [4, 120], source: '(D) log-uniform' },
  occupants: { value: 2, source: '(D)' },
  restSeconds: { value: [6, 40], source: '(D) at least from one doing to the next' },

  // What else changes
  furniturePieces: { value: 3, source: '(D) in each room that are ever moved' },
  furnitureCrossSectionM2: { value: [0.1, 0.5], source: '(D) of a chair or box' },
  furnitureSizeM: { value: 0.45, source: '(D)' },
  furnitureTopM: { value: 0.85, source: '(D)' },
  furnitureMovesPerDay: { value: [1, 3], source: '(D) whole number' },
  furnitureMoveM: { value: [0.3, 1.5], source: '(D)' },
  furnitureMPerS: { value: 0.5, source: '(D)' },
  driftWaves: { value: 5, source: '(D)' },
  driftM: { value: [0, 20], source: '(D) extra way' },
  driftHours: { value: 24, source: '(D) time constant of the drift' },
  driftSd: {
    value: 0.18,
    source:
      '(measured) days apart it changes the shape by 0.05..0.36, as sessions do; that it comes slowly is (D)',
  },
  dayLevelDb: { value: 0.3, source: '(D) temperature of both boards' },
  nudgeM: { value: [0.005, 0.02], source: '(D) of an antenna that is bumped' },
  hoursBetweenReboots: { value: [24, 72], source: '(D) of the receiver' },
  rebootClockUs: { value: 800_000, source: '(D) what the clock shows when packets come again' },
  rebootSeconds: { value: [3, 8], source: '(D) without packets' },
  hoursBetweenLevelSteps: { value: [24, 120], source: '(D) transmit power or an unreported gain' },
  levelStepDb: { value: [0.7, 2.5], source: '(D) up or down, with no change of shape' },
  eventMarginSeconds: { value: 20, source: '(D) before and after what happens' },

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
