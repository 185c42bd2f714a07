import { z } from 'zod'
import { isCron } from '../platform/schedule.js'

/** Kinds of values of a configuration. */

export const whole = (least: number, most: number) => z.number().int().min(least).max(most)
export const share = z.number().min(0).max(1)
export const name = z
  .string()
  .regex(/^[a-z0-9-]{1,32}$/, 'small letters, digits and hyphens are needed, at most 32')
export const mac = z
  .string()
  .toLowerCase()
  .regex(/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/, 'a MAC address like 1a:2b:3c:4d:5e:6f is needed')
export const cron = z
  .string()
  .refine(isCron, "five fields of a cron expression are needed, like '17 3 * * *'")
/** Of GPIO, BCM number. */
export const line = whole(0, 53)
