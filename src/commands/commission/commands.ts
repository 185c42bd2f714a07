import { Option, type Command } from 'commander'

interface Parts {
  action<A extends unknown[]>(body: (...args: A) => Promise<number>): (...args: A) => Promise<void>
  json(): Option
  whole(least: number, most: number): (text: string) => number
  /** Which configuration, data directory and port the running appliance has. */
  running(command: Command): Command
  untilSignalled(): AbortSignal
  out(line: string): void
  progress(line: string): void
}

/** `ajar commission`. */
export function addCommissionCommand(program: Command, parts: Parts): void {
  const { action, json, whole, running, untilSignalled, out, progress } = parts
  const command = program
    .command('commission')
    .description('learn this door from a reed switch: begin with the door closed, then leave')
    .addOption(new Option('--reed-pin <n>', 'line of the reed switch (BCM number)').argParser(whole(0, 53)))
    .option('--inverted', 'the line is low while the door is open')
    .addOption(new Option('--status', 'only show how far it is').conflicts(['reedPin', 'stop', 'trainNow']))
    .addOption(new Option('--stop', 'watch the reed no longer').conflicts(['reedPin', 'trainNow']))
    .addOption(
      new Option('--train-now', 'train at once from what was labelled so far').conflicts([
        'reedPin',
        'inverted',
      ]),
    )
  running(command)
    .addOption(json())
    .action(
      action(async (options) => {
        const { commission } = await import('../commission.js')
        const flags = {
          inverted: options.inverted === true,
          status: options.status === true,
          stop: options.stop === true,
          trainNow: options.trainNow === true,
          json: options.json === true,
        }
        return commission({ ...options, ...flags }, { out, progress }, untilSignalled())
      }),
    )
}
