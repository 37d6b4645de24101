// Whether a process can encode: it needs ffmpeg, ffprobe and a video encoder that works on its machine.
import type { Config } from '../../config.js'
import { EncoderUnavailableError, type Encoder } from './encoder.js'
import type { EncodingSettings } from './ffmpeg-arguments.js'
import type { EncoderStatus } from './find-programs.js'

/** One with `ROLE=api` does not encode: there, the programs are enough. */
export async function encodingStatus (
  encoder: Encoder,
  { role, encoding }: Pick<Config, 'role' | 'encoding'>,
): Promise<EncoderStatus> {
  const status = await encoder.status()
  if (!status.isAvailable || role === 'api') return status
  const reason = await encoder.videoEncoderProblem(encoding)
  return reason === null ? status : { isAvailable: false, reason }
}

/** @throws EncoderUnavailableError when the video encoder does not work */
export async function requireVideoEncoder (
  encoder: Pick<Encoder, 'videoEncoderProblem'>,
  settings: EncodingSettings,
): Promise<void> {
  const problem = await encoder.videoEncoderProblem(settings)
  if (problem !== null) throw new EncoderUnavailableError(problem)
}
