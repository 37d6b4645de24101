// How ffmpeg opens a file of a stranger: only containers that hold their media themselves, only the protocols that the
// location needs. A playlist, a concat script or a reference in a file could otherwise read other files and hosts.

/** Names of ffmpeg's demuxers. */
const CONTAINERS = [
  'mov',
  'matroska',
  'mpegts',
  'mpeg',
  'mpegvideo',
  'avi',
  'asf',
  'flv',
  'mxf',
  'ogg',
  'h264',
  'hevc',
  'ivf',
  'nut',
  'wtv',
  'gxf',
  'dv',
  'aac',
  'ac3',
  'flac',
  'mp3',
  'wav',
]

/**
 * Arguments for ffmpeg and ffprobe that open an input.
 * @param location absolute path, or an http or https URL
 */
export function inputArguments (location: string | URL): string[] {
  const isUrl = location instanceof URL
  return [
    '-protocol_whitelist',
    isUrl ? 'http,https,tcp,tls' : 'file',
    '-format_whitelist',
    CONTAINERS.join(','),
    '-i',
    isUrl ? location.href : `file:${location}`,
  ]
}
