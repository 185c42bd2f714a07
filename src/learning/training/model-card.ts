import type { Manifest } from '../../sensing/model/artefact-manifest.js'

type Evaluation = NonNullable<Manifest['trained']['evaluation']>
type About = Pick<Manifest, 'id' | 'family' | 'simulated' | 'layoutId' | 'features' | 'outputs' | 'trained'>

/** card.md: what the model is, what it was trained on and what may be said of it. */
export function modelCard({ id, family, simulated, layoutId, features, outputs, trained }: About): string {
  const lines = [
    `# Model ${id}${simulated ? ' (simulated)' : ''}`,
    '',
    ...(simulated
      ? [
          '**Everything about this model is simulated**: trained and scored on a simulated site, for demonstrations only.',
          'No figure below says anything about a real door.',
          '',
        ]
      : []),
    '| | |',
    '|---|---|',
    `| family | ${family}, int8 |`,
    `| input | features \`${features.name}\` of a window of ${features.windowMs} ms, ${features.bins} bins |`,
    `| subcarrier layout | ${layoutId} |`,
    `| outputs | ${outputs.map(({ marker, state }) => `${marker} → ${state}`).join(', ')} |`,
    `| data set | ${trained.dataset}${trained.date === undefined ? '' : `, recorded ${trained.date}`} |`,
    `| places | ${trained.places.join(', ')} |`,
    `| sessions | ${trained.sessions.join(', ')} |`,
    `| windows | ${trained.windows} |`,
    ...network(trained),
    `| shrinkage of the covariance | ${trained.shrinkage} |`,
    `| temperature | ${trained.temperature} |`,
    `| int8 gives the float model's class | ${percent(trained.int8Agreement)} of the training windows |`,
    ...(trained.int8AccuracyChange === undefined
      ? []
      : [`| balanced accuracy on them, int8 less float | ${points(trained.int8AccuracyChange)} |`]),
    '| engines | each must give the golden vectors, bit for bit at every layer, before it runs this model |',
    ...(trained.made === undefined ? [] : [`| made on | ${trained.made} |`]),
    `| code | ajar ${trained.codeVersion} |`,
    '',
    '## Scores',
    '',
    ...scores(trained.evaluation),
    '',
  ]
  return lines.join('\n')
}

function scores(evaluation: Manifest['trained']['evaluation']): string[] {
  if (evaluation === undefined)
    return [
      'Not scored and not calibrated: there is one recording only of some marker, so none could be left out.',
    ]
  const { leftOut, balancedAccuracy, majority, rssiThreshold, bySession, compared } = evaluation
  const { choiceBalancedAccuracy, methods = [] } = evaluation
  return [
    `Balanced accuracy over windows, each ${leftOut} left out whole once:`,
    '',
    '| this model | RSSI threshold | majority |',
    '|---|---|---|',
    `| ${percent(balancedAccuracy)} | ${percent(rssiThreshold)} | ${percent(majority)} |`,
    '',
    ...(leftOut === 'visit'
      ? ['Too kind: other visits of the same session were trained on. Record more sessions.', '']
      : []),
    ...families(compared),
    ...(choiceBalancedAccuracy === undefined
      ? []
      : [
          `The choice itself, each session scored by the family that is chosen without it: ${percent(choiceBalancedAccuracy)}.`,
          '',
        ]),
    '| session | marker | windows | called right |',
    '|---|---|---|---|',
    ...bySession.map(
      ({ session, marker, windows, recall }) =>
        `| ${session} | ${marker} | ${windows} | ${percent(recall)} |`,
    ),
    ...methodTable(methods, bySession),
  ]
}

function network({ network: how }: Manifest['trained']): string[] {
  if (how === undefined) return []
  const { backend, seed, epochs, wantedEpochs } = how
  const cut =
    epochs < wantedEpochs
      ? ` of ${wantedEpochs}: **cut short by the time limit, unlike what was scored**`
      : ''
  return [`| trained by | ${backend}, seed ${seed}, ${epochs} epochs${cut} |`]
}

/** What was tried beside it. */
function families(compared: Evaluation['compared']): string[] {
  if (compared === undefined) return []
  return [
    'Families on the same folds; a network is used only where it is beyond LDA by more than nothing:',
    '',
    '| family | balanced accuracy | beyond LDA, lower end of the paired 95 % interval |',
    '|---|---|---|',
    ...compared.map(
      ({ family, balancedAccuracy, beyondLda }) =>
        `| ${family} | ${percent(balancedAccuracy)} | ${family === 'lda' ? '' : points(beyondLda)} |`,
    ),
    '',
  ]
}

/** Every method by session, so that nobody need take a mean on trust. */
function methodTable(
  methods: NonNullable<Evaluation['methods']>,
  bySession: Evaluation['bySession'],
): string[] {
  if (methods.length === 0) return []
  const gain = ({ gainOverFiveNumbers: one }: (typeof methods)[number]) =>
    one === undefined
      ? ''
      : `${points(one.mean)}${one.lower95 === undefined ? '' : `, at least ${points(one.lower95)}`}`
  return [
    '',
    'Everything that was tried on the same folds; over the five numbers: recall paired by session, 95 %:',
    '',
    `| | ${methods.map(({ method }) => method).join(' | ')} |`,
    `|---|${methods.map(() => '---|').join('')}`,
    `| balanced accuracy | ${methods.map((one) => percent(one.balancedAccuracy)).join(' | ')} |`,
    `| over the five numbers | ${methods.map(gain).join(' | ')} |`,
    ...bySession.map(
      ({ session, marker }, index) =>
        `| ${session} ${marker} | ${methods.map(({ recalls }) => percent(recalls[index])).join(' | ')} |`,
    ),
  ]
}

function points(share: number): string {
  return `${(100 * share).toFixed(1)} points`
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
