// Variants of the small demo clip for tests that read media files.
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

/** The small clip in another container with unchanged packets and one audio track for each language. */
export async function remuxClip (
  format: OutputFormat,
  languages: readonly string[] = ['eng'],
  hasVideo = true,
): Promise<Buffer> {
  const target = new BufferTarget()
  const output = new Output({ format, target })
  const input = new Input({ source: new FilePathSource(clipPath('clip-480p-en')), formats: ALL_FORMATS })
  const video = (await input.getPrimaryVideoTrack())!
  const audio = (await input.getPrimaryAudioTrack())!
  const copies: Array<() => Promise<void>> = []
  // The audio has negative timestamps, which only MP4 supports: all packets are shifted.
  const shift = -Math.min(0, await audio.getFirstTimestamp())
  if (hasVideo) {
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

/** A clip of 2 s with VP8 video, which HLS does not support. The frames contain no valid images. */
export async function createVp8Clip (): Promise<Buffer> {
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

/** The small clip with a sample in the middle whose stated size exceeds the file: probing succeeds, packaging fails. */
export function withInvalidSampleSize (): Buffer {
  const bytes = Buffer.from(clip)
  const sizesOffset = bytes.indexOf('stsz') + 4
  const count = bytes.readUInt32BE(sizesOffset + 8)
  bytes.writeUInt32BE(100_000_000, sizesOffset + 12 + 4 * Math.floor(count / 2))
  return bytes
}
