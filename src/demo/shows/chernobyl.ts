// Chernobyl (HBO and Sky): five episodes.
import type { ShowFacts } from './show-facts.js'

export const chernobyl: ShowFacts = {
  key: 'chernobyl',
  title: 'Chernobyl',
  synopsis:
    'In April 1986 a reactor that cannot explode explodes, and those sent to contain it must also find out why.',
  genres: ['Drama', 'History'],
  maturityRating: 'TV-MA',
  cast: {
    'Jared Harris': 'Valery Legasov',
    'Stellan Skarsgård': 'Boris Shcherbina',
    'Emily Watson': 'Ulana Khomyuk',
    'Paul Ritter': 'Anatoly Dyatlov',
    'Jessie Buckley': 'Lyudmilla Ignatenko',
  },
  crew: [{ name: 'Craig Mazin', role: 'Creator' }, { name: 'Johan Renck', role: 'Director' }],
  originalLanguage: 'en',
  imdb: 'tt7366338',
  popularity: 300_000,
  minutes: 65,
  seasons: [{
    number: 1,
    episodes: [
      {
        title: '1:23:45',
        airDate: '2019-05-06',
        synopsis: 'In the first hours after the explosion, nobody in charge will say what the firemen are standing on.',
      },
      {
        title: 'Please Remain Calm',
        airDate: '2019-05-13',
        synopsis: 'A chemist and a minister reach the plant, and a second explosion has to be prevented.',
      },
      {
        title: 'Open Wide, O Earth',
        airDate: '2019-05-20',
        synopsis: 'Miners dig under the reactor while the first victims die in a Moscow hospital.',
      },
      {
        title: 'The Happiness of All Mankind',
        airDate: '2019-05-27',
        synopsis: 'Men are sent to clear the zone of its animals and the roof of its graphite.',
      },
      {
        title: 'Vichnaya Pamyat',
        airDate: '2019-06-03',
        synopsis: 'At the trial it is told, step by step, what happened in the control room, and at what cost.',
      },
    ],
  }],
}
