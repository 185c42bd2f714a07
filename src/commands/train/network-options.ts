import { Option, type Command } from 'commander'

/** How networks are trained, wherever they are. */
export function addNetworkOptions(
  command: Command,
  whole: (least: number, most: number) => (text: string) => number,
): Command {
  return command
    .addOption(
      new Option(
        '--time-limit <seconds>',
        'for computing networks; without it they stop by themselves',
      ).argParser(whole(1, 1_000_000)),
    )
    .addOption(
      new Option('--seed <n>', 'of a network: the same gives the same on one backend')
        .argParser(whole(0, 2 ** 31))
        .default(1),
    )
    .addOption(
      new Option('--backend <name>', 'of networks; default: tfjs-node where it loads').choices([
        'tfjs-node',
        'tfjs-wasm',
      ]),
    )
}
