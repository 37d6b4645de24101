// Files that ffmpeg cannot make: subtitles of discs and phone videos that are turned.
import { readFileSync, writeFileSync } from 'node:fs'

/** One bold line from 3 to 4 s. */
export const ASS_SCRIPT = '[Script Info]\nScriptType: v4.00+\n\n[V4+ Styles]\nFormat: Name, Fontname, Fontsize\n' +
  'Style: Default,Arial,20\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, ' +
  'Effect, Text\n' +
  'Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\b1}Im Weltraum{\\b0}\n'

/** Closed captions of CEA-608: two lines, from 1 to 3 s and from about 3.5 to 4.5 s. */
export const CAPTIONS = [
  'Scenarist_SCC V1.0',
  '00:00:01:00\t9420 9420 94ae 94ae 9470 9470 c8e5 ecec ef80 942c 942c 942f 942f',
  '00:00:03:00\t942c 942c',
  '00:00:03:15\t9420 9420 94ae 94ae 9470 9470 57ef f2ec 6480 942c 942c 942f 942f',
  '00:00:04:15\t942c 942c',
  '00:00:04:20\t942c 942c',
].join('\n\n')

/** An empty picture of the Presentation Graphic Stream, each second: ffmpeg has no encoder for them. */
export function writePictureSubtitles (file: string): void {
  const segment = (seconds: number, type: number, body: readonly number[]): Buffer => {
    const head = Buffer.alloc(13)
    head.write('PG')
    head.writeUInt32BE(seconds * 90_000, 2)
    head[10] = type
    head.writeUInt16BE(body.length, 11)
    return Buffer.concat([head, Buffer.from(body)])
  }
  writeFileSync(
    file,
    Buffer.concat([1, 2, 3].flatMap((second) => [
      segment(second, 0x16, [1, 64, 0, 180, 0x10, 0, second, 0x80, 0, 0, 0]),
      segment(second, 0x17, [1, 0, 0, 0, 0, 0, 1, 64, 0, 180]),
      segment(second, 0x80, []),
    ])),
  )
}

/** Copies a QuickTime file and turns its picture by 90 degrees, by the matrix of its track (ISO 14496-12 §8.3.2). */
export function turnPicture (file: string, target: string): void {
  const bytes = readFileSync(file)
  const at = bytes.indexOf('tkhd') + 44
  const one = 0x1_0000
  const matrix = [0, one, 0, -one, 0, 0, 180 * one, 0, 0x4000_0000]
  for (const [i, value] of matrix.entries()) bytes.writeInt32BE(value, at + 4 * i)
  writeFileSync(target, bytes)
}
