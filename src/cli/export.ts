// Runs "normflix export".
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import ora from 'ora'
import { exportCatalogue } from '../transfer/export-catalogue.js'

/** @param file null for standard output; a name that ends with .gz is compressed */
export async function runExport (file: string | null): Promise<void> {
  const spinner = ora({ stream: process.stderr, isSilent: file === null || !process.stderr.isTTY }).start('Exporting')
  let titles = 0
  const text = Readable.from(exportCatalogue(({ done, all }) => {
    titles = all
    spinner.text = `${done.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} titles`
  }))
  try {
    if (file === null) await pipeline(text, process.stdout, { end: false })
    else await writeAtomically(text, file)
  } finally {
    spinner.stop()
  }
  if (file !== null) console.error(`Wrote ${titles.toLocaleString('en-US')} titles to ${file}.`)
}

/** Writes to a temporary file and renames it: the file exists only when it is complete. */
async function writeAtomically (text: Readable, file: string): Promise<void> {
  const partial = `${file}.part`
  try {
    if (file.endsWith('.gz')) await pipeline(text, createGzip(), createWriteStream(partial))
    else await pipeline(text, createWriteStream(partial))
    await rename(partial, file)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
}
