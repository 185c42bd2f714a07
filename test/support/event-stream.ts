import { get, type IncomingMessage } from 'node:http'

/** A reading that came under an id: from then on it must not be lost. */
export interface Acknowledged {
  id: number
  state: string
  reason: string
  epoch: number
}

/** A client of GET /api/v1/events that keeps every whole event with an id until the server is gone. */
export class EventStream {
  readonly acknowledged: Acknowledged[] = []
  /** Resolves once nothing more can come, not even from the kernel's buffers. */
  readonly over: Promise<void>
  private rest = ''

  private constructor(response: IncomingMessage) {
    response.setEncoding('utf8')
    response.on('data', (text: string) => this.take(text))
    response.on('error', () => undefined) // the server was killed
    this.over = new Promise((resolve) => response.on('close', resolve))
  }

  static open(url: string): Promise<EventStream> {
    return new Promise((resolve, reject) => {
      const request = get(`${url}/api/v1/events`, (response) => {
        resolve(new EventStream(response))
      })
      request.on('error', reject)
    })
  }

  private take(text: string): void {
    const blocks = (this.rest + text).split('\n\n')
    this.rest = blocks.pop() as string
    for (const block of blocks) {
      const id = /^id: (\d+)$/m.exec(block)?.[1]
      const data = /^data: (.*)$/m.exec(block)?.[1]
      if (id === undefined || data === undefined) continue
      const { state, reason, epoch } = JSON.parse(data) as Acknowledged
      this.acknowledged.push({ id: Number(id), state, reason, epoch })
    }
  }
}
