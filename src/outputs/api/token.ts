import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import type { Store } from '../../domain/store.js'
import { writeFileAtomic } from '../../platform/atomic-file.js'

const KEY = 'api.token'

/** The one bearer token: random, in a 0600 file for its owner, as a hash in the store. */
export class TokenStore {
  private readonly file: string

  constructor(
    private readonly store: Store,
    directory: string,
  ) {
    this.file = path.join(directory, 'api-token')
  }

  /** Makes the token at the first start, and where file and store no longer agree: a restored or salvaged database. */
  ensure(): void {
    if (!existsSync(this.file) || !this.accepts(readFileSync(this.file, 'utf8').trim())) this.rotate()
  }

  /** A new token; the old one ends. */
  rotate(): void {
    const token = randomBytes(32).toString('base64url')
    writeFileAtomic(this.file, `${token}\n`, 0o600)
    this.store.set(KEY, JSON.stringify({ sha256: sha256(token).toString('hex') }))
  }

  accepts(token: string): boolean {
    const known = this.store.get(KEY)
    if (known === undefined) return false
    const { sha256: hash } = JSON.parse(known) as { sha256: string }
    return timingSafeEqual(sha256(token), Buffer.from(hash, 'hex'))
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
