// Numbers looked up by numbers, some ten bytes each: millions of rows would weigh gigabytes as objects.

const EMPTY = 0
const FILLED_SHARE = 0.6
/** Knuth's multiplicative hashing: 2^32 divided by the golden ratio. */
const MULTIPLIER = 2_654_435_761

/** Open addressing over typed arrays. Keys are 1 to 2^32 - 1; each has as many unsigned 32-bit values as the table has columns. */
export class IntMap {
  #keys = new Uint32Array(1_024)
  #values: Uint32Array
  #size = 0

  constructor (readonly columns: number) {
    this.#values = new Uint32Array(this.#keys.length * columns)
  }

  set (key: number, ...values: readonly number[]): void {
    if (this.#size >= this.#keys.length * FILLED_SHARE) this.#grow()
    const slot = this.#slotOf(key)
    if (this.#keys[slot] === EMPTY) this.#size++
    this.#keys[slot] = key
    for (let column = 0; column < this.columns; column++) {
      this.#values[slot * this.columns + column] = values[column] ?? 0
    }
  }

  /** @returns undefined for a key that is not there */
  get (key: number, column = 0): number | undefined {
    const slot = this.#slotOf(key)
    return this.#keys[slot] === EMPTY ? undefined : this.#values[slot * this.columns + column]
  }

  /** In an order that depends on what was put in alone. */
  *keys (): Generator<number> {
    for (const key of this.#keys) if (key !== EMPTY) yield key
  }

  #slotOf (key: number): number {
    const mask = this.#keys.length - 1
    let slot = (Math.imul(key, MULTIPLIER) >>> 0) & mask
    while (this.#keys[slot] !== EMPTY && this.#keys[slot] !== key) slot = (slot + 1) & mask
    return slot
  }

  #grow (): void {
    const [keys, values] = [this.#keys, this.#values]
    this.#keys = new Uint32Array(keys.length * 2)
    this.#values = new Uint32Array(values.length * 2)
    for (const [slot, key] of keys.entries()) {
      if (key === EMPTY) continue
      const to = this.#slotOf(key)
      this.#keys[to] = key
      for (let column = 0; column < this.columns; column++) {
        this.#values[to * this.columns + column] = values[slot * this.columns + column] ?? 0
      }
    }
  }
}
