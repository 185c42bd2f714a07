import { classicLayout } from '../layouts.js'
import { INT8_RANGE, type TextDialect } from './text-dialect.js'

/**
 * espressif/esp-csi `csi_recv` on ESP32, S2, S3 and C3:
 * type,id,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,not_sounding,aggregation,stbc,fec_coding,sgi,
 * noise_floor,ampdu_cnt,channel,secondary_channel,local_timestamp,ant,sig_len,rx_state,len,first_word,data
 */
export const espCsiClassic: TextDialect = {
  name: 'esp-csi',
  header: [
    ['type', 'text'],
    ['sequence', 'integer'],
    ['mac', 'mac'],
    ['rssi', 'integer'],
    ['rate', 'integer'],
    ['sig_mode', 'integer'],
    ['mcs', 'integer'],
    ['bandwidth', 'integer'],
    ['smoothing', 'integer'],
    ['not_sounding', 'integer'],
    ['aggregation', 'integer'],
    ['stbc', 'integer'],
    ['fec_coding', 'integer'],
    ['sgi', 'integer'],
    ['noise_floor', 'integer'],
    ['ampdu_cnt', 'integer'],
    ['channel', 'integer'],
    ['secondary_channel', 'integer'],
    ['local_timestamp', 'integer'],
    ['ant', 'integer'],
    ['sig_len', 'integer'],
    ['rx_state', 'integer'],
    ['len', 'integer'],
    ['first_word', 'integer'],
  ],
  claims: (headerColumns, second) => headerColumns === 24 && /^-?\d/.test(second),
  values: INT8_RANGE,
  separator: 'comma',
  lengthFits: (count, declared) => count === declared,
  layout: classicLayout,
  firstWordColumn: 'first_word',
}
