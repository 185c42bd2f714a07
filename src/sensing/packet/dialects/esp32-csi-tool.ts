import { classicLayout } from '../layouts.js'
import { INT8_RANGE, type TextDialect } from './text-dialect.js'

/**
 * StevenMHernandez/ESP32-CSI-Tool:
 * type,role,mac,rssi,rate,sig_mode,mcs,bandwidth,smoothing,not_sounding,aggregation,stbc,fec_coding,sgi,
 * noise_floor,ampdu_cnt,channel,secondary_channel,local_timestamp,ant,sig_len,rx_state,real_time_set,
 * real_timestamp,len,CSI_DATA
 * Its callback prints at most 128 values but declares the length that the radio gave (384 or 256).
 */
export const esp32CsiTool: TextDialect = {
  name: 'esp32-csi-tool',
  header: [
    ['type', 'text'],
    ['role', 'text'],
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
    ['real_time_set', 'integer'],
    ['real_timestamp', 'real'],
    ['len', 'integer'],
  ],
  claims: (headerColumns, second) => headerColumns === 25 && !/^-?\d/.test(second),
  values: INT8_RANGE,
  separator: 'space',
  lengthFits: (count, declared) => count === declared || count === 128,
  layout: classicLayout,
}
