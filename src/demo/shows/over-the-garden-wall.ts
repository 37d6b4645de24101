// Over the Garden Wall (Cartoon Network): ten chapters, two per evening.
import type { ShowFacts } from './show-facts.js'

export const overTheGardenWall: ShowFacts = {
  key: 'over-the-garden-wall',
  title: 'Over the Garden Wall',
  synopsis: 'Two half-brothers lost in a strange wood look for the way home with a bluebird who has plans of her own.',
  genres: ['Animation', 'Fantasy', 'Family'],
  maturityRating: 'TV-PG',
  cast: {
    'Elijah Wood': 'Wirt',
    'Collin Dean': 'Greg',
    'Melanie Lynskey': 'Beatrice',
    'Christopher Lloyd': 'The Woodsman',
  },
  crew: [{ name: 'Patrick McHale', role: 'Creator' }],
  originalLanguage: 'en',
  imdb: 'tt3718778',
  popularity: 60_000,
  minutes: 11,
  seasons: [{
    number: 1,
    episodes: [
      {
        title: 'The Old Grist Mill',
        airDate: '2014-11-03',
        synopsis: "Wirt and Greg meet a woodsman who warns them of the Beast, and something is after Greg's candy.",
      },
      {
        title: "Hard Times at the Huskin' Bee",
        airDate: '2014-11-03',
        synopsis: 'A village of people dressed as pumpkins sentences the brothers to a few hours of labour.',
      },
      {
        title: 'Schooltown Follies',
        airDate: '2014-11-04',
        synopsis: 'Beatrice leads the brothers to a school for animals that has run out of money and joy.',
      },
      {
        title: 'Songs of the Dark Lantern',
        airDate: '2014-11-04',
        synopsis: 'In a tavern everybody is what they do, and Wirt has to sing who he is.',
      },
      {
        title: 'Mad Love',
        airDate: '2014-11-05',
        synopsis:
          'Short of two pennies, the three pass for the nephews of a rich man who believes his house is haunted.',
      },
      {
        title: 'Lullaby in Frogland',
        airDate: '2014-11-05',
        synopsis: 'On a ferry of frogs the brothers become musicians, and Beatrice puts off where she is taking them.',
      },
      {
        title: 'The Ringing of the Bell',
        airDate: '2014-11-06',
        synopsis: 'A girl kept indoors by her aunt must not be left alone, and not for the reason it seems.',
      },
      {
        title: 'Babes in the Wood',
        airDate: '2014-11-06',
        synopsis: 'Wirt gives up, and Greg dreams of a city in the clouds that grants him a wish.',
      },
      {
        title: 'Into the Unknown',
        airDate: '2014-11-07',
        synopsis: 'Where the brothers came from, and a tape that should never have been handed over.',
      },
      {
        title: 'The Unknown',
        airDate: '2014-11-07',
        synopsis: 'In the snow Wirt finds his brother, the Beast and the truth about a lantern.',
      },
    ],
  }],
}
