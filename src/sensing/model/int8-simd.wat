;; The integer network of network.ts in WebAssembly SIMD: `run` executes all layers in one call.
;;
;; Activations are int16 between layers, weights int16, sums int32. Two inputs side by side are one i32, and
;; i32x4.dot_i16x8_s multiplies them by their two weights for 4 outputs at once: lanes are outputs, so that nothing
;; is ever summed across lanes. The sums of 4 positions × 8 outputs stay in 8 registers: each weight that is loaded
;; serves 4 positions, each pair of inputs 8 outputs. Unrolling the inner loop made it slower (measured on x64: twice
;; by 12 %, four times by 34 %).
;;
;; engine-int8-simd.ts lays out the memory. A layer is 9 words (i32):
;;    0  address of its input, int16, row after row
;;    4  address of its output, int16, row after row
;;    8  address of its blocks, one for each 8 outputs; the last is filled up with zeros
;;   12  blocks
;;   16  bytes of a block
;;   20  positions
;;   24  bytes from the input of one position to that of the next
;;   28  bytes from the output of one position to that of the next
;;   32  zero point of the output
;; A block is 8 biases (i32), 8 rescaling factors (f32), then for each pair of inputs the pairs of weights (i16) of
;; the 8 outputs, 32 bytes. An input without a partner is paired with whatever stands behind it, at weight 0.
(module
  (import "engine" "memory" (memory 1))

  ;; Widens the int8 values at $input to int16 at $widened, up to $widened_end, then executes the layers from $layer
  ;; to $layers_end.
  (func (export "run")
    (param $input i32) (param $widened i32) (param $widened_end i32)
    (param $layer i32) (param $layers_end i32)
    (loop $each_8_values
      (v128.store (local.get $widened) (v128.load8x8_s (local.get $input)))
      (local.set $input (i32.add (local.get $input) (i32.const 8)))
      (local.set $widened (i32.add (local.get $widened) (i32.const 16)))
      (br_if $each_8_values (i32.lt_u (local.get $widened) (local.get $widened_end))))
    (loop $each_layer
      (call $slide (local.get $layer))
      (local.set $layer (i32.add (local.get $layer) (i32.const 36)))
      (br_if $each_layer (i32.lt_u (local.get $layer) (local.get $layers_end)))))

  ;; Executes one layer. Outputs are stored 8 at a time: those of a last block that is not full spill over to the
  ;; first outputs of the next position. Blocks therefore go from last to first and positions from first to last:
  ;; what has to stay is written after what spills.
  (func $slide (param $layer i32)
    (local $left i32) (local $block i32) (local $block_bytes i32) (local $block_end i32)
    (local $positions i32) (local $step i32) (local $x i32) (local $y i32) (local $y_step i32)
    (local $weights i32) (local $x0 i32) (local $x1 i32) (local $x2 i32) (local $x3 i32)
    (local $low v128) (local $high v128) (local $pair v128) (local $rounder v128)
    (local $low0 v128) (local $low1 v128) (local $low2 v128) (local $low3 v128)
    (local $high0 v128) (local $high1 v128) (local $high2 v128) (local $high3 v128)

    (local.set $left (i32.load offset=12 (local.get $layer)))
    (local.set $block_bytes (i32.load offset=16 (local.get $layer)))
    (local.set $step (i32.load offset=24 (local.get $layer)))
    (local.set $y_step (i32.load offset=28 (local.get $layer)))
    ;; The bits of ROUNDER in $requantize, less the zero point: taking it away leaves rounded sum + zero point.
    (local.set $rounder
      (i32x4.splat (i32.sub (i32.const 0x4b400000) (i32.load offset=32 (local.get $layer)))))

    (loop $each_block
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (local.set $block
        (i32.add
          (i32.load offset=8 (local.get $layer))
          (i32.mul (local.get $left) (local.get $block_bytes))))
      (local.set $block_end (i32.add (local.get $block) (local.get $block_bytes)))
      (local.set $positions (i32.load offset=20 (local.get $layer)))
      (local.set $x (i32.load (local.get $layer)))
      (local.set $y
        (i32.add (i32.load offset=4 (local.get $layer)) (i32.shl (local.get $left) (i32.const 4))))

      (block $fewer_than_4
        (loop $each_4_positions
          (br_if $fewer_than_4 (i32.lt_u (local.get $positions) (i32.const 4)))
          (local.set $x0 (local.get $x))
          (local.set $x1 (i32.add (local.get $x0) (local.get $step)))
          (local.set $x2 (i32.add (local.get $x1) (local.get $step)))
          (local.set $x3 (i32.add (local.get $x2) (local.get $step)))
          (local.set $x (i32.add (local.get $x3) (local.get $step)))
          (local.set $low0 (v128.load (local.get $block)))
          (local.set $low1 (local.get $low0))
          (local.set $low2 (local.get $low0))
          (local.set $low3 (local.get $low0))
          (local.set $high0 (v128.load offset=16 (local.get $block)))
          (local.set $high1 (local.get $high0))
          (local.set $high2 (local.get $high0))
          (local.set $high3 (local.get $high0))
          (local.set $weights (i32.add (local.get $block) (i32.const 64)))
          (loop $each_pair
            (local.set $low (v128.load (local.get $weights)))
            (local.set $high (v128.load offset=16 (local.get $weights)))

            (local.set $pair (v128.load32_splat (local.get $x0)))
            (local.set $low0 (i32x4.add (local.get $low0) (i32x4.dot_i16x8_s (local.get $pair) (local.get $low))))
            (local.set $high0 (i32x4.add (local.get $high0) (i32x4.dot_i16x8_s (local.get $pair) (local.get $high))))
            (local.set $pair (v128.load32_splat (local.get $x1)))
            (local.set $low1 (i32x4.add (local.get $low1) (i32x4.dot_i16x8_s (local.get $pair) (local.get $low))))
            (local.set $high1 (i32x4.add (local.get $high1) (i32x4.dot_i16x8_s (local.get $pair) (local.get $high))))
            (local.set $pair (v128.load32_splat (local.get $x2)))
            (local.set $low2 (i32x4.add (local.get $low2) (i32x4.dot_i16x8_s (local.get $pair) (local.get $low))))
            (local.set $high2 (i32x4.add (local.get $high2) (i32x4.dot_i16x8_s (local.get $pair) (local.get $high))))
            (local.set $pair (v128.load32_splat (local.get $x3)))
            (local.set $low3 (i32x4.add (local.get $low3) (i32x4.dot_i16x8_s (local.get $pair) (local.get $low))))
            (local.set $high3 (i32x4.add (local.get $high3) (i32x4.dot_i16x8_s (local.get $pair) (local.get $high))))

            (local.set $x0 (i32.add (local.get $x0) (i32.const 4)))
            (local.set $x1 (i32.add (local.get $x1) (i32.const 4)))
            (local.set $x2 (i32.add (local.get $x2) (i32.const 4)))
            (local.set $x3 (i32.add (local.get $x3) (i32.const 4)))
            (local.set $weights (i32.add (local.get $weights) (i32.const 32)))
            (br_if $each_pair (i32.lt_u (local.get $weights) (local.get $block_end))))
          (v128.store (local.get $y)
            (call $requantize (local.get $low0) (local.get $high0) (local.get $block) (local.get $rounder)))
          (local.set $y (i32.add (local.get $y) (local.get $y_step)))
          (v128.store (local.get $y)
            (call $requantize (local.get $low1) (local.get $high1) (local.get $block) (local.get $rounder)))
          (local.set $y (i32.add (local.get $y) (local.get $y_step)))
          (v128.store (local.get $y)
            (call $requantize (local.get $low2) (local.get $high2) (local.get $block) (local.get $rounder)))
          (local.set $y (i32.add (local.get $y) (local.get $y_step)))
          (v128.store (local.get $y)
            (call $requantize (local.get $low3) (local.get $high3) (local.get $block) (local.get $rounder)))
          (local.set $y (i32.add (local.get $y) (local.get $y_step)))
          (local.set $positions (i32.sub (local.get $positions) (i32.const 4)))
          (br $each_4_positions)))

      ;; The rest of the positions, among them the only one of a dense layer.
      (block $none
        (loop $each_position
          (br_if $none (i32.eqz (local.get $positions)))
          (local.set $x0 (local.get $x))
          (local.set $x (i32.add (local.get $x) (local.get $step)))
          (local.set $low0 (v128.load (local.get $block)))
          (local.set $high0 (v128.load offset=16 (local.get $block)))
          (local.set $weights (i32.add (local.get $block) (i32.const 64)))
          (loop $each_pair
            (local.set $low (v128.load (local.get $weights)))
            (local.set $high (v128.load offset=16 (local.get $weights)))
            (local.set $pair (v128.load32_splat (local.get $x0)))
            (local.set $low0 (i32x4.add (local.get $low0) (i32x4.dot_i16x8_s (local.get $pair) (local.get $low))))
            (local.set $high0 (i32x4.add (local.get $high0) (i32x4.dot_i16x8_s (local.get $pair) (local.get $high))))
            (local.set $x0 (i32.add (local.get $x0) (i32.const 4)))
            (local.set $weights (i32.add (local.get $weights) (i32.const 32)))
            (br_if $each_pair (i32.lt_u (local.get $weights) (local.get $block_end))))
          (v128.store (local.get $y)
            (call $requantize (local.get $low0) (local.get $high0) (local.get $block) (local.get $rounder)))
          (local.set $y (i32.add (local.get $y) (local.get $y_step)))
          (local.set $positions (i32.sub (local.get $positions) (i32.const 1)))
          (br $each_position)))
      (br_if $each_block (local.get $left))))

  ;; Takes 8 sums to the output's grid, by the factors of $block: int8 values, as int16. Rounds as roundHalfToEven
  ;; does: sum × factor in float32, saturated to ±1024, plus ROUNDER, which is 1.5 × 2^23. What comes out has the bits
  ;; of ROUNDER, 0x4b400000, plus the rounded integer.
  (func $requantize (param $low v128) (param $high v128) (param $block i32) (param $rounder v128) (result v128)
    (local $most v128) (local $least v128) (local $float_rounder v128)
    (local.set $most (v128.const f32x4 1024 1024 1024 1024))
    (local.set $least (v128.const f32x4 -1024 -1024 -1024 -1024))
    (local.set $float_rounder (v128.const f32x4 12582912 12582912 12582912 12582912))
    (local.set $low (f32x4.mul (f32x4.convert_i32x4_s (local.get $low)) (v128.load offset=32 (local.get $block))))
    (local.set $low (f32x4.pmax (f32x4.pmin (local.get $low) (local.get $most)) (local.get $least)))
    (local.set $low (i32x4.sub (f32x4.add (local.get $low) (local.get $float_rounder)) (local.get $rounder)))
    (local.set $high (f32x4.mul (f32x4.convert_i32x4_s (local.get $high)) (v128.load offset=48 (local.get $block))))
    (local.set $high (f32x4.pmax (f32x4.pmin (local.get $high) (local.get $most)) (local.get $least)))
    (local.set $high (i32x4.sub (f32x4.add (local.get $high) (local.get $float_rounder)) (local.get $rounder)))
    (i16x8.extend_low_i8x16_s
      (i8x16.narrow_i16x8_s
        (i16x8.narrow_i32x4_s (local.get $low) (local.get $high))
        ;; 8 of 16 lanes are used.
        (v128.const i64x2 0 0)))))
