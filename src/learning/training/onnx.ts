import {
  inputOf,
  outputsOf,
  reachOf,
  type Layer,
  type Network,
  type Quantization,
} from '../../sensing/model/network.js'
import { bytes, integer, message } from './protobuf.js'

/** 13 is the first opset with a scale for each channel; ir version 7 belongs to it. What is old runs everywhere. */
const OPSET = 13
const IR_VERSION = 7

export const ONNX_INPUT = 'input'
export const ONNX_OUTPUT = 'output'

const DataType = { float: 1, int8: 3, int32: 6, int64: 7 } as const
const INT_ATTRIBUTE = 2
const INTS_ATTRIBUTE = 7

/** [windows, values] row after row, as a dense layer takes it, or [windows, channels, rows], as Conv does. */
interface Values {
  name: string
  order: 'flat' | 'channels-first'
}

/**
 * The integer network as an ONNX file: normalised features in, logits out, both float32 [windows, values]. In between
 * each layer stands in real numbers with QuantizeLinear and DequantizeLinear around it (S8S8 QDQ): any runtime gives
 * the meaning of the network, and one that knows the pattern runs it in integers. Input and output are not int8,
 * because then onnxruntime on x64, whose fast kernels take unsigned activations, leaves most layers in float (one of
 * 57, 64, 32 and 4 values, 1.30: 10.4 µs with int8 at the ends, 9.2 µs so; of 512, 256, 128 and 4: 35 and 13 µs).
 * Rounding of the last bit is the runtime's own: a layer may differ from the engines' by one step.
 */
export function toOnnx(network: Network, name: string): Uint8Array {
  const graph = new Graph()
  let values: Values = { name: addRounding(graph, 'input', ONNX_INPUT, network.input), order: 'flat' }
  let width = network.inputs
  network.layers.forEach((layer, index) => {
    const prefix = `layer${index}`
    const { name: real, order } = addLayer(graph, prefix, layer, inputOf(network, index), {
      ...values,
      width,
    })
    const isLast = index === network.layers.length - 1
    const result = isLast && order === 'flat' ? ONNX_OUTPUT : undefined
    values = { name: addRounding(graph, `${prefix}.output`, real, layer.output, result), order }
    width = outputsOf(layer)
  })
  if (values.order !== 'flat') addFlat(graph, 'output', values, width, ONNX_OUTPUT)
  return Uint8Array.from(graph.model(name, network.inputs, width))
}

/** Onto the grid of `quantization` and back to real numbers; returns the name of the result. */
function addRounding(
  graph: Graph,
  prefix: string,
  values: string,
  { scale, zeroPoint }: Quantization,
  result?: string,
): string {
  const grid = [
    graph.float(`${prefix}.scale`, [], Float32Array.of(scale)),
    graph.int8(`${prefix}.zero`, [], Int8Array.of(zeroPoint)),
  ]
  const quantized = graph.node('QuantizeLinear', [values, ...grid])
  return graph.node('DequantizeLinear', [quantized, ...grid], result)
}

/** Adds one layer in real numbers. */
function addLayer(
  graph: Graph,
  prefix: string,
  layer: Layer,
  input: Quantization,
  values: Values & { width: number },
): Values {
  const { outputs, kernel, channels, stride, weights, weightScales } = layer
  const isConvolution = layer.kind === 'conv1d'
  const weightsName = isConvolution
    ? graph.int8(`${prefix}.weights`, [outputs, channels, kernel], channelsFirst(layer))
    : graph.int8(`${prefix}.weights`, [outputs, channels], weights)
  const scales = graph.float(`${prefix}.weights.scale`, [outputs], weightScales)
  const zeros = graph.int8(`${prefix}.weights.zero`, [outputs], new Int8Array(outputs))
  const biasesName = graph.int32(`${prefix}.biases`, [outputs], layer.biases)
  const biasScales = graph.float(
    `${prefix}.biases.scale`,
    [outputs],
    weightScales.map((scale) => scale * input.scale),
  )
  const parameters = [
    graph.node('DequantizeLinear', [weightsName, scales, zeros], undefined, { axis: 0 }),
    graph.node('DequantizeLinear', [biasesName, biasScales], undefined, { axis: 0 }),
  ]
  if (!isConvolution) {
    const flat = addFlat(graph, prefix, values, values.width)
    return { name: graph.node('Gemm', [flat, ...parameters], undefined, { transB: 1 }), order: 'flat' }
  }
  const rows = addChannelsFirst(graph, prefix, values, channels)
  const form = { kernel_shape: [kernel], strides: [stride] }
  return { name: graph.node('Conv', [rows, ...parameters], undefined, form), order: 'channels-first' }
}

