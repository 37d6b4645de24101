// The small clip in other shapes, for tests of whatever reads media files.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import {
  ALL_FORMATS,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  FilePathSource,
  Input,
  MkvOutputFormat,
  Output,
  type OutputFormat,
} from 'mediabunny'

export const clipPath = (name: string): string => path.join(process.cwd(), 'src/demo/clips', `${name}.mp4`)
export const clip = readFileSync(clipPath('clip-480p-en'))

/** The small clip in another container, packets unchanged; its sound once for each language. */
export async function remux (
  format: OutputFormat,
  languages: readonly string[] = ['eng'],
  hasPicture = true,
): Promise<Buffer> {
  const target = new BufferTarget()
  const output = new Output({ format, target })
  const input = new Input({ source: new FilePathSource(clipPath('clip-480p-en')), formats: ALL_FORMATS })
  const video = (await input.getPrimaryVideoTrack())!
  const audio = (await input.getPrimaryAudioTrack())!
  const copies: Array<() => Promise<void>> = []
  // The sound begins before zero, which only MP4 can say: everything is moved on.
  const shift = -Math.min(0, await audio.getFirstTimestamp())
  if (hasPicture) {
    const source = new EncodedVideoPacketSource('avc')
    output.addVideoTrack(source)
    const decoderConfig = (await video.getDecoderConfig())!
    copies.push(async () => {
      for await (const packet of new EncodedPacketSink(video).packets()) {
        await source.add(packet.clone({ timestamp: packet.timestamp + shift }), { decoderConfig })
      }
      source.close()
    })
  }
  for (const languageCode of languages) {
    const source = new EncodedAudioPacketSource('aac')
    output.addAudioTrack(source, { languageCode })
    const decoderConfig = (await audio.getDecoderConfig())!
    copies.push(async () => {
      for await (const packet of new EncodedPacketSink(audio).packets()) {
        await source.add(packet.clone({ timestamp: packet.timestamp + shift }), { decoderConfig })
      }
      source.close()
    })
  }
  await output.start()
  await Promise.all(copies.map(async (copy) => {
    await copy()
  }))
  await output.finalize()
  input.dispose()
  return Buffer.from(target.buffer!)
}

/** A film of two seconds whose picture is VP8, which HLS does not have; the pictures are nonsense. */
export async function vp8Film (): Promise<Buffer> {
  const target = new BufferTarget()
  const output = new Output({ format: new MkvOutputFormat(), target })
  const source = new EncodedVideoPacketSource('vp8')
  output.addVideoTrack(source)
  await output.start()
  for (let i = 0; i < 24; i++) {
    await source.add(new EncodedPacket(new Uint8Array(100).fill(i), i === 0 ? 'key' : 'delta', i / 12, 1 / 12), {
      decoderConfig: { codec: 'vp8', codedWidth: 320, codedHeight: 180 },
    })
  }
  await output.finalize()
  return Buffer.from(target.buffer!)
}

/** The small clip with one sample in the middle that claims more bytes than there are: its end can be read, it cannot. */
export function withLyingSample (): Buffer {
  const film = Buffer.from(clip)
  const at = film.indexOf('stsz') + 4
  const count = film.readUInt32BE(at + 8)
  film.writeUInt32BE(100_000_000, at + 12 + 4 * Math.floor(count / 2))
  return film
}
