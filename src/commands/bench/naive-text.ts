interface NaivePacket {
  transmitter: string
  sequence: number
  deviceTimeUs: number
  rssiDbm: number
  noiseFloorDbm: number
  channel: number
  iq: number[]
}

/**
 * What the decoder is measured against, as one would write it first: make lines of the chunks, split them, turn the
 * pieces into numbers, check them, build an object. It knows one dialect, esp-csi with 25 columns.
 */
export class NaiveTextDecoder {
  private rest = ''

  push(chunk: Buffer, emit: (packet: NaivePacket) => void): void {
    const lines = (this.rest + chunk.toString()).split('\n')
    this.rest = lines.pop() ?? ''
    for (const line of lines) {
      const [header, array] = line.split('[')
      if (!line.startsWith('CSI_DATA,') || array?.includes(']') !== true) continue
      const columns = header.split(',')
      const fields = columns.map(Number)
      const iq = array.slice(0, array.indexOf(']')).split(',').map(Number)
      if (iq.length !== fields[22] || !iq.every(isInt8)) continue
      emit({
        transmitter: columns[2].toLowerCase(),
        sequence: fields[1],
        deviceTimeUs: fields[18],
        rssiDbm: fields[3],
        noiseFloorDbm: fields[14],
        channel: fields[16],
        iq,
      })
    }
  }
}

function isInt8(value: number): boolean {
  return Number.isInteger(value) && value >= -128 && value <= 127
}
