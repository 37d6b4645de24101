// The H.264 encoders that ffmpeg may use, and their options: the same profile, cap and key frames with each of them.
import type { SizedRung, VideoEncoder } from '../../domain/encoding-ladder.js'

export interface VideoEncoderOptions {
  /** Before the input. */
  readonly deviceArgs: readonly string[]
  /** End of the filters of each rung: the pixel format that the encoder takes. */
  readonly pixelFilter: string
  /** Names and values for all rungs. */
  readonly commonArgs: ReadonlyArray<readonly [name: string, value: string]>
  /** Names and values for a rung, beside its bit rate cap. */
  readonly qualityArgs: (rung: SizedRung) => ReadonlyArray<readonly [name: string, value: string]>
}

/** Hardware encoders need a target below the cap to vary the bit rate. */
const targetKbps = ({ maxKbps }: SizedRung): string => `${Math.round(maxKbps * 0.7)}k`

/** @param vaapiDevice device file of VA-API */
export function videoEncoderOptions (encoder: VideoEncoder, vaapiDevice: string): VideoEncoderOptions {
  switch (encoder) {
    case 'libx264':
      return {
        deviceArgs: [],
        pixelFilter: 'format=yuv420p',
        // Without scene cuts: a key frame of one rung would be none of another.
        commonArgs: [['preset', 'medium'], ['sc_threshold', '0']],
        qualityArgs: ({ quality }) => [['crf', String(quality)]],
      }
    case 'h264_nvenc':
      return {
        deviceArgs: [],
        pixelFilter: 'format=yuv420p',
        commonArgs: [['preset', 'p5'], ['rc', 'vbr'], ['no-scenecut', '1'], ['forced-idr', '1'], ['strict_gop', '1']],
        qualityArgs: (rung) => [['cq', String(rung.quality)], ['b', targetKbps(rung)]],
      }
    case 'h264_vaapi':
      return {
        deviceArgs: ['-vaapi_device', vaapiDevice],
        pixelFilter: 'format=nv12,hwupload',
        commonArgs: [['rc_mode', 'QVBR'], ['idr_interval', '0']],
        qualityArgs: (rung) => [['global_quality', String(rung.quality)], ['b', targetKbps(rung)]],
      }
    case 'h264_qsv':
      return {
        deviceArgs: [],
        pixelFilter: 'format=nv12',
        commonArgs: [['preset', 'medium'], ['adaptive_i', '0'], ['forced_idr', '1'], ['idr_interval', '0']],
        qualityArgs: (rung) => [['global_quality', String(rung.quality)], ['b', targetKbps(rung)]],
      }
  }
}
