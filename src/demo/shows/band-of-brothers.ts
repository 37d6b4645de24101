// Band of Brothers (HBO): ten parts; the first two were broadcast on the same evening.
import type { ShowFacts } from './show-facts.js'

export const bandOfBrothers: ShowFacts = {
  key: 'band-of-brothers',
  title: 'Band of Brothers',
  synopsis: 'A company of American paratroopers goes from training in Georgia through Normandy and ' +
    'Bastogne to the end of the war.',
  genres: ['Drama', 'War', 'History'],
  maturityRating: 'TV-MA',
  cast: {
    'Damian Lewis': 'Richard Winters',
    'Ron Livingston': 'Lewis Nixon',
    'Donnie Wahlberg': 'Carwood Lipton',
    'Scott Grimes': 'Donald Malarkey',
    'Shane Taylor': 'Eugene Roe',
  },
  crew: [{ name: 'Tom Hanks', role: 'Executive producer' }, { name: 'Steven Spielberg', role: 'Executive producer' }],
  originalLanguage: 'en',
  imdb: 'tt0185906',
  popularity: 250_000,
  minutes: 60,
  seasons: [{
    number: 1,
    episodes: [
      {
        title: 'Currahee',
        airDate: '2001-09-09',
        synopsis: "Two years of training under a captain they hate make a company of Easy's volunteers.",
      },
      {
        title: 'Day of Days',
        airDate: '2001-09-09',
        synopsis: 'Scattered over Normandy by night, the men find each other and take a battery of guns.',
      },
      {
        title: 'Carentan',
        airDate: '2001-09-16',
        synopsis: 'The fight for a crossroads town shows a frightened soldier what fear is for.',
      },
      {
        title: 'Replacements',
        airDate: '2001-09-23',
        synopsis: 'New men join for a drop into Holland that was to end the war by Christmas.',
      },
      {
        title: 'Crossroads',
        airDate: '2001-09-30',
        synopsis: 'Winters writes the report of an attack on a dyke, the last time he fired his rifle.',
      },
      {
        title: 'Bastogne',
        airDate: '2001-10-07',
        synopsis:
          'In a frozen wood without supplies, the medic looks for morphine and bandages, and for somebody to talk to.',
      },
      {
        title: 'The Breaking Point',
        airDate: '2001-10-14',
        synopsis:
          'A lieutenant who is never there leads the company toward Foy, and its first sergeant keeps it together.',
      },
      {
        title: 'The Last Patrol',
        airDate: '2001-10-21',
        synopsis: 'Across a river in Alsace one more patrol is ordered when nobody wants to be the last to die.',
      },
      {
        title: 'Why We Fight',
        airDate: '2001-10-28',
        synopsis: 'In a beaten Germany the men find in a wood what the war was about.',
      },
      {
        title: 'Points',
        airDate: '2001-11-04',
        synopsis: 'In the Austrian Alps the war ends, and the men count who may go home.',
      },
    ],
  }],
}
