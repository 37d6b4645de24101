// Spills lines to temporary files, partitioned by a numeric key. All lines of a key end up in the same partition, so a
// reader can group them with only one partition in memory.
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const PARTITIONS = 64
const WRITE_BUFFER_CHARACTERS = 16 * 1024

export class SpillPartitions {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'normflix-import-'))
  readonly #files = Array.from({ length: PARTITIONS }, (_, index) => openSync(this.#filePath(index), 'w'))
  readonly #buffers = Array.from({ length: PARTITIONS }, () => '')

  #filePath (index: number): string {
    return path.join(this.#folder, String(index))
  }

  /** @param line without a line feed */
  add (key: number, line: string): void {
    const index = key % PARTITIONS
    this.#buffers[index] += `${line}\n`
    if ((this.#buffers[index] ?? '').length >= WRITE_BUFFER_CHARACTERS) this.#flush(index)
  }

  #flush (index: number): void {
    writeSync(this.#files[index] as number, this.#buffers[index] ?? '')
    this.#buffers[index] = ''
  }

  /** Yields the lines of each partition in the order in which they were added. */
  *readPartitions (): Generator<readonly string[]> {
    for (let index = 0; index < PARTITIONS; index++) {
      this.#flush(index)
      yield readFileSync(this.#filePath(index), 'utf8').split('\n').slice(0, -1)
    }
  }

  /** Deletes the temporary files. */
  remove (): void {
    for (const file of this.#files) closeSync(file)
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
