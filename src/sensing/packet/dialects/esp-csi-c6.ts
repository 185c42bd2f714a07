import { newerLayout } from '../layouts.js'
import type { TextDialect } from './text-dialect.js'

/**
 * espressif/esp-csi `csi_recv` on C5, C6 and C61:
 * type,seq,mac,rssi,rate,noise_floor,fft_gain,agc_gain,channel,local_timestamp,sig_len,rx_state,len,first_word,data
 */
export const espCsiC6: TextDialect = {
  name: 'esp-csi-c6',
  header: [
    ['type', 'text'],
    ['sequence', 'integer'],
    ['mac', 'mac'],
    ['rssi', 'integer'],
    ['rate', 'integer'],
    ['noise_floor', 'integer'],
    ['fft_gain', 'integer'],
    ['agc_gain', 'integer'],
    ['channel', 'integer'],
    ['local_timestamp', 'integer'],
    ['sig_len', 'integer'],
    ['rx_state', 'integer'],
    ['len', 'integer'],
    ['first_word', 'integer'],
  ],
  claims: (headerColumns, second) => headerColumns === 14 && /^-?\d/.test(second),
  // 12-bit L-LTF, and router examples that print gain-compensated values, leave int8 here.
  values: [-32768, 32767],
  separator: 'comma',
  lengthFits: (count, declared) => count === declared,
  layout: newerLayout,
  firstWordColumn: 'first_word',
}
