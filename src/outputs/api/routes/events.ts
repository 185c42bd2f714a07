import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { z } from 'zod'
import type { ReadingUpdate } from '../../../domain/control.js'
import type { DoorReading } from '../../../domain/reading.js'
import { messageOf } from '../../../platform/errors.js'
import { doorJson } from '../door-json.js'
import type { ApiParts } from '../parts.js'
import { Problem, validated } from '../problem.js'
import { route, type Route } from '../route.js'

/** A client that reads slower than this much behind is dropped; it resumes by Last-Event-ID. */
const MOST_BUFFERED_BYTES = 65_536
/** Proxies close connections that are silent for longer: https://html.spec.whatwg.org/#authoring-notes. */
const KEEP_ALIVE_MS = 15_000
/** A browser comes back after this. */
const RETRY_MS = 2000
const REPLAY_PAGE = 100
const lastId = z.coerce.number().int().min(0)

/** Server-sent events: `reading` with the id of its commit, `motion` without one in between. */
export class EventStreams {
  /** Clients that were dropped because they read too slowly. */
  dropped = 0
  private readonly streams = new Set<PassThrough>()

  constructor(private readonly parts: ApiParts) {}

  get open(): number {
    return this.streams.size
  }

  route(): Route {
    return route({
      method: 'get',
      path: '/api/v1/events',
      summary: 'Server-sent events: what is so now, then each update; resumes after the header Last-Event-ID',
      answer: z.instanceof(Readable),
      mediaType: 'text/event-stream',
      handle: ({ ctx }) => {
        if (this.streams.size >= this.parts.settings.maxStreams)
          throw new Problem(503, 'Too many event streams are open.', 'Close one, or raise api.maxStreams.')
        const header = ctx.get('last-event-id')
        const after = header === '' ? undefined : validated(lastId, header)
        ctx.set('connection', 'close') // so that stopping need not wait for a connection that fell idle
        return this.begin(this.isOfHere(after) ? after : undefined)
      },
    })
  }

  closeAll(): void {
    for (const stream of this.streams) stream.end()
  }

  /** Behind the newest lies only an id of another database: made anew since, or of before a copy was put back. */
  private isOfHere(after: number | undefined): boolean {
    return after !== undefined && after <= (this.parts.store.latest(this.parts.view.doors()[0])?.id ?? 0)
  }

  private begin(after: number | undefined): PassThrough {
    const stream = new PassThrough({ highWaterMark: MOST_BUFFERED_BYTES })
    this.streams.add(stream)
    stream.write(`retry: ${RETRY_MS}\n\n`) // the head goes out with the first byte: not only at the keep-alive
    stream.on('close', () => this.streams.delete(stream))
    if (after === undefined) {
      this.showNow(stream)
      this.follow(stream)
    } else
      this.replay(after, stream).catch((error: unknown) => {
        if (stream.destroyed) return // the client left
        this.parts.logger.warn({}, `An event stream ended while it was replayed: ${messageOf(error)}`)
        this.drop(stream)
      })
    return stream
  }

  /**
   * What is so now, and the last id, so that a client which leaves now resumes without a gap. The reading stands
   * under the id only where it is what was committed so: right after a start, and on a full disk, it is not. An
   * id without data moves the client's place and shows it nothing (html.spec.whatwg.org, dispatch the event).
   */
  private showNow(stream: PassThrough): void {
    const doorId = this.parts.view.doors()[0]
    const reading = this.parts.view.reading(doorId)
    const latest = this.parts.store.latest(doorId)
    if (latest === undefined || isSameState(latest.reading, reading))
      stream.write(this.format({ id: latest?.id, reading }))
    else stream.write(`id: ${latest.id}\n\n${this.format({ reading })}`)
  }

  /** Sends what was committed after `after`, as fast as the client reads, then goes live. */
  private async replay(after: number, stream: PassThrough): Promise<void> {
    const doorId = this.parts.view.doors()[0]
    for (let afterId = after; !stream.destroyed && !stream.writableEnded;) {
      const events = this.parts.store.events({ doorId, afterId, limit: REPLAY_PAGE })
      // Nothing is left, and what comes later is live: both are found in this turn of the event loop.
      if (events.length === 0) return this.follow(stream)
      afterId = events[events.length - 1].id
      if (!stream.write(events.map((event) => this.format(event)).join('')))
        await once(stream, 'drain', { signal: AbortSignal.timeout(KEEP_ALIVE_MS) })
    }
  }

  private follow(stream: PassThrough): void {
    const send = (text: string): void => {
      if (stream.destroyed || stream.writableEnded) return
      if (!stream.write(text)) this.drop(stream)
    }
    const unsubscribe = this.parts.view.subscribe((update) => send(this.format(update)))
    const keepAlive = setInterval(() => send(': still here\n\n'), KEEP_ALIVE_MS)
    stream.on('close', () => {
      unsubscribe()
      clearInterval(keepAlive)
    })
  }

  private drop(stream: PassThrough): void {
    if (stream.destroyed) return
    this.dropped++
    stream.destroy()
  }

  private format({ id, reading }: ReadingUpdate): string {
    const data = `data: ${JSON.stringify(doorJson(reading, this.parts.clock.now()))}\n\n`
    return id === undefined ? `event: motion\n${data}` : `id: ${id}\nevent: reading\n${data}`
  }
}

function isSameState(one: DoorReading, other: DoorReading): boolean {
  return one.state === other.state && one.reason === other.reason && one.epoch === other.epoch
}
