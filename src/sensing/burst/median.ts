/** The median of each column of `rows`, which has `columns` values a row; allocates one column. */
export function columnMedians(rows: Float32Array, columns: number, into: Float32Array): void {
  const count = rows.length / columns
  const column = new Float32Array(count)
  for (let i = 0; i < columns; i++) {
    for (let row = 0; row < count; row++) column[row] = rows[row * columns + i]
    column.sort()
    into[i] = count % 2 === 1 ? column[count >> 1] : (column[count / 2 - 1] + column[count / 2]) / 2
  }
}
