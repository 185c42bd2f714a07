import { radarLayout } from '../layouts.js'
import type { TextDialect } from './text-dialect.js'

/**
 * espressif/esp-csi esp-radar `console_test` ("taget" is how it is spelled):
 * type,seq,timestamp,taget_seq,taget,mac,rssi,rate,sig_mode,mcs,cwb,smoothing,not_sounding,aggregation,stbc,
 * fec_coding,sgi,noise_floor,ampdu_cnt,channel_primary,channel_secondary,local_timestamp,ant,sig_len,rx_state,
 * agc_gain,fft_gain,len,first_word_invalid,data
 */
export const espRadar: TextDialect = {
  name: 'esp-radar',
  header: [
    ['type', 'text'],
    ['sequence', 'integer'],
    ['timestamp', 'text'],
    ['taget_seq', 'integer'],
    ['taget', 'text'],
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
    ['agc_gain', 'integer'],
    ['fft_gain', 'integer'],
    ['len', 'integer'],
    ['first_word', 'integer'],
  ],
  claims: (headerColumns) => headerColumns === 29,
  values: [-32768, 32767], // it compensates gain on request
  separator: 'comma',
  lengthFits: (count, declared) => count === declared,
  layout: radarLayout,
  firstWordColumn: 'first_word',
}
