#!/usr/bin/env node
// Builds models/demo anew from the simulator; the same code gives the same bytes. Run scripts/build first.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildDemoModel } from '../dist/commands/build-demo-model.js'

const directory = fileURLToPath(new URL('../models/demo', import.meta.url))
rmSync(directory, { recursive: true, force: true })
await buildDemoModel(directory, (line) => process.stderr.write(`${line}\n`))