/** Ours run over the channels of a row, then over the rows of the kernel; ONNX's the other way round. */
function channelsFirst(layer: Layer): Int8Array {
  const { kernel, channels, weights } = layer
  const reach = reachOf(layer)
  return weights.map((_, at) => {
    const output = Math.floor(at / reach)
    const channel = Math.floor((at % reach) / kernel)
    return weights[output * reach + (at % kernel) * channels + channel]
  })
}

function addFlat(
  graph: Graph,
  prefix: string,
  { name, order }: Values,
  width: number,
  result?: string,
): string {
  if (order === 'flat') return name
  const rows = graph.node('Transpose', [name], undefined, { perm: [0, 2, 1] })
  return graph.node('Reshape', [rows, graph.int64(`${prefix}.flat`, [-1, width])], result)
}

function addChannelsFirst(graph: Graph, prefix: string, { name, order }: Values, channels: number): string {
  if (order === 'channels-first') return name
  const rows = graph.node('Reshape', [name, graph.int64(`${prefix}.rows`, [0, -1, channels])])
  return graph.node('Transpose', [rows], undefined, { perm: [0, 2, 1] })
}

/** Nodes in the order of execution, and constants; each result has one name. Field numbers are those of onnx.proto. */
class Graph {
  private readonly nodes: Buffer[] = []
  private readonly constants: Buffer[] = []

  /** Adds an operator; returns the name of its result. */
  node(
    operator: string,
    inputs: readonly string[],
    output = `${operator}${this.nodes.length}`,
    attributes: Readonly<Record<string, number | readonly number[]>> = {},
  ): string {
    const fields = inputs.map((name) => bytes(1, name))
    fields.push(bytes(2, output), bytes(3, output), bytes(4, operator))
    for (const [name, value] of Object.entries(attributes))
      fields.push(
        typeof value === 'number'
          ? bytes(5, message(bytes(1, name), integer(3, value), integer(20, INT_ATTRIBUTE)))
          : bytes(
              5,
              message(bytes(1, name), ...value.map((one) => integer(8, one)), integer(20, INTS_ATTRIBUTE)),
            ),
      )
    this.nodes.push(bytes(1, message(...fields)))
    return output
  }

  int8(name: string, shape: readonly number[], values: Int8Array): string {
    return this.constant(name, shape, DataType.int8, values)
  }

  int32(name: string, shape: readonly number[], values: Int32Array): string {
    return this.constant(name, shape, DataType.int32, values)
  }

  /** One dimension. */
  int64(name: string, values: readonly number[]): string {
    return this.constant(name, [values.length], DataType.int64, BigInt64Array.from(values, BigInt))
  }

  float(name: string, shape: readonly number[], values: Float32Array): string {
    return this.constant(name, shape, DataType.float, values)
  }

  model(name: string, inputs: number, outputs: number): Buffer {
    const graph = message(
      ...this.nodes,
      bytes(2, name),
      ...this.constants,
      bytes(11, windowsOf(ONNX_INPUT, inputs)),
      bytes(12, windowsOf(ONNX_OUTPUT, outputs)),
    )
    const defaultOperators = message(bytes(1, ''), integer(2, OPSET))
    return message(integer(1, IR_VERSION), bytes(2, 'ajar'), bytes(7, graph), bytes(8, defaultOperators))
  }

  /** Raw data is little-endian, as memory is on every machine that Node supports but s390x. */
  private constant(
    name: string,
    shape: readonly number[],
    dataType: number,
    { buffer, byteOffset, byteLength }: Int8Array | Int32Array | BigInt64Array | Float32Array,
  ): string {
    const dimensions = shape.map((side) => integer(1, side))
    const raw = new Uint8Array(buffer, byteOffset, byteLength)
    this.constants.push(bytes(5, message(...dimensions, integer(2, dataType), bytes(8, name), bytes(9, raw))))
    return name
  }
}

/** ValueInfo of a float32 tensor [windows, values]. */
function windowsOf(name: string, values: number): Buffer {
  const shape = message(bytes(1, bytes(2, 'windows')), bytes(1, integer(1, values)))
  return message(bytes(1, name), bytes(2, bytes(1, message(integer(1, DataType.float), bytes(2, shape)))))
}
