#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Argument, Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { addCalibrateCommand } from './commands/calibrate/command.js'
import { addCommissionCommand } from './commands/commission/commands.js'
import { addEvaluateCommands } from './commands/evaluate/commands.js'
import { addModelCommands } from './commands/model/commands.js'
import { addPlaceCommand } from './commands/place/commands.js'
import { addReplayCommands } from './commands/replay/commands.js'
import { addNetworkOptions } from './commands/train/network-options.js'
import { addTrialCommand } from './commands/trial/commands.js'
import { ENGINE_NAMES, type EngineName } from './domain/model.js'
import { AjarError, messageOf } from './platform/errors.js'

/** Exit codes of every command. */
const FAILED = 1
const WRONG_USE = 2

// Whoever reads what is written here may leave before its end: `| head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit()
})

const out = (line: string): void => void process.stdout.write(`${line}\n`)
const progress = (line: string): void => void process.stderr.write(`${line}\n`)
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string
}

const whole = (least: number, most: number) => (text: string) => {
  const value = Number(text)
  if (!Number.isInteger(value) || value < least || value > most)
    throw new InvalidArgumentError(`a whole number from ${least} to ${most} is needed.`)
  return value
}
const list = (text: string) => text.split(',').map((item) => item.trim())
const pace = (text: string) => {
  if (text === 'device' || text === 'max') return text
  const factor = Number(text)
  if (!(factor > 0)) throw new InvalidArgumentError("'device', 'max' or a factor above 0 is needed.")
  return factor
}

/** Aborted by the first SIGINT or SIGTERM; a second one ends the process at once. */
function untilSignalled(): AbortSignal {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => (controller.signal.aborted ? process.exit(FAILED) : controller.abort()))
  return controller.signal
}

const json = () => new Option('--json', 'machine-readable results on stdout')
const config = () => new Option('--config <file>', 'configuration (YAML); without it every default holds')
const overrides = (command: Command) =>
  command
    .addOption(
      new Option('--port <device>', 'serial port of the receiver').conflicts(['capture', 'simulate']),
    )
    .addOption(new Option('--capture <file>', 'replay a recording instead').conflicts('simulate'))
    .addOption(new Option('--pace <pace>', "of a recording: 'device', 'max' or a factor").argParser(pace))
    .option('--model <directory>', 'model to run')
    .addOption(new Option('--http-port <number>', 'port of the HTTP API; 0 = any').argParser(whole(0, 65535)))
    .option('--data-dir <directory>', 'where the database, the token and recordings are kept')

const running = (command: Command) =>
  command
    .addOption(config())
    .addOption(new Option('--http-port <number>', 'port of its HTTP API').argParser(whole(1, 65535)))
    .option('--data-dir <directory>', 'where it keeps its data')

const program = new Command('ajar')
  .description('Tells whether a door is closed, ajar or open from Wi-Fi channel state information.')
  .version(version)
  .exitOverride()

let exitCode = 0
const action =
  <A extends unknown[]>(body: (...args: A) => Promise<number>) =>
  async (...args: A) => {
    exitCode = await body(...args)
  }

overrides(program.command('run').description('run the appliance until it is stopped'))
  .addOption(config())
  .option('--simulate <site>', 'use the simulated site of this name')
  .action(
    action(async (options) => {
      const { run } = await import('./commands/run.js')
      return run({ ...options, version }, untilSignalled())
    }),
  )

overrides(
  program.command('demo').description('run the appliance on the simulator and print each change of state'),
)
  .addOption(config())
  .option('--simulate <site>', 'simulated site (metal-doorway)')
  .action(
    action(async (options) => {
      const { demo } = await import('./commands/demo.js')
      return demo({ ...options, version }, untilSignalled(), out)
    }),
  )

program
  .command('decode')
  .description('count the packets of recordings, and what does not decode')
  .argument('<files...>')
  .addOption(json())
  .action(
    action(async (files: string[], options) => {
      const { decode } = await import('./commands/decode.js')
      return decode(files, { json: options.json === true }, out)
    }),
  )

program
  .command('record')
  .description("record a receiver's bytes to a file")
  .requiredOption('--port <device>', 'serial port of the receiver')
  .requiredOption('--out <file>', 'file to write; must not exist')
  .addOption(new Option('--baud <rate>', 'baud rate').argParser(whole(9600, 3_000_000)).default(921_600))
  .addOption(new Option('--seconds <n>', 'stop after this long').argParser(whole(1, 86_400)).default(60))
  .addOption(json())
  .action(
    action(async (options) => {
      const { record } = await import('./commands/record.js')
      return record(
        {
          port: options.port,
          baudRate: options.baud,
          out: options.out,
          seconds: options.seconds,
          json: options.json === true,
        },
        untilSignalled(),
        out,
      )
    }),
  )

