/** JSON has no NaN: null stands where nothing is known. */
export function known(value: number): number | null {
  return Number.isFinite(value) ? value : null
}
