import { schedule, validate, type ScheduledTask } from 'node-cron'
import { messageOf } from './errors.js'
import type { Logger } from './logger.js'

/** Whether these are five fields of a cron expression, each within its bounds. */
export function isCron(expression: string): boolean {
  return expression.trim().split(/\s+/).length === 5 && validate(expression)
}

/** Named tasks at cron times; a task that still runs is not started again, and a failure is one line in the log. */
export class Schedule {
  private readonly tasks: ScheduledTask[] = []
  private readonly running = new Set<Promise<void>>()

  constructor(private readonly logger: Logger) {}

  /** `expression` in local time; a sixth field in front is seconds. */
  add(name: string, expression: string, body: () => void | Promise<void>): void {
    const task = { task: name }
    const run = async (): Promise<void> => {
      try {
        await body()
      } catch (error) {
        this.logger.error(task, `Scheduled task failed: ${messageOf(error)}`)
      }
    }
    const tracked = async (): Promise<void> => {
      const done = run()
      this.running.add(done)
      await done
      this.running.delete(done)
    }
    const logger = {
      debug: (message: unknown) => this.logger.debug(task, String(message)),
      info: (message: unknown) => this.logger.info(task, String(message)),
      warn: (message: unknown) => this.logger.warn(task, String(message)),
      error: (message: unknown) => this.logger.error(task, messageOf(message)),
    }
    this.tasks.push(schedule(expression, tracked, { name, noOverlap: true, logger }))
  }

  /** No task begins any more; resolves once those that run are done. */
  async stop(): Promise<void> {
    for (const task of this.tasks.splice(0)) await task.destroy()
    await Promise.all(this.running)
  }
}