addNetworkOptions(program.command('train'), whole)
  .description('train a model from a data set')
  .argument('<dataset>', 'DATASET.yaml')
  .requiredOption('--out <directory>', 'directory of the model; must not exist')
  .addOption(
    new Option('--family <name>', 'kind of classifier; best: whichever wins with sessions left out')
      .choices(['lda', 'mlp', 'conv', 'best'])
      .default('lda'),
  )
  .addOption(
    new Option('--features <name>', 'what LDA sees of a window; networks have features of their own')
      .choices(['five-numbers', 'standing'])
      .default('five-numbers'),
  )
  .addOption(
    new Option('--sessions <names>', 'train on these sessions only').argParser(list).conflicts('without'),
  )
  .addOption(new Option('--without <names>', 'leave these sessions out').argParser(list))
  .addOption(json())
  .action(
    action(async (dataset: string, options) => {
      const { train } = await import('./commands/train.js')
      return train(dataset, { ...options, json: options.json === true }, { out, progress }, untilSignalled())
    }),
  )

addCalibrateCommand(program, { action, json, config, whole, list, out, progress, untilSignalled })

program
  .command('survey')
  .description('say what a position can claim, from labelled visits')
  .argument('<dataset>', 'DATASET.yaml')
  .option('--report <file>', 'HTML page to write')
  .option('--ignore-session-count', 'judge fewer than three sessions too')
  .addOption(json())
  .action(
    action(async (dataset: string, options) => {
      const { surveyDataset } = await import('./commands/survey.js')
      return surveyDataset(dataset, { ...options, json: options.json === true }, { out, progress })
    }),
  )

addEvaluateCommands(program, { action, json, out, progress, whole, list, untilSignalled })
addTrialCommand(program, { action, json, out, progress, whole })
addCommissionCommand(program, { action, json, whole, running, untilSignalled, out, progress })
addModelCommands(program, { action, json, out })
addPlaceCommand(program, { action, json, running, untilSignalled, out })
addReplayCommands(program, { action, json, running, config, pace, untilSignalled, out })

program
  .command('bench')
  .description('measure this machine: a minute and a half')
  .option('--soak', 'watch the appliance for ten minutes')
  .addOption(json())
  .action(
    action(async (options) => {
      const { bench } = await import('./commands/bench.js')
      return bench({ json: options.json === true, soak: options.soak === true }, untilSignalled, {
        out,
        progress,
      })
    }),
  )

program
  .command('bench-engine', { hidden: true })
  .description('measure one engine in a process of its own')
  .addArgument(new Argument('<engine>').choices(ENGINE_NAMES))
  .addOption(new Option('--ms <n>', 'how long').argParser(whole(1, 60_000)).makeOptionMandatory())
  .addOption(
    new Option('--windows <n>', 'windows of an epoch').argParser(whole(3, 100_000)).makeOptionMandatory(),
  )
  .action(
    action(async (engine: EngineName, options) => {
      const { benchEngine } = await import('./commands/bench/engine.js')
      return benchEngine(engine, { measureMs: options.ms, epochWindows: options.windows }, out)
    }),
  )

program
  .command('doctor')
  .description('check receiver, signal, GPIO, disk, clock and model, and say what to do')
  .addOption(config())
  .option('--port <device>', 'serial port of the receiver')
  .addOption(new Option('--seconds <n>', 'how long to listen').argParser(whole(1, 60)).default(5))
  .addOption(json())
  .action(
    action(async (options) => {
      const { doctor } = await import('./commands/doctor.js')
      return doctor({ ...options, json: options.json === true }, untilSignalled(), out)
    }),
  )

program
  .command('config')
  .description('print the effective configuration and where each value comes from')
  .addOption(config())
  .option('--check', 'only say whether it is valid')
  .addOption(json())
  .action(
    action(async (options) => {
      const { showConfig } = await import('./commands/config.js')
      return showConfig(options.config, { json: options.json === true, check: options.check === true }, out)
    }),
  )

program
  .command('token')
  .description('print the token that lets other machines use the HTTP API')
  .addOption(config())
  .option('--data-dir <directory>', 'where the appliance keeps its data')
  .action(
    action(async (options) => {
      const { token } = await import('./commands/token.js')
      return token(options, out)
    }),
  )

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) exitCode = error.exitCode === 0 ? 0 : WRONG_USE
  else {
    progress(`ajar: ${messageOf(error)}`)
    if (error instanceof AjarError) progress(`  → ${error.hint}`)
    else if (error instanceof Error) progress(error.stack ?? '')
    exitCode = error instanceof AjarError && error.code.startsWith('usage.') ? WRONG_USE : FAILED
  }
}
process.exitCode = exitCode
