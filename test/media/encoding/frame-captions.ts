// Captions of CEA-608 inside the pictures of H.264, as broadcasts have them (ATSC A/53, part 4): ffmpeg cannot write
// them.
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { makeFile } from './programs.js'

const FRAME_RATE = 25
/** A byte pair without a caption. */
const PADDING = '8080'
const SEI = 6
const SLICE_TYPES = [1, 5]
/** Type of an SEI message: user data that ITU-T T.35 registers. */
const REGISTERED_USER_DATA = 4

/**
 * Writes an elementary stream of H.264, one picture in each 40 ms.
 * @param scc captions of Scenarist: a time of 30 frames a second, and byte pairs, of which each picture has one; null:
 * the pictures have no data of captions
 */
export async function writeCaptionedVideo (
  folder: string,
  name: string,
  seconds: number,
  scc: string | null,
): Promise<void> {
  await makeFile(folder, [
    ...['-f', 'lavfi', '-i', `testsrc=size=160x90:rate=${FRAME_RATE}:duration=${seconds}`],
    ...['-c:v', 'libx264', '-preset', 'ultrafast', '-g', '25', '-bf', '0', '-pix_fmt', 'yuv420p', '-f', 'h264', name],
  ])
  if (scc === null) return
  const file = path.join(folder, name)
  writeFileSync(file, insertCaptions(readFileSync(file), readBytePairs(scc)))
}

/** Byte pairs in hexadecimal, by the number of their picture. */
function readBytePairs (scc: string): Map<number, string> {
  const pairs = new Map<number, string>()
  for (const [, hours, minutes, seconds, frames, words = ''] of scc.matchAll(/^(\d+):(\d+):(\d+):(\d+)\t(.*)$/gm)) {
    const time = Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds) + Number(frames) / 30
    let picture = Math.round(time * FRAME_RATE)
    for (const word of words.split(' ')) {
      while (pairs.has(picture)) picture++
      pairs.set(picture, word)
    }
  }
  return pairs
}

/** Inserts an SEI unit before each picture of a stream whose pictures have one slice each, in the order of display. */
function insertCaptions (stream: Buffer, pairs: ReadonlyMap<number, string>): Buffer {
  const starts: number[] = []
  for (let at = stream.indexOf('000001', 0, 'hex'); at >= 0; at = stream.indexOf('000001', at + 3, 'hex')) {
    starts.push(at)
  }
  const output: Buffer[] = []
  let picture = 0
  for (const [i, start] of starts.entries()) {
    const isSlice = SLICE_TYPES.includes((stream[start + 3] ?? 0) & 0x1f)
    // The first bit of a slice is set where a picture starts: it has the number 0 of its first block (Exp-Golomb).
    const startsPicture = isSlice && ((stream[start + 4] ?? 0) & 0x80) !== 0
    if (startsPicture) output.push(captionUnit(pairs.get(picture++) ?? PADDING))
    output.push(stream.subarray(start, starts[i + 1]))
  }
  return Buffer.concat(output)
}

/** An SEI unit with the `cc_data` of one picture. */
function captionUnit (pair: string): Buffer {
  const userData = Buffer.concat([
    // Country and provider: the United States, ATSC.
    Buffer.from([0xb5, 0x00, 0x31]),
    Buffer.from('GA94'),
    // Type 3, one triple for field 1 of the picture, reserved bits.
    Buffer.from([0x03, 0x41, 0xff, 0xfc]),
    Buffer.from(pair, 'hex'),
    Buffer.from([0xff]),
  ])
  const message = Buffer.concat([Buffer.from([REGISTERED_USER_DATA, userData.length]), userData, Buffer.from([0x80])])
  // There are never two zeros in a row, so that no byte needs emulation prevention.
  return Buffer.concat([Buffer.from([0, 0, 0, 1, SEI]), message])
}
