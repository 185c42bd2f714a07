import { Option, type Command } from 'commander'

interface Cli {
  action<A extends unknown[]>(body: (...args: A) => Promise<number>): (...args: A) => Promise<void>
  json(): Option
  config(): Option
  whole(least: number, most: number): (text: string) => number
  list(text: string): string[]
  out(line: string): void
  progress(line: string): void
  untilSignalled(): AbortSignal
}

/** What `ajar calibrate` takes. */
export function addCalibrateCommand(program: Command, cli: Cli): void {
  const { action, json, config, whole, list, out, progress, untilSignalled } = cli
  program
    .command('calibrate')
    .description('guided visits of a door without a reed switch: verdict, report and model')
    .addOption(
      new Option('--markers <list>', 'closed,ajar,open (the default), or degrees: 0,15,45,90').argParser(
        list,
      ),
    )
    .addOption(new Option('--states <list>', 'what markers mean: 45=ajar,wide=open').argParser(list))
    .addOption(new Option('--visits <n>', 'of each marker in a session (2)').argParser(whole(2, 50)))
    .addOption(new Option('--seconds <n>', 'of each visit (60)').argParser(whole(5, 3600)))
    .option('--add', 'one more session, best on another day')
    .addOption(
      new Option('--sessions <n>', 'so many at once, the receiver being reset between where it can be')
        .argParser(whole(1, 50))
        .default(1),
    )
    .option('--out <directory>', 'folder of the calibration (calibration in the data directory)')
    .addOption(
      new Option('--family <name>', 'kind of classifier')
        .choices(['lda', 'mlp', 'conv', 'best'])
        .default('lda'),
    )
    .option('--merge', 'markers that cannot be told apart become one')
    .option('--force', 'a model whatever the verdict is')
    .option('--simulate <site[:seed]>', 'a simulated site instead, for trying')
    .addOption(new Option('--port <device>', 'serial port of the receiver').conflicts('simulate'))
    .addOption(config())
    .addOption(new Option('--http-port <number>', 'of the running appliance').argParser(whole(0, 65535)))
    .option('--data-dir <directory>', 'where the running appliance keeps its data')
    .option('--yes', 'wait for nobody: something else moves the door')
    .addOption(json())
    .action(
      action(async (options) => {
        const { calibrate } = await import('../calibrate.js')
        const { add, merge, force, yes } = options
        const flags = { add: add === true, merge: merge === true, force: force === true, yes: yes === true }
        const chosen = { ...options, ...flags, json: options.json === true }
        return calibrate(chosen, { out, progress }, process.stdin, untilSignalled())
      }),
    )
}
