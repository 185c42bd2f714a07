import path from 'node:path'
import type { Config } from '../../config/schema.js'
import { mayGoLive, MODELS_FOLDER, ReedModels } from '../../learning/commissioning/current-model.js'
import { readJournal } from '../../learning/commissioning/journal-reader.js'
import { trainFromReed } from '../../learning/commissioning/reed-training.js'
import { dayOf } from '../../learning/commissioning/sessions.js'
import { writeArtefact } from '../../learning/training/artefact-files.js'
import { refuseIfStopped } from '../../learning/training/stopped.js'
import { SystemClock } from '../../platform/clock.js'

/**
 * The journal → `models/<door>-<day>/` with its certificate. The appliance notices that another model is current and
 * goes live with it. Stopped, or without power, it leaves what was there.
 */
export async function trainFromJournal(
  config: Config,
  json: boolean,
  io: { out(line: string): void; progress(line: string): void },
  signal: AbortSignal,
): Promise<number> {
  const models = new ReedModels(path.join(config.dataDirectory, MODELS_FOLDER))
  const journal = await readJournal(path.join(config.dataDirectory, 'commissioning'))
  const now = new SystemClock().now()
  const day = dayOf(now)
  const { certificate, files } = await trainFromReed(journal, {
    id: models.freeId(config.door.id, day),
    door: config.door.id,
    ...(now.wallTrusted ? { made: day } : {}),
    nowMs: () => performance.now(),
    progress: io.progress,
    signal,
  })
  refuseIfStopped(signal)
  const directory = path.join(models.directory, certificate.model)
  writeArtefact(directory, files)
  const current = models.promote(certificate)
  models.prune()
  if (json)
    io.out(JSON.stringify({ ...certificate, directory, current, live: current && mayGoLive(certificate) }))
  else {
    io.out(certificate.text)
    for (const line of certificate.advice) io.out(`  → ${line}`)
    io.out(
      !current
        ? `${directory} may not decide; the model before it goes on.`
        : mayGoLive(certificate)
          ? `${directory} decides from now on.`
          : `${directory} may not decide: motion only.`,
    )
  }
  return 0
}
