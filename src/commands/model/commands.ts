import { Option, type Command } from 'commander'
import { ENGINE_NAMES } from '../../domain/model.js'

interface Parts {
  /** Makes the exit code of a body that of the process. */
  action<A extends unknown[]>(body: (...args: A) => Promise<number>): (...args: A) => Promise<void>
  json(): Option
  out(line: string): void
}

/** `ajar model …`; the body of each is one file in this folder. */
export function addModelCommands(program: Command, { action, json, out }: Parts): void {
  const model = program.command('model').description('look after models')
  const engine = () => new Option('--engine <name>', 'what executes it').choices(ENGINE_NAMES)

  model
    .command('show')
    .description('the card of a model: what it is, what it was trained on, what may be said of it')
    .argument('<directory>')
    .addOption(json())
    .action(
      action(async (directory: string, options) => {
        const { showModel } = await import('./show.js')
        return showModel(directory, { json: options.json === true }, out)
      }),
    )

  model
    .command('verify')
    .description('check a model: every byte, its bounds and its golden vectors')
    .argument('<directory>')
    .addOption(engine())
    .addOption(json())
    .action(
      action(async (directory: string, options) => {
        const { verifyModel } = await import('./verify.js')
        return verifyModel(directory, { json: options.json === true, engine: options.engine }, out)
      }),
    )

  model
    .command('probe', { hidden: true })
    .description('try an engine where it may crash')
    .argument('<directory>')
    .addOption(engine().makeOptionMandatory())
    .action(
      action(async (directory: string, options) => {
        const { probeModel } = await import('./probe.js')
        return probeModel(directory, options.engine, out)
      }),
    )

  model
    .command('hash', { hidden: true })
    .description('hashes of what an engine computes, to compare machines')
    .argument('<directory>')
    .addOption(engine().makeOptionMandatory())
    .action(
      action(async (directory: string, options) => {
        const { hashModel } = await import('./hash.js')
        return hashModel(directory, options.engine, out)
      }),
    )

  model
    .command('export')
    .description('write a model for other runtimes')
    .argument('<directory>')
    .requiredOption('--onnx <file>', 'ONNX file to write, int8 weights with QDQ; must not exist')
    .addOption(json())
    .action(
      action(async (directory: string, options) => {
        const { exportModel } = await import('./export.js')
        return exportModel(directory, { onnx: options.onnx, json: options.json === true }, out)
      }),
    )

  model
    .command('diff')
    .description('what two models say differently')
    .argument('<directory>')
    .argument('<other>')
    .addOption(json())
    .action(
      action(async (one: string, other: string, options) => {
        const { diffModels } = await import('./diff.js')
        return diffModels([one, other], { json: options.json === true }, out)
      }),
    )
}
