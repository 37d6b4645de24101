// Names of media files as people use them: titles, years, episodes, editions, IDs and subtitles.
import t from 'tap'
import { recogniseFile } from '../../../src/transfer/ingest/recognise-name.js'

const recognise = (file: string): unknown[] => {
  const { names, season, episodes, edition } = recogniseFile(file)
  const [{ name, year } = { name: null, year: null }] = names
  return [name, year, season, episodes.join(' '), edition]
}

t.test('episodes, with season folders and specials', async (t) => {
  for (
    const [file, ...expected] of [
      ['Show.Name.S01E02.1080p.WEB-DL.x264-GRP.mkv', 'Show Name', null, 1, '2', null],
      ['Show Name - s01e02 - The Title.mkv', 'Show Name', null, 1, '2', null],
      ['Show.Name.1x02.mkv', 'Show Name', null, 1, '2', null],
      ['Show.Name.Season.2.Episode.5.mkv', 'Show Name', null, 2, '5', null],
      ['Doctor Who (2005) S01E01 Rose.mkv', 'Doctor Who', 2005, 1, '1', null],
      ['Show.Name.S01E02E03.720p.mkv', 'Show Name', null, 1, '2 3', null],
      ['Show Name - S01E01-E03.mkv', 'Show Name', null, 1, '1 2 3', null],
      ['Show - 1x02-1x03.mkv', 'Show', null, 1, '2 3', null],
      ['Show.S01E01-03.mkv', 'Show', null, 1, '1 2 3', null],
      ['Show.S01E01-S01E03.mkv', 'Show', null, 1, '1 2 3', null],
      ['Show_S01E01 & E02.mkv', 'Show', null, 1, '1 2', null],
      ['Show.S01E01E02E04.mkv', 'Show', null, 1, '1 2 4', null],
      ['Show.S01E01E03.mkv', 'Show', null, 1, '1 3', null],
      ['Show.S01E02E01.mkv', 'Show', null, 1, '2 1', null],
      ['Show S01E01 - S01E01.mkv', 'Show', null, 1, '1', null],
      ['Show.1x01.640x480.x264.mkv', 'Show', null, 1, '1', null],
      ['Show.S01E01.1920x1080.x265.mkv', 'Show', null, 1, '1', null],
      ['Show Name S00E01 Special.mkv', 'Show Name', null, 0, '1', null],
      ['Show Name/Specials/E03.mkv', 'Show Name', null, 0, '3', null],
      ['Show Name (1999)/Season 1/02 - Pilot.mkv', 'Show Name', 1999, 1, '2', null],
      ['Show Name/Staffel 02/S02E07.mkv', 'Show Name', null, 2, '7', null],
      ['24/S01E01-E02.mp4', '24', null, 1, '1 2', null],
      ['24/S01E01E02.mp4', '24', null, 1, '1 2', null],
      ['24/1x02.mp4', '24', null, 1, '2', null],
      ['The Spanish Princess/S01E02.mp4', 'The Spanish Princess', null, 1, '2', null],
      ['The Spanish Princess/S1/E02.mp4', 'The Spanish Princess', null, 1, '2', null],
      ['The Spanish Princess/S1/E02-E03.mp4', 'The Spanish Princess', null, 1, '2 3', null],
      ['The Spanish Princess/S1/02 - 10 Seconds.mp4', 'The Spanish Princess', null, 1, '2', null],
      ['The Proper Show {tmdb-12}/Season 1/E02.mp4', 'The Proper Show', null, 1, '2', null],
      ['Show Name - 03.mkv', 'Show Name', null, null, '3', null],
    ] as const
  ) t.strictSame(recognise(file), expected, file)
  const acrossSeasons = [
    'Show.S01E13-S02E01.mkv',
    'Show.S01E01-S02E02.mkv',
    'Show 1x02-2x03.mkv',
    'Show.S01E01-E02.mkv',
  ]
  t.strictSame(acrossSeasons.map((file) => recogniseFile(file).isAcrossSeasons), [true, true, true, false])
})

