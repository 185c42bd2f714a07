import { createReadStream } from 'node:fs'
import { RecordingReader } from '../../sensing/link/recording.js'
import type { VisitEvidence } from './visit-evidence.js'
import { VisitWatch, type WatchSettings } from './visit-watch.js'

/** What a recording shows, as if it were watched now. Throws AjarError 'capture.damaged', or the system's error. */
export async function recordedVisit(file: string, settings: WatchSettings): Promise<VisitEvidence> {
  const watch = new VisitWatch(settings)
  for await (const { bytes, hostTimeUs } of new RecordingReader(createReadStream(file)).records())
    watch.push(bytes, hostTimeUs)
  return watch.evidence
}
