// pm2-runtime ecosystem.config.js: the appliance under pm2. systemd runs exactly this on a Pi.
// Paths and the configuration can be set from outside; defaults are those of a provisioned Pi.
const config = process.env.AJAR_CONFIG ?? '/etc/ajar/ajar.yaml'
const extra = process.env.AJAR_ARGS ? process.env.AJAR_ARGS.split(' ') : []

export const apps = [
  {
    name: 'ajar',
    cwd: import.meta.dirname,
    script: 'dist/cli.js',
    args: ['run', '--config', config, ...extra],
    // glibc gives each thread a heap of its own and returns little of it: two heaps instead of one a thread save 6 MB.
    env: { MALLOC_ARENA_MAX: '2' },
    exec_mode: 'fork',
    instances: 1,
    autorestart: true,
    exp_backoff_restart_delay: 200, // ms; doubles up to 15 s, so a crash loop does not wear the card
    kill_timeout: 10_000, // ms; the appliance stops its parts in reverse, each with a deadline below this
    time: false,
  },
]
