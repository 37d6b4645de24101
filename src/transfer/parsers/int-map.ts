// A hash map from integers to integers that takes about ten bytes per number; millions of objects would take gigabytes.

const EMPTY = 0
const MAX_LOAD_FACTOR = 0.6
/** Knuth's multiplicative hashing: 2^32 divided by the golden ratio. */
const MULTIPLIER = 2_654_435_761

/** Uses open addressing on typed arrays. Keys are 1 to 2^32 - 1; each has one unsigned 32-bit value per column. */
export class IntMap {
  #keys = new Uint32Array(1_024)
  #values: Uint32Array
  #size = 0

  constructor (readonly columns: number) {
    this.#values = new Uint32Array(this.#keys.length * columns)
  }

  set (key: number, ...values: readonly number[]): void {
    if (this.#size >= this.#keys.length * MAX_LOAD_FACTOR) this.#grow()
    const index = this.#indexOf(key)
    if (this.#keys[index] === EMPTY) this.#size++
    this.#keys[index] = key
    for (let column = 0; column < this.columns; column++) {
      this.#values[index * this.columns + column] = values[column] ?? 0
    }
  }

  /** @returns undefined for an unknown key */
  get (key: number, column = 0): number | undefined {
    const index = this.#indexOf(key)
    return this.#keys[index] === EMPTY ? undefined : this.#values[index * this.columns + column]
  }

  /** Yields the keys in an order that depends only on the sequence of insertions. */
  *keys (): Generator<number> {
    for (const key of this.#keys) if (key !== EMPTY) yield key
  }

  /** Index of the key, or of the empty entry where it belongs. */
  #indexOf (key: number): number {
    const mask = this.#keys.length - 1
    let index = (Math.imul(key, MULTIPLIER) >>> 0) & mask
    while (this.#keys[index] !== EMPTY && this.#keys[index] !== key) index = (index + 1) & mask
    return index
  }

  #grow (): void {
    const [oldKeys, oldValues] = [this.#keys, this.#values]
    this.#keys = new Uint32Array(oldKeys.length * 2)
    this.#values = new Uint32Array(oldValues.length * 2)
    for (const [oldIndex, key] of oldKeys.entries()) {
      if (key === EMPTY) continue
      const index = this.#indexOf(key)
      this.#keys[index] = key
      for (let column = 0; column < this.columns; column++) {
        this.#values[index * this.columns + column] = oldValues[oldIndex * this.columns + column] ?? 0
      }
    }
  }
}
