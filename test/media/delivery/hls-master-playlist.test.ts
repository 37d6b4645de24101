// The HLS master playlist: audio groups of several encodings, default renditions and codecs.
import { Parser } from 'm3u8-parser'
import t from 'tap'
import { buildRenditionSet, type PackagedFile } from '../../../src/domain/hls-rendition-set.js'
import { renderMasterPlaylist, type AudioEntry } from '../../../src/media/delivery/hls-master-playlist.js'
import type { VideoRendition } from '../../../src/media/packaging/package-index.js'

const segments = [[6_000_000, 60_000]] as const
const video: VideoRendition = {
  codec: 'avc1.640028',
  sizeBytes: 61_000,
  initBytes: 1_000,
  segments,
  width: 1_920,
  height: 1_080,
  frameRate: 24,
}

const track = (
  language: string | null,
  codec: string,
  channels: number,
  fields: Partial<AudioEntry> = {},
): AudioEntry => ({
  language,
  codec,
  channels,
  kind: 'main',
  name: null,
  segments,
  uri: `${language}-${codec}-${channels}.m3u8`,
  ...fields,
})

interface Group {
  /** URI by name. */
  readonly uris: Record<string, string>
  readonly defaults: string[]
  readonly codecs: string
}

/** Groups in the order of their variants. */
function groupsOf (audioRenditions: AudioEntry[], audio: string | null = null): Group[] {
  const file: PackagedFile<AudioEntry> = {
    id: 'file',
    width: 1_920,
    height: 1_080,
    bitrate: null,
    videoCodec: 'avc1.640028',
    edition: null,
    durationMs: 60_000,
    audioRenditions,
  }
  const { groups } = buildRenditionSet<AudioEntry, PackagedFile<AudioEntry>>(file, [file], 2_160)
  const parser = new Parser()
  const videos = [{ uri: 'v.m3u8', keyFramesUri: 'keyframes.m3u8', video }]
  parser.push(renderMasterPlaylist({ videos, groups, subtitles: [], audio, subtitle: null }))
  parser.end()
  return parser.manifest.playlists!.map(({ attributes }) => {
    const members = Object.entries(parser.manifest.mediaGroups!.AUDIO[attributes['AUDIO']]!)
    return {
      uris: Object.fromEntries(members.map(([name, { uri }]) => [name, uri])),
      defaults: members.filter(([, member]) => member.default).map(([name]) => name),
      codecs: attributes['CODECS'],
    }
  })
}

t.test('a group without a language takes it in AAC', async (t) => {
  const tracks = [track('en', 'ac-3', 6), track('en', 'mp4a.40.2', 2), track('es', 'mp4a.40.2', 2)]
  t.strictSame(groupsOf(tracks), [
    {
      uris: { English: 'en-mp4a.40.2-2.m3u8', Spanish: 'es-mp4a.40.2-2.m3u8' },
      defaults: ['English'],
      codecs: 'avc1.640028,mp4a.40.2',
    },
    {
      uris: { English: 'en-ac-3-6.m3u8', Spanish: 'es-mp4a.40.2-2.m3u8' },
      defaults: ['English'],
      codecs: 'avc1.640028,ac-3,mp4a.40.2',
    },
  ], 'AAC first, the same members in both')
})

t.test('the default is the same member in each group', async (t) => {
  const tracks = [track('en', 'mp4a.40.2', 2), track('en', 'ec-3', 6), track('fr', 'mp4a.40.2', 2)]
  t.strictSame(groupsOf(tracks, 'fr').map(({ defaults }) => defaults), [['French'], ['French']])
})

t.test('stereo and surround sound in one codec are two groups, if they differ', async (t) => {
  const stereo = track('en', 'mp4a.40.2', 2)
  const surround = track('en', 'mp4a.40.2', 6)
  t.strictSame(groupsOf([surround, stereo]).map(({ uris }) => uris['English']), [stereo.uri, surround.uri])
  t.strictSame(groupsOf([surround, track('es', 'mp4a.40.2', 2)]).map(({ uris }) => uris), [
    { English: surround.uri, Spanish: 'es-mp4a.40.2-2.m3u8' },
  ])
})

t.test('a language in another codec only does not hide the group from players without that codec', async (t) => {
  const tracks = [track('en', 'mp4a.40.2', 2), track('es', 'ac-3', 6)]
  const members = { English: 'en-mp4a.40.2-2.m3u8', Spanish: 'es-ac-3-6.m3u8' }
  t.strictSame(groupsOf(tracks, 'en'), [{ uris: members, defaults: ['English'], codecs: 'avc1.640028,mp4a.40.2' }])
  t.strictSame(
    groupsOf(tracks, 'es').map(({ codecs }) => codecs),
    ['avc1.640028,mp4a.40.2,ac-3'],
    'the default must be playable',
  )
})

t.test('two commentaries of one language are two members', async (t) => {
  const commentary = (name: string): AudioEntry =>
    track('en', 'mp4a.40.2', 2, { kind: 'commentary', name, uri: `${name}.m3u8` })
  const [group] = groupsOf([track('en', 'mp4a.40.2', 2), commentary('Director'), commentary('Actors')])
  t.strictSame(group!.uris, {
    English: 'en-mp4a.40.2-2.m3u8',
    'English (commentary)': 'Director.m3u8',
    'English (commentary) 2': 'Actors.m3u8',
  })
})

t.test('a silent file has no group, and the variant names its video codec only', async (t) => {
  const parser = new Parser()
  const videos = [{ uri: 'v.m3u8', keyFramesUri: 'k.m3u8', video }]
  parser.push(renderMasterPlaylist({ videos, groups: [], subtitles: [], audio: null, subtitle: null }))
  parser.end()
  t.match(parser.manifest.playlists, [{ attributes: { CODECS: 'avc1.640028' } }])
})