t.test('movies, with editions and numbers in their names', async (t) => {
  for (
    const [file, ...expected] of [
      ["Movie (1999) [Director's Cut].mkv", 'Movie', 1999, null, '', "Director's Cut"],
      ['Movie (1999) [Roadshow].mkv', 'Movie', 1999, null, '', 'Roadshow'],
      ['Movie (1999) [1080p].mkv', 'Movie', 1999, null, '', null],
      ['Movie.Name.1999.Directors.Cut.2160p.mkv', 'Movie Name', 1999, null, '', "Director's Cut"],
      ['The Matrix (1999) {imdb-tt0133093} {edition-Final Cut}.mkv', 'The Matrix', 1999, null, '', 'Final Cut'],
      ['2001 A Space Odyssey (1968).mkv', '2001 A Space Odyssey', 1968, null, '', null],
      ['1917.2019.mkv', '1917', 2019, null, '', null],
      ['Movie (1999)/movie.mkv', 'movie', null, null, '', null],
      ['Hdr Film (2021).mkv', 'Hdr Film', 2021, null, '', null],
      ['Proper Villains (2020) [1080p].mkv', 'Proper Villains', 2020, null, '', null],
      ['The Remastered Man (2003)/The Remastered Man (2003).mkv', 'The Remastered Man', 2003, null, '', null],
      ['[Group] Remux.Love.(2020).1080p.mkv', 'Remux Love', 2020, null, '', null],
      ['Dubbed (2018).mkv', 'Dubbed', 2018, null, '', null],
      ["Alpha Multi (2001) [Director's Cut].mkv", 'Alpha Multi', 2001, null, '', "Director's Cut"],
      ['Kilo Hevc (1999) {edition-Final Cut}.mp4', 'Kilo Hevc', 1999, null, '', 'Final Cut'],
    ] as const
  ) t.strictSame(recognise(file), expected, file)
  t.strictSame(recogniseFile('Blade.Runner.2049.mkv').names, [
    { name: 'Blade Runner', year: 2049 },
    { name: 'Blade Runner 2049', year: null },
  ], 'the year may be a part of the name')
  t.strictSame(recogniseFile('Proper.Villains.2020.1080p.mkv').names, [
    { name: 'Villains', year: 2020 },
    { name: 'Proper Villains', year: 2020 },
    { name: 'Villains 2020', year: null },
  ], 'a technical word may be a part of the name')
  t.match(recogniseFile('The Matrix (1999) {imdb-tt0133093}.mkv'), { imdb: 'tt0133093', tmdb: null })
  t.match(recogniseFile('Se7en (1995) [tmdbid-807]/Se7en.mkv'), { imdb: null, tmdb: '807' })
  t.equal(recogniseFile('The.Movie.2001.German.1080p.mkv').language, 'de')
  t.equal(recogniseFile('The.Movie.2001.Latino.1080p.mkv').language, 'es-419')
  t.equal(recogniseFile('The.Movie.2001.Multi.1080p.mkv').language, null)
  t.equal(recogniseFile('The Danish Girl (2015) German.mkv').language, 'de')
  t.equal(
    recogniseFile('The Spanish Prisoner (1997).mkv').language,
    null,
    'a language in the name is not that of the audio',
  )
})

t.test('subtitles, with language and kind', async (t) => {
  for (
    const [file, language, subtitleKind] of [
      ['Movie (1999).de.forced.srt', 'de', 'forced'],
      ['Movie (1999).pt-BR.srt', 'pt-BR', 'full'],
      ['Movie (1999).ger.sdh.vtt', 'de', 'sdh'],
      ['Movie (1999).es-419.srt', 'es-419', 'full'],
      ['Movie (1999).es_419.forced.srt', 'es-419', 'forced'],
      ['Movie (1999).zh-Hant-TW.srt', 'zh-Hant-TW', 'full'],
      ['Movie (1999).sr_latn_rs.sdh.srt', 'sr-Latn-RS', 'sdh'],
      ['Movie (1999).fil-PH.srt', 'fil-PH', 'full'],
      ['Movie (1999).en.hi.srt', 'en', 'sdh'],
      ['Movie (1999).hi.srt', 'hi', 'full'],
      ['Movie (1999).forced.es.ass', 'es', 'full'],
      ['Movie (1999).srt', null, 'full'],
    ] as const
  ) {
    t.match(
      recogniseFile(file),
      { kind: 'subtitle', language, subtitleKind, names: [{ name: 'Movie', year: 1999 }] },
      file,
    )
  }
  const words = ['Art-Deco', 'No-100', 'No-999', 'Es-419-419', 'The-End', 'Sci-Fi', 'One-Two-USA', 'My-Girl-US']
  t.strictSame(
    words.map((word) => recogniseFile(`Movie.${word}.srt`).language),
    words.map(() => null),
    'words of the name are no languages',
  )
  t.match(recogniseFile('Show.Name.S01E02.de.srt'), { language: 'de', season: 1, episodes: [2] })
  t.match(recogniseFile('Show.Name.S01E01-E02.de.srt'), { language: 'de', season: 1, episodes: [1, 2] })
  t.equal(recogniseFile('Movie.sup').kind, 'picture-subtitle')
})

t.test('trailers, samples and other files are recognised', async (t) => {
  const kinds = [
    'Movie (1999)-trailer.mp4',
    'Movie/Samples/movie.mkv',
    'movie.nfo',
    'poster.jpg',
    'Trailer Park (2001).mkv',
  ]
  t.strictSame(kinds.map((file) => recogniseFile(file).kind), ['extra', 'extra', 'other', 'other', 'video'])
  const movies = ['The Big Short.mkv', 'The.Interview.mkv', 'The Big Short-interview.mkv', 'Movie (1999)-short2.mkv']
  t.strictSame(movies.map((file) => recogniseFile(file).kind), ['video', 'video', 'extra', 'extra'])
  const audio = ['Golf (2007).m4a', 'Show/theme.mp3', 'Show/theme-music/01.mp3', 'Theme Park (2001).mp3']
  t.strictSame(audio.map((file) => recogniseFile(file).kind), ['audio', 'extra', 'extra', 'audio'])
})
