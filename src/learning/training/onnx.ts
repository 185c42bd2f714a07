import {
  inputOf,
  type DenseLayer,
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

const DataType = { float: 1, int8: 3, int32: 6 } as const
const INT_ATTRIBUTE = 2

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
  let values = addRounding(graph, 'input', ONNX_INPUT, network.input)
  network.layers.forEach((layer, index) => {
    const prefix = `layer${index}`
    const real = addLayer(graph, prefix, layer, inputOf(network, index), values)
    const isLast = index === network.layers.length - 1
    values = addRounding(graph, `${prefix}.output`, real, layer.output, isLast ? ONNX_OUTPUT : undefined)
  })
  const outputs = network.layers[network.layers.length - 1].outputs
  return Uint8Array.from(graph.model(name, network.inputs, outputs))
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

/** Adds one layer in real numbers; returns the name of its result. */
function addLayer(graph: Graph, prefix: string, layer: Layer, input: Quantization, values: string): string {
  switch (layer.kind) {
    case 'dense':
      return addDense(graph, prefix, layer, input, values)
  }
}

function addDense(
  graph: Graph,
  prefix: string,
  layer: DenseLayer,
  input: Quantization,
  values: string,
): string {
  const { inputs, outputs, weights, biases, weightScales } = layer
  const weightsName = graph.int8(`${prefix}.weights`, [outputs, inputs], weights)
  const scales = graph.float(`${prefix}.weights.scale`, [outputs], weightScales)
  const zeros = graph.int8(`${prefix}.weights.zero`, [outputs], new Int8Array(outputs))
  const biasesName = graph.int32(`${prefix}.biases`, [outputs], biases)
  const biasScales = graph.float(
    `${prefix}.biases.scale`,
    [outputs],
    weightScales.map((scale) => scale * input.scale),
  )
  const realWeights = graph.node('DequantizeLinear', [weightsName, scales, zeros], undefined, { axis: 0 })
  const realBiases = graph.node('DequantizeLinear', [biasesName, biasScales], undefined, { axis: 0 })
  return graph.node('Gemm', [values, realWeights, realBiases], undefined, { transB: 1 })
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
    attributes: Readonly<Record<string, number>> = {},
  ): string {
    const fields = inputs.map((name) => bytes(1, name))
    fields.push(bytes(2, output), bytes(3, output), bytes(4, operator))
    for (const [name, value] of Object.entries(attributes))
      fields.push(bytes(5, message(bytes(1, name), integer(3, value), integer(20, INT_ATTRIBUTE))))
    this.nodes.push(bytes(1, message(...fields)))
    return output
  }

  int8(name: string, shape: readonly number[], values: Int8Array): string {
    return this.constant(name, shape, DataType.int8, values)
  }

  int32(name: string, shape: readonly number[], values: Int32Array): string {
    return this.constant(name, shape, DataType.int32, values)
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
    { buffer, byteOffset, byteLength }: Int8Array | Int32Array | Float32Array,
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
