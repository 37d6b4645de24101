// Firefly (Fox) in the intended order, which differs from the broadcast. Three episodes were not broadcast and have no
// air date.
import type { ShowFacts } from './show-facts.js'

export const firefly: ShowFacts = {
  key: 'firefly',
  title: 'Firefly',
  synopsis: 'On the edge of settled space, nine people on an old cargo ship take any job, legal or ' +
    'not, and hide two fugitives.',
  genres: ['Science Fiction', 'Western', 'Adventure'],
  maturityRating: 'TV-14',
  cast: {
    'Nathan Fillion': 'Malcolm Reynolds',
    'Gina Torres': 'Zoë Washburne',
    'Alan Tudyk': 'Hoban Washburne',
    'Morena Baccarin': 'Inara Serra',
    'Adam Baldwin': 'Jayne Cobb',
    'Jewel Staite': 'Kaylee Frye',
    'Sean Maher': 'Simon Tam',
    'Summer Glau': 'River Tam',
    'Ron Glass': 'Shepherd Book',
  },
  crew: [{ name: 'Joss Whedon', role: 'Creator' }, { name: 'Tim Minear', role: 'Executive producer' }],
  originalLanguage: 'en',
  imdb: 'tt0303461',
  popularity: 160_000,
  minutes: 44,
  seasons: [{
    number: 1,
    episodes: [
      {
        title: 'Serenity',
        airDate: '2002-12-20',
        minutes: 87,
        synopsis: 'Short of money, the crew takes on passengers, one of whom brings a box and the law with him.',
      },
      {
        title: 'The Train Job',
        airDate: '2002-09-20',
        synopsis: 'A robbery for a cruel client goes well until the crew learns what it has stolen, and from whom.',
      },
      {
        title: 'Bushwhacked',
        airDate: '2002-09-27',
        synopsis: 'A drifting ship has one man left alive aboard, and he has seen too much.',
      },
      {
        title: 'Shindig',
        airDate: '2002-11-01',
        synopsis: 'A blow struck at a ball leaves Mal with a duel at dawn and no idea of swords.',
      },
      {
        title: 'Safe',
        airDate: '2002-11-08',
        synopsis: 'Simon and River are carried off to a village that needs a doctor and fears what his sister knows.',
      },
      {
        title: 'Our Mrs. Reynolds',
        airDate: '2002-10-04',
        synopsis: 'Mal wakes up married to a shy young woman who is not what she seems.',
      },
      {
        title: 'Jaynestown',
        airDate: '2002-10-18',
        synopsis: 'A town of mud workers has a hero with a statue and a song: Jayne.',
      },
      {
        title: 'Out of Gas',
        airDate: '2002-10-25',
        synopsis: 'Alone on a dying ship, Mal remembers how each of his crew came aboard.',
      },
      {
        title: 'Ariel',
        airDate: '2002-11-15',
        synopsis:
          'A hospital on a rich world can be robbed and can show what was done to River, if nobody sells them out.',
      },
      {
        title: 'War Stories',
        airDate: '2002-12-06',
        synopsis: "Jealous of the captain, Wash takes Zoë's place on a job that an old enemy has been waiting for.",
      },
      {
        title: 'Trash',
        airDate: null,
        synopsis: "Mal's former wife turns up with another husband and a plan to steal a very old gun.",
      },
      {
        title: 'The Message',
        airDate: null,
        synopsis: 'A comrade from the war comes by post, and somebody badly wants the parcel.',
      },
      {
        title: 'Heart of Gold',
        airDate: null,
        synopsis: 'The crew helps the women of a lonely house to stand against the man who owns everything else.',
      },
      {
        title: 'Objects in Space',
        airDate: '2002-12-13',
        synopsis: 'A bounty hunter slips aboard for River and finds that she is not so easily found.',
      },
    ],
  }],
}
