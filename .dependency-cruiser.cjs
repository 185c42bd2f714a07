/** Who may import whom; held by the test command. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^src/', pathNot: allowed },
})
const owner = (pkg, folders) => ({
  name: `only-${folders}-uses-${pkg}`,
  severity: 'error',
  from: { path: '^src/', pathNot: folders },
  to: { path: `node_modules/${pkg}(/|$)`, dependencyTypesNot: ['type-only'] },
})
const ACROSS =
  '^src/(pipeline|configured-pipeline|appliance|appliance-commissioning|appliance-view|cli)\\.ts$|^src/commands/'

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'domain-imports-nothing',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { pathNot: '^src/domain/' },
    },
    only('platform-imports-domain', '^src/platform/', '^src/(platform|domain)/'),
    only('config-imports-domain-platform', '^src/config/', '^src/(config|platform|domain)/'),
    only('sensing-imports-domain-platform', '^src/sensing/', '^src/(sensing|domain|platform)/'),
    ...['link', 'wire', 'packet', 'signal', 'model', 'decision'].map((stage) => ({
      name: `${stage}-stands-alone`,
      severity: 'error',
      from: { path: `^src/sensing/${stage}/` },
      to: { path: '^src/sensing/', pathNot: `^src/sensing/(${stage}|wire)/|^src/sensing/model/artefact` },
    })),
    only('learning-imports-sensing', '^src/learning/', '^src/(learning|sensing|domain|platform)/'),
    only('outputs-import-domain-platform', '^src/outputs/', '^src/(outputs|domain|platform)/'),
    ...['store', 'gpio', 'api'].map((output) => ({
      name: `${output}-stands-alone`,
      severity: 'error',
      from: { path: `^src/outputs/${output}/` },
      to: { path: '^src/outputs/', pathNot: `^src/outputs/${output}/` },
    })),
    {
      name: 'nothing-imports-the-top',
      severity: 'error',
      from: { path: '^src/', pathNot: ACROSS },
      to: { path: ACROSS },
    },
    {
      name: 'pure-stages-do-no-io',
      severity: 'error',
      from: {
        path: '^src/sensing/(signal|burst|decision)/|^src/learning/(survey/|simulator/|commissioning/placement)',
      },
      // jStat computes quantiles and nothing else.
      to: { dependencyTypes: ['core', 'npm'], pathNot: 'node_modules/jstat/' },
    },
    {
      // Reading a model, loading an engine and trying it in another process stand in these files alone.
      name: 'model-does-io-in-few-files',
      severity: 'error',
      from: {
        path: '^src/sensing/model/',
        pathNot: '/(artefact|artefact-manifest|engine-int8-simd|engine-probe|tensorflow)\\.ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
    owner('serialport', '^src/sensing/link/'),
    owner('better-sqlite3', '^src/(outputs|trainer)/store/'),
    owner('@tensorflow/[^/]+', '^src/sensing/model/|^src/learning/training/'),
    owner('jstat', '^src/learning/survey/'),
    owner('onoff', '^src/outputs/gpio/'),
    owner('ml-(knn|random-forest)', '^src/learning/evaluation/'),
    owner('koa', '^src/(outputs/api|trainer)/'),
    owner('@koa/[^/]+', '^src/(outputs/api|trainer)/'),
    owner('prom-client', '^src/outputs/api/'),
    owner('node-cron', '^src/appliance\\.ts$|^src/platform/schedule\\.ts$'),
    owner('commander', '^src/cli\\.ts$|^src/commands/'),
    owner('onnxruntime-node', '^src/commands/bench/'),
    owner('pino', '^src/platform/logger\\.ts$'),
    owner('yaml', '^src/config/|^src/learning/dataset/'),
    { name: 'pm2-is-run-never-imported', severity: 'error', from: {}, to: { path: 'node_modules/pm2' } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    includeOnly: undefined,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
