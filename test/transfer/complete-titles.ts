// A movie and a show that use every field, as request bodies of an administrator.
export const COMPLETE_MOVIE = {
  title: 'Das Leben der Anderen',
  originalTitle: 'Das Leben der Anderen',
  alternativeTitles: ['The Lives of Others', 'La vie des autres'],
  synopsis: 'A captain of the Stasi listens to a playwright — and begins to care.\nBerlin, 1984.',
  translations: {
    en: { title: 'The Lives of Others', synopsis: 'A captain of the Stasi listens.' },
    fr: { title: 'La Vie des autres' },
  },
  year: 2006,
  releaseDate: '2006-03-23',
  genres: ['Drama', 'Thriller'],
  maturityRating: 'R',
  cast: [
    { name: 'Ulrich Mühe', role: 'Gerd Wiesler', imdb: 'nm0618057' },
    { name: 'Martina Gedeck', role: 'Christa-Maria Sieland' },
  ],
  crew: [{ name: 'Florian Henckel von Donnersmarck', role: 'Director' }, { name: 'Gabriel Yared', role: null }],
  posterUrl: 'https://img.example.com/p/lives.jpg',
  backdropUrl: 'https://img.example.com/b/lives.jpg',
  originalLanguage: 'de',
  externalIds: { imdb: 'tt0405094', tmdb: '582', wikidata: 'Q140527' },
  availableFrom: '2020-01-01T00:00:00.000Z',
  availableUntil: '2099-01-01T00:00:00.000Z',
  published: true,
  popularity: 4.25,
  runtimeMs: 8_220_000,
  markers: { introStartMs: 0, introEndMs: 65_000, creditsStartMs: 8_000_000 },
} as const

export const COMPLETE_SHOW = {
  title: 'Fawlty Towers',
  synopsis: 'A hotel in Torquay, and the man who should not run it.',
  translations: { de: { title: 'Das verrückte Hotel' } },
  releaseDate: '1975-09-19',
  genres: ['Comedy'],
  maturityRating: 'TV-PG',
  cast: [{ name: 'John Cleese', role: 'Basil Fawlty', imdb: 'nm0000092' }],
  originalLanguage: 'en-GB',
  externalIds: { imdb: 'tt0072500' },
  popularity: 98_000,
  seasons: [
    {
      number: 0,
      title: 'Specials',
      episodes: [{ number: 1, title: 'Fawlty Towers Revisited', placedAfter: { season: 2, episode: 6 } }],
    },
    {
      number: 1,
      title: 'Series One',
      synopsis: 'Six half hours.',
      translations: { de: { title: 'Erste Staffel', synopsis: null } },
      episodes: [
        {
          number: 1,
          title: 'A Touch of Class',
          synopsis: 'A lord comes to stay.',
          translations: { de: { title: 'Ein Hauch von Klasse' } },
          runtimeMs: 1_800_000,
          airDate: '1975-09-19',
          markers: { introStartMs: 0, introEndMs: 42_000 },
        },
        { number: 2, title: 'The Builders', airDate: '1975-09-26', markers: {} },
      ],
    },
    { number: 2, episodes: [] },
  ],
} as const
