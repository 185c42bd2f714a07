import { Option, type Command } from 'commander'
import { SITE_NAMES } from '../../learning/simulator/sites.js'

interface Parts {
  /** Makes the exit code of a body that of the process. */
  action<A extends unknown[]>(body: (...args: A) => Promise<number>): (...args: A) => Promise<void>
  json(): Option
  out(line: string): void
  progress(line: string): void
  whole(least: number, most: number): (text: string) => number
}

export function addTrialCommand(program: Command, { action, json, out, progress, whole }: Parts): void {
  const days = (text: string) => text.split(',').map(whole(0, 364))
  program
    .command('trial')
    .description('simulated: learn from a reed for some days, then live for others against the truth')
    .addOption(new Option('--site <name>', 'simulated site').choices(SITE_NAMES).default('metal-doorway'))
    .addOption(new Option('--seed <n>', 'of the home').argParser(whole(0, 2 ** 31)).default(1))
    .addOption(new Option('--learn-days <n>', 'days with a reed').argParser(whole(1, 60)).default(7))
    .addOption(
      new Option('--days <n>', 'days after them; 0 = the verdict only').argParser(whole(0, 365)).default(30),
    )
    .addOption(new Option('--rate <n>', 'packets a second').argParser(whole(10, 1000)).default(100))
    .addOption(
      new Option('--nudge-days <list>', 'someone bumps into an antenna at noon of these').argParser(days),
    )
    .addOption(json())
    .action(
      action(async (options) => {
        const { trial } = await import('../trial.js')
        const { site, seed, learnDays, days: live, rate, nudgeDays, json: asJson } = options
        const chosen = {
          site,
          seed,
          learnDays,
          days: live,
          packetsPerSecond: rate,
          nudgeDays,
          json: asJson === true,
        }
        return trial(chosen, { out, progress })
      }),
    )
}
