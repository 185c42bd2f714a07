import { Option, type Command } from 'commander'
import type { Pace } from '../../sensing/link/capture-file.js'

interface Parts {
  action<A extends unknown[]>(body: (...args: A) => Promise<number>): (...args: A) => Promise<void>
  json(): Option
  /** Which configuration, data directory and port the running appliance has. */
  running(command: Command): Command
  config(): Option
  pace(text: string): Pace
  untilSignalled(): AbortSignal
  out(line: string): void
}

/** `ajar flag` and `ajar replay`: what to do when a reading is wrong. */
export function addReplayCommands(program: Command, parts: Parts): void {
  const { action, json, running, config, pace, untilSignalled, out } = parts

  running(program.command('flag').description('say that the reading is wrong: keeps the last two minutes'))
    .argument('[note]', 'what is so in truth', '')
    .addOption(json())
    .action(
      action(async (note: string, options) => {
        const { flag } = await import('../flag.js')
        return flag(note, { ...options, json: options.json === true }, out)
      }),
    )

  program
    .command('replay')
    .description('run a flag or any recording through the pipeline and show why it reads as it does')
    .argument('<file>')
    .addOption(config())
    .option('--model <directory>', 'model to run')
    .addOption(
      new Option('--speed <pace>', "'max', or a factor on the recording's own")
        .argParser(pace)
        .default('max'),
    )
    .option('--trace', 'each window too')
    .addOption(json())
    .action(
      action(async (file: string, options) => {
        const { replay } = await import('../replay.js')
        const { json: asJson = false, trace = false, ...rest } = options
        return replay(file, { ...rest, json: asJson, trace }, untilSignalled(), out)
      }),
    )
}
