import type { Command, Option } from 'commander'

interface Parts {
  action<A extends unknown[]>(body: (...args: A) => Promise<number>): (...args: A) => Promise<void>
  json(): Option
  /** Which configuration, data directory and port the running appliance has. */
  running(command: Command): Command
  untilSignalled(): AbortSignal
  out(line: string): void
}

/** `ajar place`. */
export function addPlaceCommand(program: Command, parts: Parts): void {
  const { action, json, running, untilSignalled, out } = parts
  running(program.command('place').description('two minutes at the door: can the link work where it stands?'))
    .option('--port <device>', 'open this port here, instead of asking the running appliance')
    .addOption(json())
    .action(
      action(async (options) => {
        const { place } = await import('../place.js')
        return place({ ...options, json: options.json === true }, untilSignalled(), out)
      }),
    )
}
