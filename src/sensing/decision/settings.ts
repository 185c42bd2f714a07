/**
 * What the decision is tuned by. A complete object: defaults stand in config/schema.ts alone and are named
 * here with their bounds and source: (R) read in the literature, (M) measured on public recordings, (D) a
 * design value.
 */
export interface DecisionSettings {
  /**
   * Least posterior probability at which a state is shown, 0.5..1. Default 0.65 (D; replaying captures/two-state
   * with each session left out, 0.8 ends with 27 % of the visits unknown and 6 % wrong, 0.65 with 11 % and 10 %).
   */
  minConfidence: number
  /**
   * A state that is shown is kept until its posterior falls below this, 0.5..minConfidence, so that a reading
   * at the edge does not flicker. Default 0.5 (D).
   */
  keepConfidence: number
  /**
   * Least posterior probability at which a place is shown that a burst under way leads to, 0.5..1: it may lead on.
   * Default 0.9 (D).
   */
  movingConfidence: number
  /**
   * Exponent on the evidence of the standing channel once a model of events has seen what the door did: the channel's
   * own offset in this session is common to both places. 0..1. Default 0.4 (D).
   */
  confirmingExponent: number
  /** Change of the confidence that makes a new reading, 0..1. Default 0.05 (D). */
  confidenceStep: number
  /**
   * Exponent on the evidence of one stretch once the next has begun, 0..1: what the stretches of one session
   * have in common (its offset) must not count anew each time. Default 0.5 (D).
   */
  evidenceExponent: number
  /** No window is believed to be less probable than this under any state, 0..0.5. Default 0.02 (D). */
  evidenceFloor: number
  /**
   * Time that a stretch of quiet, or of motion, must have been seen before its evidence counts, and the
   * shortest quiet that ends a motion, ms, 0..1000. Default 600 (D).
   */
  minQuietMs: number
  /** Windows this soon after motion still hold some of it and are no evidence, ms. Default 200 (D). */
  settleMs: number
  /**
   * Memory of what is seen now, ms: recent evidence against the state shown makes it `displaced`, and most of
   * the recent windows out of distribution make it unknown. Default 3000 (D).
   */
  recentMs: number
  /** A window whose outOfDistribution exceeds this is no evidence. Default 1, the training's 99th percentile (D). */
  outOfDistributionLimit: number
  /** Probability that the door changes its place unseen within one second of quiet. Default 1e-6 (D). */
  jumpProbability: number
  /**
   * Rate at which swings of the door begin while motion is young, 1/s: how soon motion makes the old state
   * doubtful, and how little the old state weighs against what is seen after. Default 0.2 (D).
   */
  swingsPerSecond: number
  /** The same once motion has lasted longer than any swing: people, mostly, 1/s. Default 0.03 (D). */
  laterSwingsPerSecond: number
  /** Shortest swing of a door, ms. Default 800 (D; the simulator's 0.8 to 3 s). */
  swingMinMs: number
  /** Longest swing, ms; motion is seen for up to signal.motionWindowMs longer than it lasts. Default 4500 (D). */
  swingMaxMs: number
  /** Share of swings that turn round and end where they began, 0..1. Default 0.2 (D). */
  reversalShare: number
  /** Share of the other swings that end ajar, where the model knows ajar, 0..1. Default 0.25 (D). */
  ajarShare: number
  /** Time without windows after which nothing earlier counts, ms of device time. Default 2000 (D). */
  gapResetMs: number
  /** No window for this long: the link is stale, ms of host time; loss must show within 5 s. Default 3000 (D). */
  staleMs: number
}
