// Names of tracks in HLS playlists and DASH manifests. No menu shows the code of a language that is unknown.
import t from 'tap'
import { audioName, subtitleName, withUniqueNames } from '../../../src/media/delivery/track-names.js'

const subtitle = { language: 'und', kind: 'full', name: null } as const
const audio = { language: null, kind: 'main', name: null, channels: 2, codec: 'mp4a.40.2' } as const

t.test('subtitles', async (t) => {
  for (
    const [fields, name] of [
      [{ language: 'de' }, 'German'],
      [{ language: 'es-419', kind: 'forced' }, 'Latin American Spanish (forced)'],
      [{}, 'Subtitles'],
      [{ kind: 'forced' }, 'Subtitles (forced)'],
      [{ kind: 'sdh' }, 'Subtitles (SDH)'],
      [{ name: 'Commentary' }, 'Commentary'],
      [{ language: 'und-Latn' }, 'Subtitles'],
      [{ language: 'mis' }, 'Subtitles'],
      [{ language: 'qaa' }, 'Subtitles'],
      [{ language: 'qtz-Latn', name: 'Elvish' }, 'Elvish'],
      [{ language: 'mul' }, 'Multiple languages'],
      [{ language: 'zxx' }, 'No linguistic content'],
      [{ language: 'xyz' }, 'xyz'],
      [{ language: 'no language' }, 'no language'],
    ] as const
  ) t.equal(subtitleName({ ...subtitle, ...fields }), name, JSON.stringify(fields))
  const names = withUniqueNames([subtitle, subtitle], subtitleName).map(([, name]) => name)
  t.strictSame(names, ['Subtitles', 'Subtitles 2'])
})

t.test('audio', async (t) => {
  for (
    const [fields, name] of [
      [{ language: 'de', kind: 'description' }, 'German (audio description)'],
      [{}, 'Audio'],
      [{ kind: 'commentary' }, 'Audio (commentary)'],
      [{ name: 'Director' }, 'Director'],
      [{ language: 'und' }, 'Audio'],
      [{ language: 'qaa' }, 'Audio'],
      [{ language: 'qaa', name: 'Original' }, 'Original'],
      [{ language: 'mis' }, 'Audio'],
      [{ language: 'mul' }, 'Multiple languages'],
    ] as const
  ) t.equal(audioName({ ...audio, ...fields }), name, JSON.stringify(fields))
})
