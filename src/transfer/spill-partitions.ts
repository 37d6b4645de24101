// Lines put aside in temporary files by a number, so that those that belong together are read together, and all of them
// never are.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const PARTITIONS = 64
const WRITTEN_AT_ONCE = 16 * 1024

export class SpillPartitions {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'normflix-import-'))
  readonly #files = Array.from({ length: PARTITIONS }, (_, index) => openSync(this.#fileOf(index), 'w'))
  readonly #waiting = Array.from({ length: PARTITIONS }, () => '')

  #fileOf (index: number): string {
    return path.join(this.#folder, String(index))
  }

  /** @param line without its end */
  add (key: number, line: string): void {
    const index = key % PARTITIONS
    this.#waiting[index] += `${line}\n`
    if ((this.#waiting[index] ?? '').length >= WRITTEN_AT_ONCE) this.#write(index)
  }

  #write (index: number): void {
    writeSync(this.#files[index] as number, this.#waiting[index] ?? '')
    this.#waiting[index] = ''
  }

  /** The lines of one partition after the other, each in the order in which they were added. */
  *read (): Generator<readonly string[]> {
    for (let index = 0; index < PARTITIONS; index++) {
      this.#write(index)
      yield readFileSync(this.#fileOf(index), 'utf8').split('\n').slice(0, -1)
    }
  }

  remove (): void {
    for (const file of this.#files) closeSync(file)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
