// normflix export: the catalogue as a file that normflix import reads.
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import ora from 'ora'
import { exportCatalogue } from '../transfer/export-catalogue.js'

/** @param file null for standard output; packed with gzip when its name says so */
export async function runExport (file: string | null): Promise<void> {
  const spinner = ora({ stream: process.stderr, isSilent: file === null || !process.stderr.isTTY }).start('Exporting')
  let titles = 0
  const text = Readable.from(exportCatalogue(({ done, all }) => {
    titles = all
    spinner.text = `${done.toLocaleString('en-US')} of ${all.toLocaleString('en-US')} titles`
  }))
  try {
    if (file === null) await pipeline(text, process.stdout, { end: false })
    else await writeWhole(text, file)
  } finally {
    spinner.stop()
  }
  if (file !== null) console.error(`Wrote ${titles.toLocaleString('en-US')} titles to ${file}.`)
}

/** The file is there when it is complete. */
async function writeWhole (text: Readable, file: string): Promise<void> {
  const unfinished = `${file}.part`
  try {
    if (file.endsWith('.gz')) await pipeline(text, createGzip(), createWriteStream(unfinished))
    else await pipeline(text, createWriteStream(unfinished))
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}
