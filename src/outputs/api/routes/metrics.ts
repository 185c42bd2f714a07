import { Counter, Gauge, Registry } from 'prom-client'
import { z } from 'zod'
import { STATES } from '../../../domain/reading.js'
import type { ApiParts } from '../parts.js'
import { route, type Route } from '../route.js'
import type { EventStreams } from './events.js'

type Labels = Record<string, string>

/** Prometheus metrics, made anew from the view at each scrape: what is gone, a door or a reason, leaves nothing. */
export function metricsRoute(parts: ApiParts, streams: EventStreams): Route {
  return route({
    method: 'get',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    answer: z.string(),
    mediaType: Registry.PROMETHEUS_CONTENT_TYPE,
    handle: () => {
      const scrape = new Scrape()
      doors(scrape, parts)
      link(scrape, parts)
      machine(scrape, parts, streams)
      return scrape.registry.metrics()
    },
  })
}

class Scrape {
  readonly registry = new Registry()

  /** Values that are not known are left out. */
  gauge(name: string, help: string, values: readonly [Labels, number][]): void {
    const gauge = new Gauge({ name, help, labelNames: labelsOf(values), registers: [this.registry] })
    for (const [labels, value] of values) if (Number.isFinite(value)) gauge.set(labels, value)
  }

  counter(name: string, help: string, values: readonly [Labels, number][]): void {
    const counter = new Counter({ name, help, labelNames: labelsOf(values), registers: [this.registry] })
    for (const [labels, value] of values) counter.inc(labels, value)
  }
}

function labelsOf(values: readonly [Labels, number][]): string[] {
  return Object.keys(values[0]?.[0] ?? {})
}

function doors(scrape: Scrape, { view }: ApiParts): void {
  const readings = view.doors().map((door) => [{ door }, view.reading(door)] as const)
  scrape.gauge(
    'ajar_door_state',
    '1 for the state that the door has, 0 for the others',
    readings.flatMap(([{ door }, reading]) =>
      STATES.map((state): [Labels, number] => [{ door, state }, Number(reading.state === state)]),
    ),
  )
  scrape.gauge(
    'ajar_door_confidence_ratio',
    'Posterior probability of the state',
    readings.map(([door, { confidence }]) => [door, confidence]),
  )
  scrape.gauge(
    'ajar_door_moving',
    '1 while something moves; absent while that is unknown',
    readings.map(([door, { motion }]) => [door, motion === 'unknown' ? NaN : Number(motion === 'moving')]),
  )
  scrape.gauge(
    'ajar_door_provisional',
    '1 while no verdict on the site backs the state',
    readings.map(([door, { provisional }]) => [door, Number(provisional)]),
  )
  scrape.gauge(
    'ajar_door_simulated',
    '1 while packets or model come from the simulator',
    readings.map(([door, { simulated }]) => [door, Number(simulated)]),
  )
}

function link(scrape: Scrape, { view, clock }: ApiParts): void {
  const { link, connected, simulated, packetsPerSecond, lossRatio, rssiDbm, lastPacketUs, counters } =
    view.link()
  const { used, control, other, discarded } = counters
  const one = (value: number): [Labels, number][] => [[{ link }, value]]
  scrape.gauge('ajar_link_connected', '1 while the receiver is connected', one(Number(connected)))
  scrape.gauge('ajar_link_simulated', '1 while packets come from the simulator', one(Number(simulated)))
  scrape.gauge('ajar_link_packets_per_second', 'Rate of packets', one(packetsPerSecond))
  scrape.gauge('ajar_link_loss_ratio', 'Share of packets lost on the air', one(lossRatio))
  scrape.gauge('ajar_link_rssi_dbm', 'Received signal strength', one(rssiDbm))
  const ageSeconds = (clock.monotonicUs() - lastPacketUs) / 1e6
  scrape.gauge('ajar_link_last_packet_age_seconds', 'Time since the last used packet', one(ageSeconds))
  scrape.counter('ajar_link_packets_total', 'Packets received, by what became of them', [
    [{ link, result: 'used' }, used],
    ...Object.entries(discarded).map(([result, n]): [Labels, number] => [{ link, result }, n]),
  ])
  scrape.counter('ajar_link_control_frames_total', 'Frames of the receiver that are not CSI', one(control))
  scrape.counter('ajar_link_other_lines_total', 'Lines of text that were never CSI', one(other))
}

function machine(scrape: Scrape, { view, store, indicator }: ApiParts, streams: EventStreams): void {
  const { ok, bytes, dropped } = store.health()
  const { driver, ok: indicates } = indicator.health()
  const { id, family, engine, simulated } = view.model()
  scrape.gauge('ajar_sensing', '1 while packets arrive and windows are made', [[{}, Number(view.sensing())]])
  scrape.gauge('ajar_build_info', '1', [[{ version: view.version }, 1]])
  scrape.gauge('ajar_model_info', '1', [[{ model: id, family, engine, simulated: String(simulated) }, 1]])
  scrape.gauge('ajar_store_ok', '1 while the database can be written', [[{}, Number(ok)]])
  scrape.gauge('ajar_store_size_bytes', 'Size of the database', [[{}, bytes]])
  scrape.counter(
    'ajar_store_dropped_total',
    'What there was no room for',
    Object.entries(dropped).map(([kind, n]) => [{ kind }, n]),
  )
  scrape.gauge('ajar_indicator_ok', '1 while LED and relay can be driven', [[{ driver }, Number(indicates)]])
  scrape.gauge('ajar_api_event_streams', 'Event streams that are open', [[{}, streams.open]])
  scrape.counter('ajar_api_event_streams_dropped_total', 'Clients that read too slowly', [
    [{}, streams.dropped],
  ])
  const { user, system } = process.cpuUsage()
  scrape.counter('process_cpu_seconds_total', 'Time on the processor', [[{}, (user + system) / 1e6]])
  scrape.gauge('process_resident_memory_bytes', 'Resident memory', [[{}, process.memoryUsage.rss()]])
}
