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
  return [
    '-protocol_whitelist',
    protocolsOf(location),
    '-format_whitelist',
    CONTAINERS.join(','),
    '-i',
    toInputName(location),
  ]
}

/**
 * The filter that opens an input in place of an argument, for a filter graph.
 * @param location absolute path, or an http or https URL
 * @param options of the filter, by name
 */
export function movieFilter (location: string | URL, options: Readonly<Record<string, string | number>>): string {
  const openedWith = { protocol_whitelist: protocolsOf(location), format_whitelist: CONTAINERS.join(',') }
  const all = { filename: toInputName(location), ...options, format_opts: toOptions(openedWith) }
  return `movie=${escape(toOptions(all), GRAPH_CHARACTERS)}`
}

const protocolsOf = (location: string | URL): string => location instanceof URL ? 'http,https,tcp,tls' : 'file'
const toInputName = (location: string | URL): string => location instanceof URL ? location.href : `file:${location}`

/** ffmpeg reads the text of a graph first, then each list of options in it: each of them removes one backslash. */
const GRAPH_CHARACTERS = /[\\'[\],;\s]/g
const OPTION_CHARACTERS = /[\\':\s]/g

const escape = (text: string, characters: RegExp): string => text.replace(characters, '\\$&')

function toOptions (options: Readonly<Record<string, string | number>>): string {
  return Object.entries(options).map(([name, value]) => `${name}=${escape(String(value), OPTION_CHARACTERS)}`).join(':')
}
